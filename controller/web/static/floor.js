// The Floor: tiles by arrow keys, filters, one machine's drawer by its address, and its commands.

import { isStale, onChange, plantNow, say, send, typing } from "./live.js";

const SECOND_STEP = 10_000;
const REFRESH = 2_500;
const DONE = {
  clear: "is cleared.",
  hold: "is asked to hold.",
  resume: "is asked to go on.",
  abort: "is asked to abort.",
  out: "is out of service.",
  in: "is back in service.",
  start: "may start.",
  help: "has called for help.",
  "help/end": "has help.",
  mode: "has another mode.",
};

const wall = document.querySelector(".wall");
const main = document.getElementById("main");
let opened = null;
let expires = 0;

function tiles() {
  return [...(wall?.querySelectorAll(".tile") ?? [])].filter((tile) => tile.offsetParent);
}

function machineOpen() {
  const drawer = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return drawer?.matches("[data-drawer]") ? drawer : null;
}

async function load(drawer) {
  const answer = await fetch(`/floor/machine/${encodeURIComponent(drawer.id)}`);
  if (!answer.ok || opened !== drawer) return;
  const words = await answer.text();
  if (!drawer.childElementCount) {
    drawer.innerHTML = words;
    return;
  }
  const template = document.createElement("template");
  template.innerHTML = words;
  for (const piece of drawer.querySelectorAll("[data-piece]")) {
    const fresh = template.content.querySelector(`[data-piece=${piece.dataset.piece}]`);
    if (fresh) renew(piece, fresh);
  }
  for (const form of drawer.querySelectorAll("[data-steps][hidden]")) {
    const fresh = template.content.querySelector(`[data-steps=${form.dataset.steps}]`);
    if (fresh && form.innerHTML !== fresh.innerHTML) form.innerHTML = fresh.innerHTML;
  }
}

/** Put new words in place of old ones; what a person is about to press keeps the focus. */
function renew(piece, fresh) {
  const said = piece.querySelector(".says");
  const standing = said ? [...said.childNodes] : [];
  const before = piece.cloneNode(true);
  before.querySelector(".says")?.replaceChildren();
  if (before.innerHTML === fresh.innerHTML) return;
  const on = piece.contains(document.activeElement) ? document.activeElement : null;
  const key = on && ["data-do", "data-step", "data-close"].find((name) => on.hasAttribute(name));
  const again = key && `[${key}="${CSS.escape(on.getAttribute(key))}"]${on.dataset.body ? `[data-body="${CSS.escape(on.dataset.body)}"]` : ""}`;
  for (const { name, value } of [...fresh.attributes]) piece.setAttribute(name, value);
  piece.replaceChildren(...fresh.childNodes);
  piece.querySelector(".says")?.replaceChildren(...standing);
  if (on) (piece.querySelector(again) ?? opened.querySelector("[data-close]"))?.focus();
}

async function follow() {
  const drawer = machineOpen();
  if (opened && opened !== drawer) {
    opened.innerHTML = "";
    document.getElementById(`tile-${opened.id}`)?.focus({ preventScroll: true });
  }
  opened = drawer;
  clearTimeout(expires);
  if (!drawer) return;
  await load(drawer);
  drawer.querySelector("[data-close]")?.focus();
}

function close() {
  if (machineOpen()) location.hash = "";
}

function fold() {
  clearTimeout(expires);
  const open = opened?.querySelector("[data-steps]:not([hidden])");
  if (!open) return false;
  open.hidden = true;
  opened.querySelector(`[data-step=${open.dataset.steps}]`)?.focus();
  return true;
}

/** Open a second step; what destroys goes away by itself. */
function unfold(step) {
  const form = opened?.querySelector(`[data-steps=${step}]`);
  const opener = opened?.querySelector(`[data-step=${step}]`);
  if (!form || !opener) return;
  if (opener.dataset.refused) {
    say(opener.dataset.refused, "fail", 0, opened.querySelector(".says"));
    return;
  }
  for (const other of opened.querySelectorAll("[data-steps]")) other.hidden = other !== form;
  form.reset();
  form.querySelector("input")?.focus();
  form.scrollIntoView({ block: "nearest" });
  if (step === "abort") linger();
}

function linger() {
  clearTimeout(expires);
  expires = setTimeout(fold, SECOND_STEP);
}

async function command(machine, does, body, place) {
  const seen = ["out", "in", "mode"].includes(does)
    ? (opened?.querySelector("[data-revision]")?.dataset.revision ?? "")
    : "";
  const done = await send(`/api/machines/${encodeURIComponent(machine)}/${does}`, body, place, seen);
  if (done) say(done.says || `${machine} ${DONE[does]}`);
  if (opened?.id === machine) load(opened);
  return done;
}

