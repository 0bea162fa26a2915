// Orders: hand a file to the import and say what became of it.

import { say, who } from "./live.js";

const form = document.getElementById("import");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.querySelector("input[type=file]").files[0];
  const place = form.querySelector(".says");
  if (!file) {
    say("No file is chosen. Choose a CSV file first.", "fail", 0, place);
    return;
  }
  const headers = { "Content-Type": "text/csv", "X-Actor": who() ? `person ${who().toLowerCase()}` : "person" };
  try {
    const path = `/api/orders/import?name=${encodeURIComponent(file.name)}`;
    const answer = await fetch(path, { method: "POST", headers, body: await file.text() });
    const said = await answer.json();
    if (!answer.ok) {
      say(said.why ?? "The file was refused. Nothing was changed.", "fail", 0, place);
      return;
    }
    const refused = said.refused.length;
    say(`${said.accepted.length} orders taken, ${said.repeated.length} were known, ${refused} rows refused.`, "", 30_000, place);
    setTimeout(() => location.assign(refused ? "/orders/refused" : "/orders"), 1200);
  } catch {
    say("No connection to Lotwright. Nothing was changed.", "fail", 0, place);
  }
});
