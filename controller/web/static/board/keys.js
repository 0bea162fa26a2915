// The keyboard: every way of the mouse has a key (ui.md section 7).

import { begin, put, stays } from "./moving.js";
import { fitsOf, NONE } from "./model.js";

const SMALL_S = 300;
const LARGE_S = 3600;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Act on a key that the board has focus for; tells whether it did. */
export function press(board, event) {
  if (!board.model || event.metaKey || event.ctrlKey) return false;
  const arrow = ARROWS[event.key];
  if (arrow && event.altKey) return shift(board, arrow, event.shiftKey);
  if (event.altKey) return false;
  if (arrow) return walk(board, arrow, event.shiftKey);
  switch (event.key) {
    case "Enter":
      if (board.move) board.drop(false);
      else board.open();
      return true;
    case "Escape":
      if (!board.move && !board.picked.length && board.pickedMachine < 0) return false;
      if (board.move) board.drop(true);
      else board.unselect();
      return true;
    case "Home":
    case "End":
      return toEnd(board, event.key === "End");
    default:
      return view(board, event.key);
  }
}

/** Keys that change the view, wherever on the page they are pressed. */
export function view(board, key) {
  switch (key) {
    case "+":
    case "=":
      board.zoom(1 / 1.4, null);
      return true;
    case "-":
      board.zoom(1.4, null);
      return true;
    case "0":
      board.day();
      return true;
    case "t":
      board.toNow();
      return true;
    default:
      return false;
  }
}

function walk(board, [dx, dy], more) {
  const { model } = board;
  if (board.move) board.drop(true);
  const from = board.picked.at(-1) ?? NONE;
  if (from === NONE) {
    if (board.pickedMachine >= 0) fromMachine(board, dx, dy);
    else board.select(nearest(board, 0, board.nowS) ?? NONE, true);
    return true;
  }
  const row = model.machine[from];
  if (dx) {
    const place = model.rows[row].indexOf(from) + dx;
    const next = model.rows[row][place];
    if (next !== undefined) {
      if (more) board.add(next);
      else board.select(next, true);
    } else if (place < 0 && !more) board.selectMachine(row);
    return true;
  }
  toRow(board, row + dy, (model.start[from] + model.end[from]) / 2);
  return true;
}

function fromMachine(board, dx, dy) {
  const row = board.pickedMachine;
  if (dx > 0) {
    const first = nearest(board, row, Math.max(board.scale.t0, board.nowS));
    if (first !== undefined) board.select(first, true);
  } else if (dy) {
    const next = row + dy;
    if (next >= 0 && next < board.model.rows.length) board.selectMachine(next);
  }
}

/** A machine without bars is selected itself, so that every row can be reached. */
function toRow(board, row, atS) {
  if (row < 0 || row >= board.model.rows.length) return;
  const bar = nearest(board, row, atS);
  if (bar === undefined) board.selectMachine(row);
  else board.select(bar, true);
}

function nearest(board, row, atS) {
  const { model } = board;
  let found;
  let near = Infinity;
  for (const bar of model.rows[row] ?? []) {
    const away = model.start[bar] > atS ? model.start[bar] - atS : model.end[bar] < atS ? atS - model.end[bar] : 0;
    if (away < near) {
      near = away;
      found = bar;
    }
  }
  return found;
}

function toEnd(board, last) {
  const bars = board.model.rows[board.picked.length ? board.model.machine[board.picked.at(-1)] : Math.max(0, board.pickedMachine)] ?? [];
  const bar = last ? bars.at(-1) : bars[0];
  if (bar !== undefined) board.select(bar, true);
  return true;
}

function shift(board, [dx, dy], far) {
  const bar = board.picked.at(-1) ?? NONE;
  if (bar === NONE || board.picked.length > 1) {
    board.refuse(bar === NONE ? "Select a bar first." : "Only one bar can be moved at a time; select one.");
    return true;
  }
  const why = stays(board, bar);
  if (why) {
    board.refuse(why);
    return true;
  }
  const move = board.move && !board.move.asked ? board.move : begin(board, bar);
  if (dx) put(board, move, move.machine, move.start + dx * (far ? LARGE_S : SMALL_S));
  else {
    const fits = [...fitsOf(board.model, bar).keys()].sort((a, b) => a - b);
    const next = fits[fits.indexOf(move.machine) + dy];
    if (next === undefined) {
      board.refuse(dy < 0 ? "No machine above can make it." : "No machine below can make it.");
      return true;
    }
    put(board, move, next, move.start);
  }
  board.lift(move);
  board.sayMove();
  return true;
}
