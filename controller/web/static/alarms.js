// Alarms: acknowledge with a note, shelve with an end, by button or key; the table changes in place.

import { isStale, onChange, plantNow, say, send, typing } from "./live.js";

const here = document.getElementById("here");
const may = document.body.dataset.may?.split(" ").includes("operate");

function allow() {
  if (!may) for (const button of document.querySelectorAll("#alarm-table button")) {
    button.disabled = true;
    button.dataset.off = "";
  }
}

/** A part that changed keeps the focus on the same button of the same alarm. */
let on = null;
document.addEventListener("focusin", (event) => {
  const button = event.target.closest("#alarm-table [data-command]");
  on = button && { alarm: button.closest("[data-alarm]").dataset.alarm, at: button.dataset };
});

function refocus() {
  if (!on || document.activeElement !== document.body) return;
  const key = ["ack", "shelve", "back"].find((name) => name in on.at);
  const row = document.getElementById(`alarm-${on.alarm}`);
  (row?.querySelector(`[data-${key}]`) ?? row?.querySelector("a"))?.focus();
}

function ask(sheet, row) {
  const dialog = document.getElementById(sheet);
  dialog.querySelector("[data-what]").textContent = row.querySelector(".what").textContent;
  dialog.querySelector("form").reset();
  dialog.dataset.alarm = row.dataset.alarm;
  dialog.returnValue = "";
  dialog.showModal();
}

for (const dialog of [document.getElementById("ack"), document.getElementById("shelve")]) {
  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "yes") return;
    const said = new FormData(dialog.querySelector("form"));
    const note = [said.get("code"), said.get("words")].filter(Boolean).join(": ");
    const path = `/api/alarms/${encodeURIComponent(dialog.dataset.alarm)}`;
    const shelves = dialog.id === "shelve";
    const body = shelves ? { note, until_s: plantNow() + Number(said.get("for")) } : { note };
    const done = await send(`${path}/${shelves ? "shelve" : "acknowledge"}`, body, here);
    if (done) say(shelves ? "It is shelved." : "It is acknowledged.", "", 5000, here);
  });
}

document.addEventListener("click", async (event) => {
  const row = event.target.closest("[data-alarm]");
  const button = event.target.closest("button");
  if (!row || !button || button.disabled) return;
  if ("ack" in button.dataset) ask("ack", row);
  else if ("shelve" in button.dataset) ask("shelve", row);
  else if ("back" in button.dataset) {
    await send(`/api/alarms/${encodeURIComponent(row.dataset.alarm)}/shelve`, { until_s: 0, note: "" }, here);
  }
});

let went = -2000;
document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "g") went = performance.now();
  if (performance.now() - went < 1500) return;
  const rows = [...document.querySelectorAll("#alarm-table [data-alarm]")];
  const row = document.activeElement?.closest?.("[data-alarm]");
  if (event.key === "j" || event.key === "k") {
    const next = rows[row ? rows.indexOf(row) + (event.key === "j" ? 1 : -1) : 0];
    next?.querySelector("a")?.focus();
  } else if (event.key === "a" && row && may && !isStale()) row.querySelector("[data-ack]")?.click();
  else if (event.key === "s" && row && may && !isStale()) row.querySelector("[data-shelve]")?.click();
});

onChange((id) => {
  if (id !== "alarm-table") return;
  allow();
  refocus();
});
allow();
