// What every page does: follow the changes, run the plant clock, look stale when nothing comes, send commands.

import { answered, stillIn } from "./access.js";
import { applyOnTop } from "./conflict.js";
import { opensPalette } from "./palette.js";

const STALE_AFTER = 12_500;
const AWAY_RELOADS = 600_000;
const BACK_OFF = [1, 2, 4, 8];

const listeners = new Set();
const touchers = new Set();
const clock = { base: 0, at: 0, speed: 1, origin: 0, known: false };
let source = null;
let heard = performance.now();
let heardAtPlant = "";
let lastId = "";
let away = null;
let tries = 0;
let retryAt = 0;
let seen = new Map();

/** Call back with the ids of the parts that changed. */
export function onChange(listener) {
  listeners.add(listener);
}

/** Call back with what was touched: `machine:B2`, `order:4127`, `plan`; `*` is everything. */
export function onTouched(listener) {
  touchers.add(listener);
}

export function isStale() {
  return "stale" in document.documentElement.dataset;
}

/** Put a new version of an element in place of the old one without moving focus or position. */
export function replacePart(id, html) {
  const old = document.getElementById(id);
  if (!old) return false;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (!fresh || old.outerHTML === fresh.outerHTML) return false;
  const why = old.querySelector(".why")?.textContent ?? "";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) old.setAttribute(name, value);
  const inner = document.activeElement && old !== document.activeElement && old.contains(document.activeElement)
    ? document.activeElement.getAttribute("href") : null;
  old.replaceChildren(...fresh.childNodes);
  if (inner) old.querySelector(`[href="${CSS.escape(inner)}"]`)?.focus();
  const now = old.querySelector(".why")?.textContent ?? "";
  if (now && why && now !== why) {
    old.classList.add("changed");
    setTimeout(() => old.classList.remove("changed"), 2000);
  }
  return true;
}

function heardSomething() {
  heard = performance.now();
  heardAtPlant = document.getElementById("clock")?.textContent ?? "";
  tries = 0;
  if (isStale()) revive();
}

function part(event) {
  heardSomething();
  lastId = event.lastEventId;
  const { id, html } = JSON.parse(event.data);
  if (seen.get(id) === html) return;
  seen.set(id, html);
  const changed = replacePart(id, html);
  if (away !== null && changed) away.add(id);
  for (const listener of listeners) listener(id);
}

function beat(event) {
  heardSomething();
  const said = JSON.parse(event.data);
  if (said.page !== document.body.dataset.version) {
    location.reload();
    return;
  }
  Object.assign(clock, { base: said.now_s, at: performance.now(), speed: said.speed, known: true });
  clock.origin = Date.parse(said.origin_utc);
  if (away !== null) {
    if (away.size) say(`${away.size} ${away.size === 1 ? "change" : "changes"} while away.`, "", 30_000);
    away = null;
  }
  tick();
}

function connect() {
  source?.close();
  const page = document.querySelector("[data-live]")?.dataset.live ?? "";
  source = new EventSource(`/api/changes${page ? `?page=${page}` : ""}`);
  source.addEventListener("part", part);
  source.addEventListener("clock", beat);
  source.addEventListener("touched", (event) => {
    heardSomething();
    const { names } = JSON.parse(event.data);
    for (const toucher of touchers) toucher(names);
  });
  source.onerror = () => {
    source.close();
    stillIn();
    // One break may be a hiccup; when the next try fails too, nobody answers.
    if (tries > 0 && !isStale()) wither();
    const wait = BACK_OFF[Math.min(tries, BACK_OFF.length - 1)];
    tries += 1;
    retryAt = performance.now() + wait * 1000;
    setTimeout(connect, wait * 1000);
  };
}

function revive() {
  delete document.documentElement.dataset.stale;
  const band = document.getElementById("stale");
  if (band) band.hidden = true;
  document.getElementById("link")?.replaceChildren("Live");
  for (const button of document.querySelectorAll("[data-command]:not([data-denied])")) button.disabled = false;
}

function wither() {
  document.documentElement.dataset.stale = "";
  away ??= new Set();
  const band = document.getElementById("stale");
  if (band) {
    band.querySelector(".since").textContent = heardAtPlant;
    band.hidden = false;
  }
  document.getElementById("link")?.replaceChildren("No connection");
  document.getElementById("age")?.replaceChildren();
  silence();
}

/** Without a connection nothing can be asked; what a machine's own button does too stays, and says so. */
function silence() {
  for (const button of document.querySelectorAll("[data-command]:not([data-own])")) button.disabled = true;
}

let times = null;
let days = null;

function tick() {
  const shown = document.getElementById("clock");
  if (!shown || !clock.known || isStale()) return;
  const zone = document.body.dataset.zone;
  times ??= new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  days ??= new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short" });
  const passed = ((performance.now() - clock.at) / 1000) * clock.speed;
  const now = new Date(clock.origin + Math.floor(clock.base + passed) * 1000);
  // A station shows no seconds.
  shown.textContent = "short" in shown.dataset ? times.format(now).slice(0, 5) : times.format(now);
  shown.setAttribute("datetime", now.toISOString());
  document.getElementById("day")?.replaceChildren(days.format(now).replace(",", ""));
}

