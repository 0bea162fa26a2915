// A bar on its way to another time or machine: where it would go, and why it may not.

import { fitsOf, isPlanned, labels, word } from "./model.js";

const OVER = new Set(["done", "lost"]);

/** Say why a bar cannot be moved; empty when it can. */
export function stays(board, bar) {
  const { model } = board;
  if (isPlanned(model, bar)) return "";
  const name = labels(model, bar)[0];
  const machine = model.said.machines.id[model.machine[bar]];
  return OVER.has(word(model, bar)) ? `${name} is over; only what has not begun can be moved.` : `${machine} was told already; only what has not begun can be moved.`;
}

/** Begin to move a bar. */
export function begin(board, bar) {
  const { model } = board;
  return { bar, key: model.key[bar], machine: model.machine[bar], start: model.start[bar], end: model.end[bar], refuses: "", asked: false };
}

/** Put a moving bar to a machine and time; the end follows from what that machine takes. */
export function put(board, move, machine, startS) {
  const { model } = board;
  const fits = fitsOf(model, move.bar);
  const lasts = model.end[move.bar] - model.start[move.bar];
  move.machine = machine;
  move.start = Math.max(startS, Math.ceil(board.nowS / 60) * 60);
  move.end = move.start + (machine === model.machine[move.bar] ? lasts : fits.get(machine) ?? lasts);
  move.refuses = fits.has(machine) || machine === model.machine[move.bar] ? "" : cannot(board, machine, fits);
}

function cannot(board, machine, fits) {
  const names = board.model.said.machines.id;
  const others = [...fits.keys()].map((row) => names[row]);
  const list = others.length > 6 ? `${others.slice(0, 6).join(", ")} and ${others.length - 6} more` : others.join(", ");
  return `${names[machine]} cannot make it; ${list || "no machine"} can.`;
}

/** The wish that a drop stands for: these operations together, there, from then on. */
export function wishOf(board, move) {
  const { model } = board;
  return { kind: "pin", operations: model.operations[move.bar], machine: model.said.machines.id[move.machine], start_s: Math.round(move.start) };
}
