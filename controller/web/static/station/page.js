// A station: scan, good, rework, scrap, into totes, help. What the server says is shown in place.

import { isStale, onTouched, send, who } from "../live.js";
import { refusals, said, unsaid } from "./answers.js";
import { listen } from "./scanner.js";
import { walk } from "./plate.js";

const main = document.querySelector(".stn");
const machine = main.dataset.machine;
const field = document.getElementById("code");
const station = `/api/stations/${encodeURIComponent(machine)}`;
const door = `/api/machines/${encodeURIComponent(machine)}`;
const PARTS = ["st-top", "st-do", "st-work", "st-acts"];
let chosen = "";
let asked = 0;
let newest = null;
let oldScrap = null;

const about = () => document.getElementById("st-do").dataset;
const now = () => document.querySelector("[data-now]")?.dataset;

/** Draw anew; who waits for it sees what is newest, even if that was asked for later. */
async function refresh() {
  newest = draw(++asked);
  let awaited;
  do {
    awaited = newest;
    await awaited;
  } while (awaited !== newest);
}

async function draw(turn) {
  const part = chosen ? `&now=${encodeURIComponent(chosen)}` : "";
  const answer = await fetch(`/station/${encodeURIComponent(machine)}?part=work${part}`).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  if (turn !== asked) return;
  for (const id of PARTS) replace(id, template.content.getElementById(id));
  field.placeholder = main.dataset.step === "tote" ? "Scan the empty tote" : about().hint;
  if (oldScrap !== null && oldScrap !== about().job) step("work");
  greet();
  rest();
}

function replace(id, fresh) {
  const old = document.getElementById(id);
  if (!old || !fresh || old.outerHTML === fresh.outerHTML) return;
  const inside = old.contains(document.activeElement) ? document.activeElement : null;
  const part = inside?.dataset.part;
  const does = inside?.dataset.does;
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  old.replaceChildren(...fresh.childNodes);
  if (part) old.querySelector(`[data-part="${CSS.escape(part)}"]`)?.focus();
  else if (does) old.querySelector(`[data-does="${CSS.escape(does)}"]:not([disabled])`)?.focus();
  if (isStale()) for (const button of old.querySelectorAll("[data-command]")) button.disabled = true;
}

/** The scan field has the focus whenever nothing else asks. */
function rest() {
  const on = document.activeElement;
  if (!on || on === document.body) field.focus({ preventScroll: true });
}

function step(name) {
  main.dataset.step = name;
  oldScrap = name === "work" ? null : about().job;
  field.placeholder = name === "tote" ? "Scan the empty tote" : about().hint;
  if (name === "work" || name === "tote") field.focus({ preventScroll: true });
  else main.querySelector(`.why[data-when="${name}"] button`)?.focus();
}

async function ask(path, body) {
  const done = await send(path, body, refusals);
  if (!done) return false;
  refusals.clear();
  if (done.says) said(done.says);
  await refresh();
  return true;
}

async function takeBack(undo) {
  unsaid();
  await ask(`${station}/undo`, undo);
}

async function scanned(code) {
  unsaid();
  const { kind, stage, job } = about();
  if (main.dataset.step === "tote") {
    const { order } = now() ?? {};
    if (order && (await ask(`${station}/tote`, { order, tote: code }))) step("work");
    return;
  }
  if (kind === "join" || kind === "plate") {
    const part = kind === "plate" ? (now()?.now ?? "") : "";
    const before = chosen;
    const done = await send(`${station}/scan`, { job_order: job, code, operation: part }, refusals);
    if (!done) return refresh();
    refusals.clear();
    if (kind === "join" && stage === "offered") await send(`${door}/begin`, { job_order: job }, refusals);
    past(before);
    await refresh();
    said(done.says, wayBack(job, done));
    return;
  }
  await lookUp(code);
}

/** What was chosen is done; what was chosen while the answer was on its way stays. */
function past(before) {
  if (chosen === before) chosen = "";
}

/** The server names what can be taken back; nothing once the machine is cleared. */
function wayBack(job_order, { undo: operation }) {
  return operation ? () => takeBack({ job_order, operation }) : null;
}

async function lookUp(code) {
  const answer = await fetch(`/api/parts/${code.split("/").map(encodeURIComponent).join("/")}`).catch(() => null);
  if (!answer) return refusals.say("No connection to Lotwright. Nothing was changed.");
  const part = await answer.json();
  if (!answer.ok) return refusals.say(part.why ?? "It was refused. Nothing was changed.");
  refusals.clear();
  const next = part.next_step ? `; next is ${part.next_step}` : "";
  said(`This is ${part.name}, ${part.where}${next}.`);
}

