// Signing in, and following a one-time link.

import { change } from "../access.js";

const query = new URLSearchParams(location.search);

/** Only a place of ours is gone on to. */
function next() {
  const wanted = new URL(query.get("next") ?? "/floor", location.origin);
  return wanted.origin === location.origin && wanted.pathname !== "/sign-in" ? wanted.href : "/floor";
}

/** The password was right; a code is missing. */
function askCode(form) {
  const label = document.getElementById("second");
  label.hidden = false;
  const input = form.elements.code;
  input.required = true;
  input.value = "";
  input.focus();
}

function say(words, look = "fail") {
  const note = document.createElement("div");
  note.className = `note ${look}`;
  note.setAttribute("role", "alert");
  note.textContent = words;
  document.getElementById("says").replaceChildren(note);
}

function on(id, path, body, flaw = () => "") {
  const form = document.getElementById(id);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const wrong = flaw(values);
    if (wrong) return say(wrong);
    const button = form.querySelector("button");
    button.disabled = true;
    const { ok, said } = await change("POST", path, body(values));
    button.disabled = false;
    if (ok) return location.assign(next());
    if (said.kind === "code") askCode(form);
    say(said.why, said.kind === "code" ? "ask" : "fail");
  });
}

on("person", "/api/session", ({ name, password, code }) => ({ name, password, code }));
on("station", "/api/session/station", ({ token }) => ({ token }));

const link = query.get("token") ?? "";
// The link is a secret: it does not stay in the address.
if (link) history.replaceState(null, "", location.pathname);
on(
  "follow",
  "/api/setup",
  ({ name = "", display = "", password }) => ({ token: link, name, display, password }),
  ({ password, again }) => (password === again ? "" : "The two passwords differ. Type the second one again."),
);
if (document.getElementById("follow") && !link) say("The link is incomplete. Open it as it was printed, with all that follows token=.");

// Somebody who follows a link from elsewhere is signed in, but the browser shows that only to a page of ours.
if (document.getElementById("person")) {
  fetch("/api/me").then((answer) => answer.ok && location.replace(next()), () => {});
}
