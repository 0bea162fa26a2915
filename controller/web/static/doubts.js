// In doubt: choose, then reason and name, then confirm. Nothing is chosen for the person.

import { onChange, say, send, typing, who } from "./live.js";

let chosen = null;
let expires = 0;

function fold() {
  document.querySelectorAll(".second").forEach((each) => (each.hidden = true));
  document.querySelectorAll(".choice[aria-current]").forEach((each) => each.removeAttribute("aria-current"));
  clearTimeout(expires);
  chosen = null;
}

function choose(choice) {
  fold();
  choice.setAttribute("aria-current", "true");
  const second = choice.closest(".case").querySelector(".second");
  second.hidden = false;
  second.querySelector(".losing").textContent = choice.dataset.says;
  chosen = { choice, second };
  second.querySelector("input")?.focus();
}

async function confirm(event) {
  event.preventDefault();
  const { choice, second } = chosen;
  const form = new FormData(second);
  const reason = [form.get("reason"), form.get("seen")].filter(Boolean).join(": ");
  if (form.get("name")) localStorage.setItem("who", form.get("name"));
  const named = !second.querySelector("input[name=name]") || who();
  if (!named || !reason) {
    say("A name and a reason are needed. Nothing was changed.", "fail", 0, second.querySelector(".says"));
    return;
  }
  const place = second.querySelector(".says");
  const done = await send(`/api/doubts/${choice.dataset.job}`, { verdict: choice.dataset.verdict, reason }, place);
  if (done) location.reload();
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-choose]")?.closest(".choice");
  if (choice) choose(choice);
  if (event.target.closest("[data-fold]")) fold();
});

document.addEventListener("submit", (event) => {
  if (event.target.matches(".second")) confirm(event);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") fold();
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const open = document.querySelector(".case:target") ?? document.querySelector(".case");
  const choice = ["1", "2", "3"].includes(event.key) && open?.querySelectorAll(".choice")[Number(event.key) - 1];
  if (choice) choose(choice);
});

document.querySelectorAll(".second input[name=name]").forEach((field) => (field.value = who()));
onChange((id) => {
  if (id !== "rail-doubts" || !settled) return;
  // Nothing moves under a finger: a page with a choice in the making says that there is more.
  if (!chosen) location.reload();
  else document.getElementById("moved").textContent = "The cases have changed; finish or leave yours first.";
});
let settled = false;
setTimeout(() => (settled = true), 1500);
