// Orders and one order: filters, rows by keys, new values in place, what a change would cost, and cancel in two steps.

import { isStale, onTouched, say, send, typing } from "./live.js";

const LOOK_AGAIN = 1500;
const SURE_FOR = 10_000;

const one = document.querySelector("main[data-order]");
const chosen = new Set();
let here = null;
let fresh = null;

const rowsOf = (root) => [...root.querySelectorAll("tr[data-order]")];
const api = (order, what = "") => `/api/orders/${encodeURIComponent(order)}${what}`;

// The list: select, walk, sort again when asked.

function mark() {
  const all = rowsOf(document);
  for (const row of all) {
    const on = chosen.has(row.dataset.order);
    row.classList.toggle("sel", on);
    row.querySelector(".pickrow").checked = on;
    row.toggleAttribute("aria-current", row.dataset.order === here);
  }
  const bar = document.getElementById("picked");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("b").textContent = `${chosen.size} selected`;
}

function toggle(order) {
  if (chosen.has(order)) chosen.delete(order);
  else chosen.add(order);
  mark();
}

function walk(by) {
  const all = rowsOf(document);
  const at = all.findIndex((row) => row.dataset.order === here);
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))] ?? all[0];
  if (!next) return;
  here = next.dataset.order;
  next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
  mark();
}

/** Put new values in place; rows keep their order until somebody asks. */
function merge(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const list = parsed.getElementById("list");
  if (!list) return;
  const shown = new Map(rowsOf(document).map((row) => [row.dataset.order, row]));
  const news = rowsOf(list);
  let moved = 0;
  news.forEach((row, at) => {
    const old = shown.get(row.dataset.order);
    if (!old) moved += 1;
    else {
      if (rowsOf(document)[at]?.dataset.order !== row.dataset.order) moved += 1;
      replace(old, row);
      shown.delete(row.dataset.order);
    }
  });
  moved += shown.size;
  const tabs = list.querySelectorAll(".tabs > a");
  const olds = document.querySelectorAll("#list .tabs > a");
  if (tabs.length === olds.length) olds.forEach((tab, at) => replace(tab, tabs[at]));
  fresh = moved ? list : null;
  const band = document.getElementById("moved");
  band.hidden = !moved;
  band.querySelector("b").textContent = `${moved} ${moved === 1 ? "change" : "changes"}, sort again`;
  mark();
}

function replace(old, row) {
  if (old.dataset.html === row.innerHTML) return;
  old.dataset.html = row.innerHTML;
  for (const name of ["class", "data-revision"]) if (row.hasAttribute(name)) old.setAttribute(name, row.getAttribute(name));
  const focused = old.contains(document.activeElement) ? document.activeElement.className : null;
  const from = [...row.children];
  const to = [...old.children];
  if (from.length !== to.length) old.innerHTML = row.innerHTML;
  else to.forEach((cell, at) => cell.innerHTML !== from[at].innerHTML && (cell.innerHTML = from[at].innerHTML));
  if (focused !== null && !old.contains(document.activeElement)) old.querySelector(focused ? `.${focused}` : "a")?.focus();
}

function sortAgain() {
  const list = document.getElementById("list");
  if (!fresh || !list) return;
  list.replaceWith(fresh);
  fresh = null;
  document.getElementById("moved").hidden = true;
  mark();
}

// New values, for both pages.

let due = 0;
let etag = "";

async function lookAgain() {
  due = 0;
  if (isStale() || document.querySelector("dialog[open]")) return;
  const path = one ? `/orders/${encodeURIComponent(one.dataset.order)}?part=body` : `/orders/rows${location.search}`;
  try {
    const answer = await fetch(path, { headers: etag ? { "If-None-Match": etag } : {} });
    etag = answer.headers.get("ETag") ?? "";
    if (answer.status !== 200) return;
    const html = await answer.text();
    if (one) renew(html);
    else merge(html);
  } catch {
    // The band of a lost connection says it.
  }
}

function renew(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").getElementById("order");
  const old = document.getElementById("order");
  if (!parsed || !old || old.dataset.html === html || old.contains(document.activeElement)) return;
  const found = old.querySelector("[data-found]")?.firstElementChild;
  const place = parsed.querySelector("[data-found]");
  if (found && place) place.replaceChildren(...old.querySelector("[data-found]").childNodes);
  parsed.dataset.html = html;
  old.replaceWith(parsed);
}

const about = one ? [`order:${one.dataset.order}`, "plan", "*"] : null;

onTouched((names) => {
  const ours = about ? names.some((name) => about.includes(name) || name.startsWith("machine:")) : true;
  if (ours && !due) due = setTimeout(lookAgain, LOOK_AGAIN);
});

