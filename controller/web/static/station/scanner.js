// A wedge scanner types: a burst under 50 ms a character that ends in Enter is a scan wherever focus is.

const QUICK = 50;
const SHORTEST = 3;

/** Call back with each code; `field` takes what is typed while nothing else asks. */
export function listen(field, scanned) {
  let burst = "";
  let last = 0;
  let held = null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A badge is scanned too: into the field that asks for it.
    if (event.target.matches?.("input[type=password], .badge input")) return;
    const at = event.timeStamp;
    if (event.key === "Enter") {
      const code = at - last < QUICK && burst.length >= SHORTEST ? burst : "";
      burst = "";
      if (!code || (event.target === field && field.value.endsWith(code))) return;
      event.preventDefault();
      event.stopPropagation();
      if (held && held.input.isConnected) held.input.value = held.value;
      field.value = "";
      event.target.closest?.("dialog")?.close();
      scanned(code);
      return;
    }
    if (event.key.length !== 1) return;
    if (at - last >= QUICK) {
      burst = "";
      held = writable(event.target) ? { input: event.target, value: event.target.value } : null;
    }
    burst += event.key;
    last = at;
    if (event.target === field || writable(event.target) || event.key === " ") return;
    // Typed at a button or at the page: it belongs into the field, and is no key of the page.
    if (event.key === "?" && burst.length === 1) return;
    event.stopPropagation();
    field.focus({ preventScroll: true });
  }, { capture: true });
}

function writable(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select");
}
