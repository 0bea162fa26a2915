// Who is signed in, on every page: the menu in the bar, controls that a role has not, badges at shared stations.

const WHO_MAY = {
  operate: "This needs the role operator, engineer or admin.",
  plan: "This needs the role planner, engineer or admin.",
  engineer: "This needs the role engineer or admin.",
  admin: "This needs the role admin.",
};

/** Ask for a change; returns { ok, status, said } and takes care of an ended session and of a missing badge. */
export async function change(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-Lotwright": "page" };
  try {
    const answer = await fetch(path, { method, headers, body: method === "DELETE" ? undefined : JSON.stringify(body ?? {}) });
    const said = await answer.json();
    if (answer.status === 401 && (await answered(said))) return change(method, path, body);
    return { ok: answer.ok, status: answer.status, said };
  } catch {
    return { ok: false, status: 0, said: { why: "No connection to Lotwright. Nothing was changed." } };
  }
}

/** After a 401: ask for a badge, or for signing in; returns whether to try again. */
export async function answered(said) {
  if (said.kind === "badge") return askBadge(said.why);
  signedOut();
  return false;
}

let leaving = false;

function signedOut() {
  // Whoever signs out goes, and nobody who comes next is led back to this page.
  if (leaving) return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
}

/** Look whether the session still counts; a page whose session has ended leads to signing in. */
export async function stillIn() {
  if (!document.querySelector("[data-opens=account]")) return;
  try {
    if ((await fetch("/api/me")).status === 401) signedOut();
  } catch {
    // No connection: the page says so already.
  }
}

function askBadge(why) {
  const sheet = document.createElement("dialog");
  sheet.className = "sheet";
  sheet.setAttribute("aria-labelledby", "badge-title");
  sheet.innerHTML = `<h2 id="badge-title">Who is it?</h2><p class="mid"></p><form method="dialog">
<label class="field touch"><span class="sr">PIN or badge</span><input name="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="64" required></label>
<div class="row"><button class="btn go touch" value="show">That is me</button><button type="button" class="btn touch">Cancel</button></div><div class="says" role="alert"></div></form>`;
  sheet.querySelector("p").textContent = why;
  document.body.append(sheet);
  const form = sheet.querySelector("form");
  return new Promise((done) => {
    let shown = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const pin = form.elements.pin.value;
      form.elements.pin.value = "";
      const { ok, said } = await change("POST", "/api/badge", { pin });
      shown = ok;
      if (ok) sheet.close();
      else sheet.querySelector(".says").textContent = said.why;
    });
    form.querySelector("button[type=button]").addEventListener("click", () => sheet.close());
    sheet.addEventListener("close", () => {
      sheet.remove();
      done(shown);
    });
    sheet.showModal();
  });
}

/** Controls with data-needs="plan" are disabled for who may not, with the reason beside them. */
function deny() {
  const may = (document.body.dataset.may ?? "").split(" ");
  for (const control of document.querySelectorAll("[data-needs]")) {
    if (may.includes(control.dataset.needs)) continue;
    if (!control.disabled) control.disabled = true;
    if ("denied" in control.dataset) continue;
    control.dataset.denied = "";
    const why = document.createElement("span");
    why.className = "why-not";
    why.textContent = WHO_MAY[control.dataset.needs];
    const next = control.nextElementSibling;
    if (!next?.classList.contains("why-not")) control.after(why);
  }
}

async function signOut() {
  leaving = true;
  await change("DELETE", "/api/session");
  location.assign("/sign-in");
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-sign-out]")) signOut();
});

if (!["operate", "plan", "engineer", "admin"].every((one) => (document.body.dataset.may ?? "").split(" ").includes(one))) {
  deny();
  // Parts of the page are replaced while it is open; what comes new is looked at again.
  new MutationObserver(deny).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });
}