function results(verdict, reason) {
  return [...document.querySelectorAll("#st-work [data-operation]")].map((each) => {
    const meant = each.querySelector("input")?.checked ?? true;
    const bad = verdict !== "good" && meant;
    return { operation: each.dataset.operation, verdict: bad ? verdict : "good", reason: bad ? reason : "" };
  });
}

async function finish(verdict, reason = "") {
  unsaid();
  const { job, stage } = about();
  if (stage === "offered" && !(await send(`${door}/begin`, { job_order: job }, refusals))) return;
  const body = { job_order: job, results: results(verdict, reason) };
  const undo = verdict === "good" ? { job_order: job } : null;
  const done = await send(`${door}/finish`, body, refusals);
  if (!done) return;
  refusals.clear();
  step("work");
  await refresh();
  const says = { good: "It is good.", scrap: "It is scrap and is made again.", not_made: "It is done again." }[verdict];
  said(says, undo && (() => takeBack(undo)));
}

async function take() {
  const { job } = about();
  const operation = now()?.now;
  const before = chosen;
  if (!operation) return;
  // What was done before this cannot be undone while nobody knows yet what came of this.
  unsaid();
  const done = await send(`${station}/take`, { job_order: job, operation }, refusals);
  if (!done) return;
  refusals.clear();
  past(before);
  await refresh();
  said(done.says, wayBack(job, done));
}

async function reason(words) {
  const { kind, job } = about();
  if (kind === "plate") {
    const operation = now()?.now;
    step("work");
    chosen = "";
    await ask(`${station}/scrap`, { job_order: job, operation, reason: words });
  } else if (main.dataset.step === "rework") await finish("not_made", `rework: ${words}`);
  else await finish("scrap", words);
}

async function does(button) {
  switch (button.dataset.does) {
    case "begin": return ask(`${door}/begin`, { job_order: about().job });
    case "good": return finish("good");
    case "take": return take();
    case "start": return ask(`${door}/start`, { operations: button.dataset.operations.split(" ") });
    case "clear": return ask(`${door}/clear`, {});
    case "scrap": case "rework": case "tote": return step(button.dataset.does);
    case "help-ask": return step("help");
    case "help": step("work"); return ask(`${door}/help`, { note: button.dataset.reason });
    case "help-end": return ask(`${door}/help/end`, {});
    case "reason": return reason(button.dataset.reason);
    case "back": return step("work");
    default: return null;
  }
}

main.addEventListener("click", async (event) => {
  const part = event.target.closest(".pt");
  if (part) {
    chosen = part.dataset.part;
    part.focus();
    await refresh();
    return;
  }
  if (event.target.closest("[data-who]")) return document.getElementById("who").showModal();
  const button = event.target.closest("[data-does]");
  if (!button || button.disabled) return;
  await does(button);
  rest();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && main.dataset.step !== "work") return step("work");
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    const button = main.dataset.step === "work" && document.querySelector(`#st-acts [data-key="${event.key}"]`);
    if (!button) return;
    event.preventDefault();
    if (!button.disabled) button.click();
  } else walk(event, (part) => {
    chosen = part;
    refresh();
  });
});

document.getElementById("scan").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value.trim();
  field.value = "";
  if (code) scanned(code);
});
// A tablet shows its keyboard only to who taps the field; a scanner needs none.
field.addEventListener("pointerdown", () => { field.inputMode = "text"; });
field.addEventListener("blur", () => { field.inputMode = "none"; });

let waiting = 0;

/** Look again soon, once for all that was touched meanwhile. */
function soon() {
  waiting ||= setTimeout(() => {
    waiting = 0;
    refresh();
  }, 100);
}

function concerns(name) {
  if (name === "*" || name === "plan" || name === `machine:${machine}`) return true;
  const order = name.startsWith("order:") ? `${name.slice(6)}/` : "";
  return order && [...document.querySelectorAll("#st-work [data-part], #st-work [data-operation]")]
    .some(({ dataset }) => (dataset.part ?? dataset.operation).startsWith(order));
}

onTouched((names) => {
  if (names.some(concerns)) soon();
});
document.getElementById("who").addEventListener("close", () => setTimeout(() => { greet(); rest(); }));

function greet() {
  const name = document.querySelector("[data-who] span");
  if (name && who()) name.textContent = who();
}

listen(field, scanned);
greet();
rest();
