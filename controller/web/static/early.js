// Read before the page is: what is pressed before the page's own scripts were read is kept and done after.
// A plain script, as modules wait for the whole page.

(() => {
  const early = [];

  function keep(event, again) {
    event.preventDefault();
    event.stopImmediatePropagation();
    early.push([event.target, again]);
  }

  function clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button[type=button]") : null;
    if (button) keep(event, () => button.click());
  }

  // A form that names where it goes works without a script.
  function submitted(event) {
    const form = event.target;
    if (form.hasAttribute("action") || form.method === "dialog") return;
    keep(event, () => form.requestSubmit(event.submitter));
  }

  addEventListener("click", clicked, { capture: true });
  addEventListener("submit", submitted, { capture: true });
  document.addEventListener("DOMContentLoaded", () => {
    removeEventListener("click", clicked, { capture: true });
    removeEventListener("submit", submitted, { capture: true });
    for (const [target, again] of early) if (target.isConnected) again();
  });
})();