// What a change would cost.

const wanted = () => (one ? [one.dataset.order] : chosen.size ? [...chosen] : here ? [here] : []);
const dialog = (id) => document.getElementById(id);

function four(figures) {
  const cells = [
    [figures.slack, "slack of the order"],
    [figures.moved, figures.moved === 1 ? "order moved" : "orders moved"],
    [figures.newly_late.length, "newly late"],
    [figures.cost, "extra cost"],
  ];
  return cells.map(([value, words]) => {
    const cell = document.createElement("div");
    const strong = document.createElement("b");
    const small = document.createElement("span");
    strong.textContent = value;
    small.textContent = words;
    cell.append(strong, small);
    return cell;
  });
}

async function propose(what, body, place) {
  const orders = wanted();
  const answers = [];
  for (const order of orders) {
    const said = await send(api(order, `/${what}`), body, place);
    if (!said) return [];
    answers.push(said);
  }
  return answers;
}

function show(answers) {
  if (!answers.length) return;
  const sheet = dialog("proposed");
  const [first] = answers;
  sheet.querySelector("h2").textContent = answers.length === 1 ? `${first.why}?` : `${answers.length} proposals are open`;
  sheet.querySelector("[data-says]").textContent =
    answers.length === 1 ? first.says : answers.map((each) => `${each.why}: ${each.slack_now || each.says}`).join(" · ");
  sheet.querySelector("[data-four]").replaceChildren(...(answers.length === 1 ? four(first) : []));
  sheet.querySelector("[data-four]").hidden = answers.length !== 1;
  sheet.querySelector("[data-moved]").textContent = first.newly_late.length ? `Newly late: ${first.newly_late.join(", ")}.` : "";
  sheet.querySelector("[data-plan]").href = `/plan?proposal=${first.number}`;
  sheet.dataset.numbers = answers.map((each) => each.number).join(" ");
  sheet.showModal();
}

async function expedite() {
  if (!wanted().length) return say("No order is selected. Press x on a row first.");
  say("Planning again, about a second.", "", 1500);
  show(await propose("expedite", {}));
}

async function fix(button) {
  const place = document.querySelector("#fix .says");
  button.disabled = true;
  const [found] = await propose("expedite", {}, place);
  button.disabled = false;
  if (!found) return;
  const lead = document.createElement("p");
  lead.className = "lead";
  lead.textContent = `${found.why}.`;
  const says = document.createElement("p");
  says.className = "mid";
  says.textContent = found.says;
  const box = document.createElement("div");
  box.className = "four";
  box.append(...four(found));
  const row = document.createElement("div");
  row.className = "row";
  const go = document.createElement("a");
  go.className = "btn go touch";
  go.href = `/plan?proposal=${found.number}`;
  go.textContent = "Propose it";
  row.append(go);
  document.querySelector("#fix [data-found]").replaceChildren(lead, says, box, row);
  go.focus();
}

async function discard() {
  const sheet = dialog("proposed");
  for (const number of (sheet.dataset.numbers ?? "").split(" ").filter(Boolean)) {
    await send(`/api/plan/proposals/${number}/discard`, {}, sheet.querySelector(".says"));
  }
  sheet.close();
}

async function later(event) {
  event.preventDefault();
  const sheet = dialog("later");
  const answers = await propose("not-before", { at: new FormData(event.target).get("at") }, sheet.querySelector(".says"));
  if (!answers.length) return;
  sheet.close();
  show(answers);
}

// Cancel: a reason first, then the button that names what is lost; it goes away by itself.

let costs = [];
let sureUntil = 0;

async function askCancel() {
  const orders = wanted();
  if (!orders.length) return;
  costs = [];
  for (const order of orders) {
    const answer = await fetch(api(order, "/cost"));
    const said = await answer.json();
    if (!answer.ok) return say(said.why, "fail");
    costs.push({ ...said, seen: answer.headers.get("ETag") });
  }
  const sheet = dialog("cancel");
  const form = sheet.querySelector("form");
  form.reset();
  unsure(sheet);
  sheet.querySelector(".versions").hidden = true;
  sheet.querySelector(".says").replaceChildren();
  const named = orders.length === 1 ? `order ${orders[0]}` : `${orders.length} orders`;
  sheet.querySelector("h2").textContent = `Cancel ${named}?`;
  sheet.querySelector("[data-says]").textContent = costs.map(stands).join(" ");
  sheet.showModal();
}

const stands = ({ order, sunk, running }) =>
  `${order.id}: ${order.done} of ${order.operations} operations done, ${sunk} spent${running.length ? `, ${running.length} running that will be finished first` : ""}.`;

