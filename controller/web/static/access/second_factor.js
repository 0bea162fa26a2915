// One's own second factor: the secret and the recovery codes are shown once and stay in this page only.

import { change } from "../access.js";

const at = (id) => document.getElementById(id);

function say(words) {
  const note = document.createElement("div");
  note.className = "note fail";
  note.setAttribute("role", "alert");
  note.textContent = words;
  at("says").replaceChildren(note);
}

function on(id, path, then) {
  const form = at(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const { ok, said } = await change("POST", path, Object.fromEntries(new FormData(form)));
    button.disabled = false;
    at("says").replaceChildren();
    if (ok) then(said, form);
    else say(said.why);
  });
}

on("offer", "/api/me/second-factor", (said, form) => {
  form.reset();
  form.hidden = true;
  const drawing = document.querySelector(".factor-qr");
  drawing.setAttribute("viewBox", `0 0 ${said.across} ${said.across}`);
  for (const side of ["width", "height"]) drawing.querySelector("rect").setAttribute(side, said.across);
  drawing.querySelector("path").setAttribute("d", said.qr);
  at("key").textContent = said.secret.match(/.{1,4}/g).join(" ");
  at("address").textContent = said.address;
  at("confirm").hidden = false;
  at("confirm").elements.code.focus();
});

on("confirm", "/api/me/second-factor/confirm", (said, form) => {
  form.remove();
  document.querySelector("main > .note")?.remove();
  at("codes").querySelector("output").textContent = said.codes.join("\n");
  at("codes").hidden = false;
  at("codes").focus();
});

on("off", "/api/me/second-factor/off", () => location.reload());
