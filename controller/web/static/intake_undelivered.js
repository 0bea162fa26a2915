// What was not delivered: try again, or drop in two steps.

import { change } from "./access.js";
import { say } from "./live.js";

const SECOND_STEP_MS = 10_000;
const place = document.getElementById("undelivered-says");

async function act(row, action, words) {
  const { ok, said } = await change("POST", `/api/undelivered/${row.dataset.delivery}/${action}`, {});
  if (!ok) return say(said.why, "fail", 0, place);
  const cells = row.querySelectorAll("td.why, td.acts-cell");
  cells[0].textContent = words;
  cells[1].replaceChildren();
  place.tabIndex = -1;
  place.focus();
  return say(words, "", 5000, place);
}

for (const row of document.querySelectorAll("[data-delivery]")) {
  const [drop, sure] = [row.querySelector("[data-drop]"), row.querySelector("[data-sure]")];
  row.querySelector("[data-again]").addEventListener("click", () => act(row, "again", "It is tried again now."));
  sure.addEventListener("click", () => act(row, "drop", "Dropped."));
  drop.addEventListener("click", () => {
    drop.hidden = true;
    sure.hidden = false;
    sure.focus();
    setTimeout(() => {
      drop.hidden = false;
      sure.hidden = true;
    }, SECOND_STEP_MS);
  });
}

const times = new Intl.DateTimeFormat("en-GB", { timeZone: document.body.dataset.zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
for (const time of document.querySelectorAll("time[data-local]")) time.textContent = times.format(new Date(time.dateTime)).replace(",", "");
