// The palette: Ctrl K, or / where a page has no search of its own, goes to anything that has a name.

const sheet = document.getElementById("palette");
const field = sheet?.querySelector("input");
const list = document.getElementById("palette-hits");
const says = document.getElementById("palette-says");
const icons = document.getElementById("palette-icons");

let hits = [];
let at = 0;
let asked = null;
let looked = Promise.resolve();

/** Whether a key was for the palette or a page's search; `typing` when it was typed into a field. */
export function opensPalette(event, typing) {
  if (!sheet || event.defaultPrevented) return false;
  const goes = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (goes && (sheet.open || !document.querySelector("dialog[open]"))) open();
  else if (!goes && event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) search();
  else return false;
  event.preventDefault();
  return true;
}

/** A page's own search, where it has one that is seen. */
function search() {
  const own = [...document.querySelectorAll("main input[type=search]")].find((each) => each.checkVisibility());
  if (!own) open();
  else {
    own.focus();
    own.select();
  }
}

function open() {
  if (!sheet.open) {
    field.value = "";
    show({ hits: [], count: 0 });
    says.textContent = "";
    sheet.showModal();
    field.focus();
  }
  looked = ask();
}

async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  const words = field.value.trim();
  try {
    const answer = await fetch(`/api/find?q=${encodeURIComponent(words)}`, { signal: mine.signal, cache: "no-store" });
    const said = await answer.json();
    if (mine.signal.aborted) return;
    if (answer.ok) show(said, words);
    else fail(said.why ?? "It was refused.");
  } catch {
    if (!mine.signal.aborted) fail("No connection to Lotwright. Nothing can be looked up.");
  }
}

function fail(why) {
  show({ hits: [], count: 0 });
  says.textContent = why;
}

function show(found, words = "") {
  hits = found.hits;
  at = 0;
  list.replaceChildren(...hits.map(row));
  list.hidden = hits.length === 0;
  field.setAttribute("aria-expanded", String(hits.length > 0));
  const more = found.count - hits.length;
  const shown = words.length > 24 ? `${words.slice(0, 23)}…` : words;
  if (!hits.length && words) says.textContent = `Nothing here is called “${shown}”. Type a number of an order, tote, machine or part, or a page.`;
  else says.textContent = more > 0 ? `${hits.length} of ${found.count} shown. Type more to see fewer.` : words ? `${hits.length} found.` : "";
  mark();
}

function row(hit, number) {
  const item = document.createElement("li");
  item.id = `palette-${number}`;
  item.setAttribute("role", "option");
  const icon = icons.content.querySelector(`[data-icon="${CSS.escape(hit.icon)}"] > svg`);
  if (icon) item.append(icon.cloneNode(true));
  const name = document.createElement("b");
  name.textContent = hit.says;
  const more = document.createElement("span");
  more.className = "mid";
  more.textContent = hit.more;
  item.append(name, more);
  item.addEventListener("pointermove", () => point(number));
  item.addEventListener("click", () => go(number));
  return item;
}

function point(number) {
  if (number === at || !hits.length) return;
  at = number;
  mark();
}

function mark() {
  [...list.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
  if (hits.length) field.setAttribute("aria-activedescendant", `palette-${at}`);
  else field.removeAttribute("aria-activedescendant");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function go(number) {
  const hit = hits[number];
  if (!hit) return;
  sheet.close();
  location.assign(hit.href);
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

field?.addEventListener("input", () => (looked = ask()));
field?.addEventListener("keydown", (event) => {
  // A key means what is typed, which may not have been looked up yet.
  const step = STEPS[event.key];
  if (step) looked.then(() => hits.length && point((at + step + hits.length) % hits.length));
  else if (event.key === "Enter") looked.then(() => sheet.open && go(at));
  else return;
  event.preventDefault();
});
sheet?.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});
sheet?.addEventListener("close", () => asked?.abort());
