// The Plan page: fetches what changed, and ties board, table, inspector, panel and dialogs together.

import { onChange, say, send, typing } from "../live.js";
import "./plan-board.js";
import { view as viewKey } from "./keys.js";
import { inspector } from "./inspector.js";
import { panel } from "./panel.js";
import { twin } from "./twin.js";
import { dialogs } from "./dialogs.js";
import { legend } from "./legend.js";

const PLAN_MS = 1000;
const NOW_MS = 1000;
const HEART_MS = 5000;

const board = document.querySelector("plan-board");
const page = {
  board,
  plan: null,
  selected: { keys: [], machine: "" },
  narrow: matchMedia("(max-width: 760px)"),
  propose,
  reload: () => fetchPlan().catch(() => {}),
  places: { panel: () => document.getElementById("panel-says"), about: () => document.getElementById("about-says") },
};

const side = panel(page);
const about = (page.about = inspector(page));
const table = twin(page);
const asks = dialogs(page);
let etag = "";
let seq = -1;
let asking = false;

/** Ask what a wish would change; the answer is a proposal, or a reason that stays on the page. */
async function propose(wish, place = page.places.panel()) {
  if (asking) {
    say("Wait for the answer to your last wish.", "fail", 0, place);
    return null;
  }
  asking = true;
  document.body.dataset.asking = "";
  const answer = await send("/api/plan/wishes", { wish }, place);
  asking = false;
  delete document.body.dataset.asking;
  if (answer) {
    await fetchPlan();
    await side.refresh(answer.number);
    board?.say(`Proposal ${answer.number}: ${answer.moved.length} orders moved, ${answer.newly_late.length} newly late.`);
  }
  return answer;
}

/** Run a fetch at most once within a time, and once more when asked meanwhile. */
function paced(work, atLeastMs) {
  let running = false;
  let again = false;
  let last = -Infinity;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    const rest = atLeastMs - (performance.now() - last);
    if (rest > 0) await new Promise((done) => setTimeout(done, rest));
    last = performance.now();
    again = false;
    try {
      await work();
    } catch {
      // The band on top says that there is no connection; the next change tries again.
    }
    running = false;
    if (again) run();
  };
}

async function fetchPlan() {
  const answer = await fetch("/api/plan", { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
  if (answer.status === 304 || !answer.ok) return;
  etag = answer.headers.get("ETag") ?? "";
  const said = await answer.json();
  const newPlan = page.plan !== null && page.plan.plan !== said.plan;
  page.plan = said;
  seq = said.seq;
  if (board) board.data = said;
  legend(board);
  about.refresh();
  table.refresh();
  if (newPlan || side.differs(said.others.map((other) => other.number))) await side.refresh();
}

async function fetchNow() {
  const answer = await fetch("/api/plan/now", { cache: "no-store" });
  if (!answer.ok) return;
  const live = await answer.json();
  if (board) board.now = live;
  if (live.seq !== seq || side.differs(live.proposals)) planSoon();
}

const planSoon = paced(fetchPlan, PLAN_MS);
const nowSoon = paced(fetchNow, NOW_MS);

onChange(nowSoon);
setInterval(() => {
  const shown = document.getElementById("clock")?.getAttribute("datetime");
  if (shown && page.plan && board) board.tick(board.times.secondOf(shown));
}, 500);
setInterval(nowSoon, HEART_MS);

document.addEventListener("board-select", ({ detail }) => {
  page.selected = detail;
  about.show(detail);
  table.mark(detail.keys);
});
document.addEventListener("board-open", () => about.focus());
document.addEventListener("board-refuse", ({ detail }) => say(detail.why, "fail", 0, page.places.about()));
document.addEventListener("board-wish", async ({ detail }) => {
  await propose(detail.wish);
  board.settle();
});

function showAs(name) {
  const asTable = name === "table";
  document.getElementById("board-view").hidden = asTable;
  document.getElementById("table-view").hidden = !asTable;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  table.open(asTable);
  if (!asTable) board?.again(true);
}

function isTable() {
  return !document.getElementById("table-view").hidden;
}

function ghost() {
  const button = document.getElementById("ghost");
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  if (!board) return;
  board.ghost = on;
  board.again(true);
}

for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => showAs(button.dataset.view));
document.getElementById("ghost").addEventListener("click", ghost);
document.getElementById("undo").addEventListener("click", () => side.undoMine());
document.getElementById("colour").addEventListener("change", ({ target }) => {
  if (!board) return;
  board.colourBy = target.value;
  board.again(true);
  legend(board);
});
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    if (!board?.model) return;
    if (button.dataset.zoom === "day") board.day();
    else board.zoom(button.dataset.zoom === "in" ? 1 / 1.4 : 1.4, null);
  });
}

const KEYS = {
  v: () => showAs(isTable() ? "board" : "table"),
  b: ghost,
  a: () => side.accept(),
  p: () => about.act("pin"),
  n: () => about.act("later"),
  o: () => about.act("machine"),
};

document.addEventListener("keydown", (event) => {
  if (typing(event) || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
    event.preventDefault();
    side.undoMine();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // `g p` goes to this page, so a key that follows `g` is not ours.
  if (event.key === "g") page.went = performance.now();
  else if (performance.now() - (page.went ?? -Infinity) < 1500 && "foda".includes(event.key)) page.went = -Infinity;
  else if (KEYS[event.key]) KEYS[event.key]();
  else if (board?.model && !isTable() && viewKey(board, event.key)) event.preventDefault();
});

/** A phone has no room for a board: it shows proposal, inspector and table, and reads them in this order. */
function fitWidth() {
  const main = document.getElementById("main");
  const [lhs, aside, rows] = [main.querySelector(".lhs"), document.getElementById("panel"), document.getElementById("table-view")];
  if (page.narrow.matches) {
    lhs.querySelector(".tools").after(aside);
    lhs.append(rows);
    showAs("table");
  } else {
    main.append(aside);
    document.getElementById("board-view").after(rows);
    if (page.wasNarrow) showAs("board");
  }
  page.wasNarrow = page.narrow.matches;
}

page.narrow.addEventListener("change", fitWidth);
asks.listen();
fitWidth();
// The page is complete without it; nobody waits for the first drawing.
planSoon().then(() => {
  side.show();
  side.arrive();
  nowSoon();
});