function unsure(sheet) {
  clearTimeout(sureUntil);
  sheet.querySelector("[data-sure]").hidden = true;
  for (const pick of sheet.querySelectorAll("[name=reason], [name=sure]")) pick.checked = false;
}

function sure(sheet) {
  clearTimeout(sureUntil);
  const button = sheet.querySelector("[data-sure]");
  if (sheet.id === "cancel") {
    const lost = costs.length === 1 ? `order ${costs[0].order.id}: ${costs[0].sunk} is lost` : `${costs.length} orders: ${costs.map((each) => each.sunk).join(" + ")} is lost`;
    button.textContent = `Cancel ${lost}`;
  }
  button.hidden = false;
  sureUntil = setTimeout(() => unsure(sheet), SURE_FOR);
}

async function cancel(sheet, onTop = false) {
  const said = new FormData(sheet.querySelector("form"));
  const reason = [said.get("reason"), said.get("words")].filter(Boolean).join(": ");
  const place = sheet.querySelector(".says");
  while (costs.length) {
    const [{ order, seen }] = costs;
    const done = await send(api(order.id, "/cancel"), { reason }, place, onTop ? "" : seen, (status, why) => {
      if (status !== 409 || onTop) return false;
      versions(sheet, costs[0], why);
      return true;
    });
    if (!done) return;
    say(done.says, "", 8000);
    chosen.delete(order.id);
    costs.shift();
  }
  sheet.close();
  if (one) location.reload();
  else (mark(), lookAgain());
}

/** Somebody changed it meanwhile: both versions in words, never the last one to write. */
async function versions(sheet, mine, { why }) {
  clearTimeout(sureUntil);
  const answer = await fetch(api(mine.order.id, "/cost"));
  const box = sheet.querySelector(".versions");
  sheet.querySelector("[data-sure]").hidden = true;
  const theirs = await answer.json();
  const now = answer.ok ? `Now ${stands(theirs)}` : theirs.why;
  box.querySelector("[data-theirs]").textContent = `${why} You saw ${stands(mine)} ${now}`;
  box.querySelector("[data-mine]").hidden = !answer.ok || Boolean(theirs.cancelled);
  box.hidden = false;
  box.querySelector("button:not([hidden])").focus();
}

async function forget(sheet) {
  const done = await send(api(one.dataset.order, "/forget"), {}, sheet.querySelector(".says"));
  if (!done) return;
  sheet.close();
  say(done.says, "", 8000);
  location.reload();
}

const filter = (list) => location.assign(list.value);

// Everything that is pressed.

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const act = button?.dataset.act;
  if (act === "expedite") expedite();
  else if (act === "fix") fix(button);
  else if (act === "later") dialog("later").showModal();
  else if (act === "cancel") askCancel();
  else if (act === "forget") (unsure(dialog("forget")), dialog("forget").showModal());
  else if (act === "none") (chosen.clear(), mark());
  if (button && "discard" in button.dataset) discard();
  if (button && "close" in button.dataset) button.closest("dialog").close();
  if (button && "mine" in button.dataset) cancel(dialog("cancel"), true);
  if (button?.parentElement?.id === "moved") sortAgain();
  const pick = event.target.closest(".pickrow");
  if (pick) toggle(pick.closest("tr").dataset.order);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filter]")) filter(event.target);
  const sheet = event.target.closest("dialog");
  if (sheet && event.target.matches("[name=reason], [name=sure]") && event.target.checked) sure(sheet);
});

document.addEventListener("submit", (event) => {
  const sheet = event.target.closest("dialog");
  if (sheet?.id === "later") later(event);
  if (sheet?.id === "cancel") (event.preventDefault(), sheet.querySelector("[data-sure]").hidden || cancel(sheet));
  if (sheet?.id === "forget") (event.preventDefault(), sheet.querySelector("[data-sure]").hidden || forget(sheet));
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-order]");
  if (row && row.dataset.order !== here) {
    here = row.dataset.order;
    mark();
  }
});

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === " " && event.target.matches(".pickrow")) return;
    if (!event.target.matches?.(".pickrow") || event.key.length !== 1) return;
  }
  if (event.key === "e") expedite();
  else if (one) return;
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" && here) toggle(here);
  else if (event.key === "f") document.querySelector(".tabs a[aria-current]")?.focus();
  else if (event.key === "Escape" && chosen.size) (chosen.clear(), mark());
  else return;
  event.preventDefault();
});

mark();
// A filter may be chosen before this script was read.
for (const list of document.querySelectorAll("select[data-filter]")) {
  const shown = [...list.options].find((each) => each.defaultSelected) ?? list.options[0];
  if (list.value !== shown?.value) filter(list);
}
