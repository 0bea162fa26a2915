// The Floor: tiles by arrow keys, one machine's drawer by its address, Cleared.

import { onChange, say, send, typing } from "./live.js";

const wall = document.querySelector(".wall");
let opened = null;

function tiles() {
  return [...(wall?.querySelectorAll(".tile") ?? [])];
}

function machineOpen() {
  const drawer = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  return drawer?.matches("[data-drawer]") ? drawer : null;
}

async function load(drawer) {
  const answer = await fetch(`/floor/machine/${encodeURIComponent(drawer.id)}`);
  if (!answer.ok) return;
  const words = await answer.text();
  if (drawer.dataset.html === words) return;
  const focused = drawer.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.matches("[data-clears]") ? "[data-clears]" : focused ? "[data-close]" : null;
  drawer.innerHTML = words;
  drawer.dataset.html = words;
  if (key) (drawer.querySelector(key) ?? drawer.querySelector("[data-close]")).focus();
}

async function follow() {
  const drawer = machineOpen();
  if (opened && opened !== drawer) {
    opened.innerHTML = "";
    delete opened.dataset.html;
    document.getElementById(`tile-${opened.id}`)?.focus({ preventScroll: true });
  }
  opened = drawer;
  if (!drawer) return;
  await load(drawer);
  drawer.querySelector("[data-close]")?.focus();
}

function close() {
  if (machineOpen()) location.hash = "";
}

async function clear(machine) {
  const done = await send(`/api/machines/${encodeURIComponent(machine)}/clear`, {});
  if (done) say(`${machine} is cleared.`);
}

function step(from, key) {
  const all = tiles();
  const box = (tile) => tile.getBoundingClientRect();
  const at = box(from);
  if (key === "ArrowLeft") return all[all.indexOf(from) - 1];
  if (key === "ArrowRight") return all[all.indexOf(from) + 1];
  const down = key === "ArrowDown";
  const beyond = all.filter((tile) => (down ? box(tile).top > at.top + 4 : box(tile).top < at.top - 4));
  const rows = beyond.map((tile) => box(tile).top);
  const row = down ? Math.min(...rows) : Math.max(...rows);
  return beyond
    .filter((tile) => Math.abs(box(tile).top - row) < 4)
    .sort((a, b) => Math.abs(box(a).left - at.left) - Math.abs(box(b).left - at.left))[0];
}

document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const drawer = machineOpen();
  const tile = document.activeElement?.closest?.(".tile");
  if (event.key === "Escape" && drawer) {
    event.preventDefault();
    close();
  } else if (event.key === "c" && (drawer || tile)) {
    const machine = drawer?.id ?? tile.dataset.machine;
    if ("clear" in (document.getElementById(`tile-${machine}`)?.dataset ?? {})) clear(machine);
    else say(`${machine} has nothing to clear.`);
  } else if (event.key.startsWith("Arrow") && !drawer) {
    const next = tile ? step(tile, event.key) : tiles()[0];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  } else if (event.key === "Tab" && drawer) {
    const stops = [...drawer.querySelectorAll("a[href], button:not([disabled])")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge || !drawer.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-clears]");
  if (button) clear(button.dataset.clears);
  if (event.target.closest("[data-close]")) {
    event.preventDefault();
    close();
  }
});

window.addEventListener("hashchange", follow);
onChange((id) => {
  if (opened && id === `tile-${opened.id}`) load(opened);
});
follow();