async function confirmed(form) {
  const said = new FormData(form);
  const does = form.dataset.steps;
  const body = { reason: said.get("reason") };
  if (does === "out" && said.get("for")) body.until_s = plantNow() + Number(said.get("for"));
  if (await command(opened.id, does, body, opened.querySelector(".says"))) fold();
}

function step(from, key) {
  const all = tiles();
  const box = (tile) => tile.getBoundingClientRect();
  const at = box(from);
  if (key === "ArrowLeft") return all[all.indexOf(from) - 1];
  if (key === "ArrowRight") return all[all.indexOf(from) + 1];
  const down = key === "ArrowDown";
  const beyond = all.filter((tile) => (down ? box(tile).top > at.top + 4 : box(tile).top < at.top - 4));
  const rows = beyond.map((tile) => box(tile).top);
  const row = down ? Math.min(...rows) : Math.max(...rows);
  return beyond
    .filter((tile) => Math.abs(box(tile).top - row) < 4)
    .sort((a, b) => Math.abs(box(a).left - at.left) - Math.abs(box(b).left - at.left))[0];
}

async function abortFromTile(machine) {
  if (opened?.id !== machine) {
    location.hash = `#${encodeURIComponent(machine)}`;
    await new Promise((ready) => window.addEventListener("hashchange", ready, { once: true }));
    await follow();
  }
  unfold("abort");
}

function byKey(event, machine) {
  const place = opened?.id === machine ? opened.querySelector(".says") : undefined;
  if (event.key === "c") {
    if ("clear" in (document.getElementById(`tile-${machine}`)?.dataset ?? {})) command(machine, "clear", {}, place);
    else say(`${machine} has nothing to clear.`);
  } else if (event.key === "h") command(machine, "hold", {}, place);
  else if (event.key === "r") command(machine, "resume", {}, place);
  else if (event.key === "x") abortFromTile(machine);
  else return false;
  return true;
}

/** Keep Tab inside the drawer. */
function circle(event, drawer) {
  const stops = [...drawer.querySelectorAll("a[href], button:not([disabled]), input")].filter((each) => each.offsetParent);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement === edge || !drawer.contains(document.activeElement)) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }
}

document.addEventListener("keydown", (event) => {
  const drawer = machineOpen();
  if (event.key === "Escape" && drawer && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    if (!fold()) close();
    return;
  }
  if (event.key === "Tab" && drawer) {
    circle(event, drawer);
    return;
  }
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !event.key.startsWith("Arrow")) return;
  const tile = document.activeElement?.closest?.(".tile");
  const machine = drawer?.id ?? tile?.dataset.machine;
  if (machine && !isStale() && byKey(event, machine)) event.preventDefault();
  else if (event.key === "f" && !drawer && performance.now() - asked > 1500) document.getElementById("filter").showModal();
  else if (event.key === "g") asked = performance.now();
  else if (event.key.startsWith("Arrow") && !drawer) {
    const next = tile ? step(tile, event.key) : tiles()[0];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});
let asked = -2000;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    close();
  } else if (event.target.closest("[data-fold]")) fold();
  const opener = event.target.closest("[data-step]");
  if (opener && opened) unfold(opener.dataset.step);
  const button = event.target.closest("[data-do]");
  if (button && opened) command(opened.id, button.dataset.do, JSON.parse(button.dataset.body), opened.querySelector(".says"));
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-steps=abort]")) linger();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-steps]");
  if (!form) return;
  event.preventDefault();
  confirmed(form);
});

/** Tiles stay where they are; what matches otherwise by now is counted, and shown when asked for. */
function recount() {
  const place = document.getElementById("moved");
  if (!place) return;
  const { cell, state } = main.dataset;
  const moved = [...wall.querySelectorAll(".cell")].filter((each) => {
    const tile = each.firstElementChild.dataset;
    return each.hidden === ((!cell || tile.cell === cell) && (!state || tile.state === state));
  }).length;
  if (place.dataset.moved === String(moved)) return;
  place.dataset.moved = moved;
  place.replaceChildren();
  if (!moved) return;
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Filter again";
  place.append(`${moved} ${moved === 1 ? "machine has" : "machines have"} changed. `, again);
}

window.addEventListener("hashchange", follow);
onChange((id) => {
  if (opened && id === `tile-${opened.id}`) load(opened);
  if (id.startsWith("tile-")) recount();
});
setInterval(() => {
  if (opened && !isStale() && !document.hidden) load(opened);
}, REFRESH);
follow();
