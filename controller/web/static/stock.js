// Stock: rows that open, dialogs for what comes in and what was counted, scanned lots, live values.

import { onTouched, say, send, typing } from "./live.js";

const EVERY = 1000;
const here = document.getElementById("here");
const list = document.getElementById("list");
const opened = new Set(new URLSearchParams(location.search).getAll("open"));
let about = {};

function show() {
  for (const name of opened) {
    const row = document.getElementById(`lots-${name}`);
    if (!row) continue;
    row.hidden = false;
    document.getElementById(`open-${name}`).setAttribute("aria-expanded", "true");
  }
}

function remember() {
  const address = new URL(location.href);
  address.searchParams.delete("open");
  for (const name of opened) address.searchParams.append("open", name);
  history.replaceState(null, "", address);
}

function turn(button) {
  const name = button.closest("[data-material]").dataset.material;
  const row = document.getElementById(`lots-${name}`);
  row.hidden = !row.hidden;
  button.setAttribute("aria-expanded", String(!row.hidden));
  if (row.hidden) opened.delete(name);
  else opened.add(name);
  remember();
}

function focusName() {
  const on = document.activeElement;
  if (!list.contains(on)) return null;
  if (on.id) return `#${CSS.escape(on.id)}`;
  const material = on.closest("[data-material]")?.dataset.material;
  const parts = ["act", "lot", "reference"].filter((key) => on.dataset[key])
    .map((key) => `[data-${key}="${CSS.escape(on.dataset[key])}"]`).join("");
  return material && parts ? `[data-material="${CSS.escape(material)}"] ${parts}` : null;
}

let running = false;
let again = false;
let etag = "";

/** Put new values in place: what is open stays open, and the focus stays where it is. */
async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const one = !list.querySelector(".tabs, .note");
    const path = one ? location.pathname : `/stock/rows${location.search}`;
    const answer = await fetch(path, { headers: etag && !one ? { "If-None-Match": etag } : {} });
    if (answer.ok) {
      etag = answer.headers.get("ETag") ?? "";
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = focusName();
      const body = fresh.getElementById("list");
      if (body && body.innerHTML !== list.innerHTML) {
        list.replaceChildren(...body.childNodes);
        show();
        if (focused) list.querySelector(focused)?.focus();
      }
      const main = fresh.getElementById("main");
      if (main?.dataset.revision) document.getElementById("main").dataset.revision = main.dataset.revision;
    }
  } catch {
    // The band says that there is no connection.
  }
  setTimeout(() => {
    running = false;
    if (again) {
      again = false;
      refresh();
    }
  }, EVERY);
}

onTouched((names) => {
  if (names.some((name) => name === "*" || name === "plan" || name === "orders" || /^(stock|order)(:|$)/.test(name))) refresh();
});

function dialog(name) {
  return document.getElementById(name);
}

/** Fit a form to its material: how amounts are written, and which receipts there are. */
function fit(form) {
  const chosen = form.elements.material?.selectedOptions[0];
  if (!chosen) return;
  form.elements.quantity.placeholder = `such as ${chosen.dataset.example}`;
  for (const option of form.elements.reference?.options ?? []) {
    option.hidden = Boolean(option.dataset.of) && option.dataset.of !== chosen.value;
    if (option.hidden && option.selected) form.elements.reference.value = "";
  }
}

function open(act, from) {
  const holder = from?.closest?.("[data-material]");
  about = { ...(from?.dataset ?? {}), material: holder?.dataset.material ?? "", revision: holder?.dataset.revision ?? "" };
  const sheet = dialog(act);
  const form = sheet?.querySelector("form");
  if (!form) return;
  form.reset();
  form.querySelector(".says").replaceChildren();
  if (form.elements.material) {
    if (about.material) form.elements.material.value = about.material;
    fit(form);
  }
  if (act === "receive" && about.reference) {
    form.elements.reference.value = about.reference;
    form.elements.quantity.value = about.amount;
  }
  if (act === "receive" && about.scanned) form.elements.lot.value = about.scanned;
  if (act === "end") dialog("end-title").textContent = `${about.reference} will not come`;
  if (act === "count") {
    dialog("count-title").textContent = `Count lot ${about.lot}`;
    sheet.querySelector("[data-says]").textContent = `The store says ${about.amount}.`;
    form.elements.quantity.placeholder = `such as ${about.amount}`;
  }
  sheet.showModal();
  const first = act === "receive" ? form.elements.lot : form.elements.quantity ?? form.elements.why;
  (act === "receive" && form.elements.lot.value ? form.elements.quantity : first)?.focus();
}

