// Users and tokens for admins, and everybody's own account.

import { change } from "../access.js";
import { say } from "../live.js";

const SECOND_STEP_MS = 10_000;

function values(form) {
  const said = Object.fromEntries(new FormData(form));
  for (const box of form.querySelectorAll("[type=checkbox]")) said[box.name] = box.checked;
  for (const count of form.querySelectorAll("[type=number]")) said[count.name] = Number(count.value);
  return said;
}

/** Success is kept for the next page where this one is loaded again. */
function again(words) {
  sessionStorage.setItem("said", words);
  location.reload();
}

function show(title, about, secret) {
  const sheet = document.getElementById("secret");
  sheet.querySelector("h2").textContent = title;
  sheet.querySelector("p").textContent = about;
  sheet.querySelector("output").textContent = secret;
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  sheet.showModal();
  sheet.querySelector("output").focus();
}

function showLink(said) {
  const link = new URL(said.path, location.origin).href;
  show(`Link for ${said.name}`, "It works once and for three days. Give it to nobody else; it is not shown again.", link);
}

async function submit(form) {
  const [method, path] = form.dataset.change.split(" ");
  const place = form.querySelector(".says");
  const body = values(form);
  if (method === "PATCH" && !body.pin) delete body.pin;
  const { ok, said } = await change(method, path, body);
  if (!ok) return say(said.why, "fail", 0, place);
  if ("link" in form.dataset) return showLink(said);
  if ("secret" in form.dataset) return show(`Token ${said.token.name}`, "It is not shown again. Programs send it as Authorization: Bearer; a station signs in with it.", said.secret);
  if ("reload" in form.dataset) return again(form.dataset.then ?? "The changes are kept.");
  form.reset();
  return say(form.dataset.then, "", 5000, place);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-change]")) return;
  event.preventDefault();
  submit(event.target);
});

/** The second button says what is lost, stands elsewhere, and goes away by itself; the first turns into the way back. */
function twoSteps(place) {
  const [first, second] = [place.querySelector("[data-first]"), place.querySelector("[data-second]")];
  const asked = first.textContent;
  let timer = 0;
  const back = () => {
    clearTimeout(timer);
    first.textContent = asked;
    second.hidden = true;
  };
  first.addEventListener("click", () => {
    if (!second.hidden) return back();
    second.hidden = false;
    first.textContent = "Keep it";
    timer = setTimeout(back, SECOND_STEP_MS);
  });
  second.addEventListener("click", async () => {
    const [method, path] = second.dataset.second.split(" ");
    const { ok, said } = await change(method, path, second.dataset.body ? JSON.parse(second.dataset.body) : {});
    if (!ok) say(said.why, "fail", 0, place.closest("dialog")?.querySelector(".says") ?? undefined);
    else if (second.dataset.to) location.assign(second.dataset.to);
    else again("Done.");
  });
}

function twoStepsOf(path, first, second, method = "DELETE", body = "") {
  const place = document.createElement("span");
  place.className = "two";
  for (const [words, name, kind] of [[first, "first", "harm"], [second, "second", "lose"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn touch ${kind}`;
    button.textContent = words;
    button.dataset[name] = name === "second" ? `${method} ${path}` : "";
    button.hidden = name === "second";
    place.append(button);
  }
  if (body) place.querySelector("[data-second]").dataset.body = body;
  twoSteps(place);
  return place;
}

function openUser(row) {
  const sheet = document.getElementById("user");
  const { user, display, role, disabled, sessions, pin, factor } = row;
  const path = `/api/users/${encodeURIComponent(user)}`;
  sheet.querySelector("h2").textContent = user;
  const form = sheet.querySelector("form");
  form.reset();
  form.dataset.change = `PATCH ${path}`;
  form.elements.display.value = display;
  form.elements.role.value = role;
  sheet.querySelector("[data-new-link]").hidden = disabled === "true";
  sheet.querySelector("[data-new-link]").onclick = async () => {
    const { ok, said } = await change("POST", `${path}/link`, {});
    if (ok) showLink(said);
    else say(said.why, "fail", 0, form.querySelector(".says"));
  };
  const patch = (selector, hidden, body, words) => {
    const button = sheet.querySelector(selector);
    button.hidden = hidden;
    button.onclick = async () => {
      const { ok, said } = await change("PATCH", path, body);
      if (ok) again(words);
      else say(said.why, "fail", 0, form.querySelector(".says"));
    };
  };
  patch("[data-enable]", disabled !== "true", { disabled: false }, `${user} may sign in again.`);
  patch("[data-no-pin]", pin !== "true", { pin: "" }, `${user} has no PIN any more.`);
  const ends = { 0: "", 1: ", 1 browser is signed out" }[sessions] ?? `, ${sessions} browsers are signed out`;
  const danger = [twoStepsOf(path, "Remove…", `Remove ${user} for good${ends}`)];
  if (disabled !== "true") danger.unshift(twoStepsOf(path, "Disable…", `Disable ${user}${ends}`, "PATCH", '{"disabled":true}'));
  if (factor === "true") danger.unshift(twoStepsOf(`${path}/second-factor`, "Lost phone…", `Take off the second factor of ${user}${ends}`));
  sheet.querySelector(".danger").replaceChildren(...danger);
  sheet.showModal();
}

document.addEventListener("click", (event) => {
  const on = event.target instanceof Element ? event.target.closest("[data-user], [data-close], [data-copy]") : null;
  if (!on) return;
  if (on.dataset.user) openUser(on.dataset);
  else if ("copy" in on.dataset) navigator.clipboard?.writeText(document.querySelector("#secret output").textContent);
  else on.closest("dialog").close();
});

// Escape closes it too, and the page behind must show what is new.
document.getElementById("secret")?.addEventListener("close", () => location.reload());
document.querySelector("[name=station]")?.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.value) form.elements.role.value = "operator";
});
for (const place of document.querySelectorAll(".two")) twoSteps(place);

const words = sessionStorage.getItem("said");
if (words) {
  sessionStorage.removeItem("said");
  say(words);
}

const form = { timeZone: document.body.dataset.zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const [near, far] = [form, { ...form, year: "numeric" }].map((each) => new Intl.DateTimeFormat("en-GB", each));
for (const time of document.querySelectorAll("time[data-local]")) {
  const at = new Date(time.dateTime);
  time.textContent = (at.getFullYear() === new Date().getFullYear() ? near : far).format(at).replace(/,|( at)/, "");
}
