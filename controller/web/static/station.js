// A station: begin what is offered, then Good, or Scrap with a reason code.

import { onChange, send, who } from "./live.js";

const main = document.querySelector(".stn");
const machine = main.dataset.machine;
let shown = "";

async function refresh() {
  if (main.dataset.step === "scrap") return;
  const answer = await fetch(`/station/${encodeURIComponent(machine)}?part=work`);
  if (!answer.ok) return;
  const words = await answer.text();
  if (shown === words) return;
  shown = words;
  const said = [...document.getElementById("refused").childNodes];
  main.innerHTML = words;
  document.getElementById("refused").replaceChildren(...said);
  greet();
}

function results(verdict, reason) {
  const work = document.querySelector("[data-job]");
  return [...work.querySelectorAll("[data-operation]")].map((each) => {
    const bad = verdict === "scrap" && (each.querySelector("input")?.checked ?? true);
    return { operation: each.dataset.operation, verdict: bad ? "scrap" : "good", reason: bad ? reason : "" };
  });
}

async function act(what, reason) {
  const job_order = document.querySelector("[data-job]")?.dataset.job;
  if (!job_order) return;
  const begin = what === "begin";
  const body = begin ? { job_order } : { job_order, results: results(what, reason) };
  const path = `/api/machines/${encodeURIComponent(machine)}/${begin ? "begin" : "finish"}`;
  const done = await send(path, body, document.getElementById("refused"));
  if (done) {
    main.dataset.step = "work";
    await refresh();
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-does]");
  if (!button) return;
  if (button.dataset.does === "scrap") main.dataset.step = "scrap";
  else if (button.dataset.does === "back") main.dataset.step = "work";
  else if (button.dataset.does === "clear") {
    if (await send(`/api/machines/${encodeURIComponent(machine)}/clear`, {}, document.getElementById("refused"))) refresh();
  } else if (button.dataset.does === "reason") await act("scrap", button.dataset.reason);
  else await act(button.dataset.does);
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey) return;
  const does = { 1: "good", 2: "scrap" }[event.key];
  if (does) document.querySelector(`[data-does="${does}"]`)?.click();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-who]")) document.getElementById("who").showModal();
});
onChange((id) => {
  if (id === `tile-${machine}`) refresh();
});

function greet() {
  const name = document.querySelector("[data-who] span");
  if (name && who()) name.textContent = who();
}
greet();
