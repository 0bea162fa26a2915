// Arrows walk the plate: to the nearest part in their direction.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Move from part to part; Enter and space choose what has the focus. */
export function walk(event, choose) {
  const parts = [...document.querySelectorAll(".pt")];
  if (!parts.length || event.target.closest("dialog, .why")) return;
  const here = event.target.closest(".pt") ?? document.querySelector(".pt.now") ?? parts[0];
  if ((event.key === "Enter" || event.key === " ") && event.target.closest(".pt")) {
    event.preventDefault();
    choose(here.dataset.part);
    return;
  }
  const way = WAYS[event.key];
  if (!way || (event.target.matches("input") && event.target.value)) return;
  event.preventDefault();
  const next = nearest(here, parts, way);
  if (!next) return;
  next.focus();
  choose(next.dataset.part);
}

function nearest(here, parts, [dx, dy]) {
  const from = middle(here);
  let best = null;
  let least = Infinity;
  for (const part of parts) {
    if (part === here) continue;
    const to = middle(part);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const across = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (along > 2 && along + 2 * across < least) {
      best = part;
      least = along + 2 * across;
    }
  }
  return best;
}

function middle(part) {
  const { x, y, width, height } = part.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