/** Somebody used or counted it meanwhile: show what the store says now; the next press counts against that. */
async function lookAgain(sheet) {
  const answer = await fetch(`/api/lots/${encodeURIComponent(about.material)}/${encodeURIComponent(about.lot)}`);
  if (!answer.ok) return;
  const now = await answer.json();
  about.revision = String(now.revision);
  sheet.querySelector("[data-says]").textContent = `The store says ${now.lot.amount} now.`;
}

const BODIES = {
  receive: (form) => [`/api/stock/${encodeURIComponent(form.material.value)}/receive`, {
    lot: form.lot.value.trim(), quantity: form.quantity.value.trim(), reference: form.reference.value,
    note: form.note.value.trim(), more: form.more.checked,
  }],
  expect: (form) => [`/api/stock/${encodeURIComponent(form.material.value)}/expect`, {
    quantity: form.quantity.value.trim(), at: form.at.value, reference: form.reference.value.trim(),
  }],
  end: (form) => [`/api/receipts/${encodeURIComponent(about.reference)}/end`, { why: form.why.value.trim() }],
  count: (form) => [`/api/stock/${encodeURIComponent(about.material)}/count`, {
    lot: about.lot, quantity: form.quantity.value.trim(),
    reason: [form.reason.value, form.words.value.trim()].filter(Boolean).join(": "),
  }],
};

for (const name of Object.keys(BODIES)) {
  const sheet = dialog(name);
  const form = sheet?.querySelector("form");
  if (!form) continue;
  form.elements.material?.addEventListener("change", () => fit(form));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[data-command]");
    if (button.disabled) return;
    button.disabled = true;
    const [path, body] = BODIES[name](form.elements);
    const seen = name === "count" ? about.revision : "";
    const said = await send(path, body, form.querySelector(".says"), seen, (status) => {
      if (status === 409 && name === "count") lookAgain(sheet);
      return false;
    });
    button.disabled = false;
    if (!said) return;
    sheet.close();
    say(said.says || "It is noted.", "", 15_000, here);
    refresh();
  });
  sheet.querySelector("[data-close]").addEventListener("click", () => sheet.close());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open], [data-act]");
  if (!button) return;
  if ("open" in button.dataset) turn(button);
  else open(button.dataset.act, button);
});

/** A scanned lot opens its page; an unknown code may be a lot that just came in. */
async function scanned(code) {
  try {
    const answer = await fetch(`/api/lots?code=${encodeURIComponent(code)}`);
    const lots = answer.ok ? await answer.json() : [];
    if (lots.length === 1) {
      location.assign(`/stock/${encodeURIComponent(lots[0].material)}/${encodeURIComponent(lots[0].lot)}`);
      return;
    }
    const looks = await fetch(`/stock/rows?q=${encodeURIComponent(code)}`);
    const fresh = new DOMParser().parseFromString(await looks.text(), "text/html");
    const known = lots.length || fresh.querySelector("[data-material]");
    if (known || !dialog("receive")) {
      location.assign(`/stock?q=${encodeURIComponent(code)}`);
      return;
    }
    open("receive", { dataset: { scanned: code } });
    say(`No lot ${code} is in the store. If it came in, receive it here.`, "", 15_000, dialog("receive").querySelector(".says"));
  } catch {
    say("No connection to Lotwright. Nothing was looked up.", "fail", 0, here);
  }
}

const scan = dialog("scan");
scan?.addEventListener("submit", (event) => {
  const code = scan.elements.q.value.trim();
  if (!code) return;
  event.preventDefault();
  scanned(code);
});

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && scan) {
    event.preventDefault();
    scan.elements.q.select();
  } else if (event.key === "r" && dialog("receive")) {
    event.preventDefault();
    open("receive", null);
  }
});

show();