let watched = Date.now();

/** A page that slept shows nothing old: timers stand still meanwhile, the wall clock does not. */
function woken() {
  const slept = Date.now() - watched > AWAY_RELOADS;
  watched = Date.now();
  if (slept) startAnew();
  return slept;
}

function startAnew() {
  document.body.hidden = true;
  location.reload();
}

function watch() {
  if (woken()) return;
  const silent = performance.now() - heard;
  if (silent > STALE_AFTER && !isStale()) wither();
  if (isStale()) {
    const left = Math.max(0, Math.ceil((retryAt - performance.now()) / 1000));
    const again = document.querySelector("#stale .again");
    if (again) again.textContent = left > 0 ? ` in ${left} s` : "";
    silence();
    return;
  }
  document.getElementById("age")?.replaceChildren(`, ${(silent / 1000).toFixed(1)} s ago`);
  tick();
}

let lastRefusal = "";

/** Say something at the foot of the page; refusals stay until read, success goes after five seconds. */
export function say(words, kind = "", stays = 5000, place = document.getElementById("says")) {
  const note = document.createElement("div");
  note.className = `note ${kind}`;
  note.setAttribute("role", kind === "fail" ? "alert" : "status");
  const text = document.createElement("div");
  text.textContent = words;
  note.append(text);
  if (kind === "fail") {
    lastRefusal = words;
    const read = document.createElement("button");
    read.className = "btn";
    read.textContent = "Understood";
    read.onclick = () => note.remove();
    note.append(read);
  } else setTimeout(() => note.remove(), stays);
  place.replaceChildren(note);
}

export function who() {
  return (localStorage.getItem("who") ?? "").trim();
}

const flying = new Set();

/** Plant seconds as the clock on this page shows them. */
export function plantNow() {
  return Math.floor(clock.base + ((performance.now() - clock.at) / 1000) * clock.speed);
}

/** Send a command once; returns the answer or null, and says why when it was refused. `seen` is the
 * revision that the person looked at. A second press meanwhile is the same command. `refused` gets status and
 * words of a refusal, and returns true when it has said them itself. */
export async function send(path, body, place, seen = "", refused = () => false) {
  const words = JSON.stringify(body ?? {});
  const same = `${path} ${words}`;
  if (flying.has(same)) return null;
  flying.add(same);
  try {
    return await sending(path, words, place, seen, crypto.randomUUID(), refused);
  } finally {
    flying.delete(same);
  }
}

async function sending(path, words, place, seen, key, refused) {
  const headers = { "Content-Type": "application/json", "X-Lotwright": "page", "Idempotency-Key": key };
  const name = who().toLowerCase().replace(/[^a-z0-9 .-]/g, "");
  headers["X-Actor"] = name ? `person ${name}` : "person";
  if (seen) headers["If-Match"] = seen;
  try {
    const answer = await fetch(path, { method: "POST", headers, body: words });
    const said = await answer.json();
    if (answer.ok) return said;
    if (answer.status === 401) return (await answered(said)) ? sending(path, words, place, seen, key, refused) : null;
    if (refused(answer.status, said)) return null;
    if (said.stale && seen && place) {
      if (!(await applyOnTop(said.why, place))) return null;
      return await sending(path, words, place, "", crypto.randomUUID(), refused);
    }
    say(said.why ?? "It was refused. Nothing was changed.", "fail", 0, place);
  } catch {
    say("No connection to Lotwright. Nothing was changed.", "fail", 0, place);
  }
  return null;
}

function named() {
  const button = document.querySelector("button.who");
  if (button) button.textContent = who() || "Who is this?";
}

function dialogs() {
  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
  }
  const sheet = document.getElementById("who");
  sheet?.addEventListener("close", () => {
    if (sheet.returnValue === "keep") localStorage.setItem("who", sheet.querySelector("input").value);
    named();
  });
}

const GO = { f: "/floor", o: "/orders", p: "/plan", d: "/doubts", a: "/alarms" };
let went = -Infinity; // nobody has pressed g yet, however young the page is

export function typing(event) {
  const on = event.target;
  return on instanceof HTMLElement && (on.matches("input, select, textarea") || on.closest("dialog[open]"));
}

document.addEventListener("keydown", (event) => {
  if (opensPalette(event, typing(event))) return;
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key === "." && lastRefusal) say(lastRefusal, "fail");
  else if (event.key === "g") went = performance.now();
  else if (GO[event.key] && performance.now() - went < 1500) location.assign(GO[event.key]);
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !woken() && performance.now() - heard > AWAY_RELOADS) startAnew();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) startAnew();
});

named();
dialogs();
heardAtPlant = document.getElementById("clock")?.textContent ?? "";
connect();
setInterval(watch, 250);
