// Everything around the bars: lanes, hours, closed stretches, cut-offs, the machines' names.

import { GUTTER, HEAD, ticks } from "./scale.js";
import { drawIcon } from "./looks.js";

const MARKED = { ask: "ask", fail: "fail", doubt: "doubt", stale: "ink-3", hold: "risk", out: "ink-3" };

/** Lanes with their closed stretches, and the marks of the hours. */
export function paintLanes(board, pen, { x0, y0, x1, y1, first, last }) {
  const { scale, looks, model } = board;
  const { colour, hatch } = looks;
  pen.fillStyle = colour.ground;
  pen.fillRect(x0, y0, x1 - x0, y1 - y0);
  pen.fillStyle = colour.pane;
  for (let row = first; row < last; row += 1) pen.fillRect(GUTTER, scale.y(row), scale.width - GUTTER, scale.layout.lane);
  pen.fillStyle = hatch.off;
  for (let row = first; row < last; row += 1) paintShut(board, pen, row);
  pen.fillStyle = colour.told;
  for (let row = first; row < last; row += 1) {
    const until = model.said.machines.told_s[row];
    const [from, to] = [Math.max(GUTTER, scale.x(board.nowS)), scale.x(until)];
    if (to > from) pen.fillRect(from, scale.y(row), to - from, scale.layout.lane);
  }
}

/** Hatch what lies outside a machine's shifts. */
function paintShut(board, pen, row) {
  const { scale, model } = board;
  const open = model.said.cells[scale.layout.rows[row].cell].open;
  let from = scale.t0;
  for (const [begin, end] of [...open, [scale.t1, scale.t1]]) {
    if (begin > from) {
      const [x, to] = [Math.max(GUTTER, scale.x(from)), Math.min(scale.width, scale.x(Math.min(begin, scale.t1)))];
      if (to > x) pen.fillRect(x, scale.y(row), to - x, scale.layout.lane);
    }
    from = Math.max(from, end);
    if (from >= scale.t1) return;
  }
}

/** Where a machine is out of service or closed although its shift would let it work. */
export function paintClosed(board, pen) {
  const { scale, looks, model } = board;
  for (const { machine, begin_s: begin, end_s: end, says } of model.said.closed) {
    const [x, to] = [Math.max(GUTTER - 4, scale.x(begin)), Math.min(scale.width + 4, scale.x(end))];
    const y = scale.barY(machine);
    if (to - x < 3 || y > scale.height || y < 0) continue;
    pen.beginPath();
    pen.roundRect(x + 0.5, y + 0.5, to - x - 1, scale.layout.bar - 0.5, 3);
    pen.fillStyle = looks.hatch.off;
    pen.fill();
    pen.setLineDash([3, 3]);
    pen.strokeStyle = looks.colour.edge;
    pen.lineWidth = 1;
    pen.stroke();
    pen.setLineDash([]);
    pen.font = looks.font(500, 11.5);
    const wide = board.wide(says, pen.font);
    if (to - x < wide + 24) continue;
    const middle = Math.min(Math.max(x + 8, (x + to - wide) / 2), to - wide - 12);
    pen.fillStyle = looks.colour.pane;
    pen.fillRect(middle - 4, y + 3, wide + 8, scale.layout.bar - 6);
    pen.fillStyle = looks.colour["ink-2"];
    pen.fillText(says, middle, y + scale.layout.bar / 2 + 4.5);
  }
}

/** Lines at the hours and cut-offs, over lanes and under bars. */
export function paintHours(board, pen) {
  const { scale, looks } = board;
  const { marks } = ticks(scale, board.times);
  pen.strokeStyle = looks.colour.line;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const atS of marks) {
    const x = Math.round(scale.x(atS)) + 0.5;
    if (x < GUTTER) continue;
    pen.moveTo(x, HEAD);
    pen.lineTo(x, scale.height);
  }
  pen.stroke();
}

/** The lines of departures, over everything but the machines' names. */
export function paintCutLines(board, pen) {
  const { scale, looks, model } = board;
  pen.strokeStyle = looks.colour["ink-2"];
  pen.lineWidth = 1.5;
  pen.lineCap = "round";
  pen.setLineDash([1, 4]);
  pen.beginPath();
  for (const { at_s: atS } of model.said.cuts) {
    const x = Math.round(scale.x(atS));
    if (x < GUTTER || x > scale.width) continue;
    pen.moveTo(x, 40);
    pen.lineTo(x, scale.height);
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.lineCap = "butt";
}

/** The top: hours, departures with what is due; texts that would meet are left out. */
export function paintHead(board, pen) {
  const { scale, looks, model } = board;
  const { colour, font } = looks;
  pen.fillStyle = colour.ground;
  pen.fillRect(0, 0, scale.width, HEAD);
  const nowX = scale.x(board.nowS);
  const taken = [[nowX - 30, nowX + 30]];
  for (const cut of model.said.cuts) paintCut(board, pen, cut, taken);
  pen.font = font(500, 12);
  pen.fillStyle = colour["ink-2"];
  const { step, marks } = ticks(scale, board.times);
  let until = 0;
  for (const atS of marks) {
    const words = board.times.local(atS) % 86_400 === 0 || step >= 86_400 ? board.times.day(atS) : board.times.clock(atS);
    const wide = board.wide(words, pen.font);
    const x = Math.max(GUTTER + 4, scale.x(atS) - wide / 2);
    if (x < until + 8 || scale.x(atS) < GUTTER - 2 || x + wide > scale.width) continue;
    pen.fillText(words, x, 50);
    until = x + wide;
  }
  pen.fillStyle = colour["ink-3"];
  pen.fillText("load", 80, 50);
}

function paintCut(board, pen, cut, taken) {
  const { scale, looks } = board;
  const { colour, font } = looks;
  const x = scale.x(cut.at_s);
  if (x < GUTTER || x > scale.width) return;
  const head = `${board.times.clock(cut.at_s)} ${cut.carrier}`;
  const worry = [cut.late ? `${cut.late} late` : "", cut.risk ? `${cut.risk} at risk` : ""].filter(Boolean);
  const below = cut.due ? [`${cut.due} due`, ...worry].join(", ") : "none due";
  const wide = Math.max(board.wide(head, font(600, 13)), board.wide(below, font(600, 12)));
  const left = x + wide + 8 > scale.width ? x - wide : x;
  if (left < GUTTER - 60 || taken.some(([a, b]) => left < b && left + wide > a)) return;
  taken.push([left - 8, left + wide + 8]);
  pen.font = font(600, 13);
  pen.fillStyle = colour.ink;
  pen.fillText(head, left, 16);
  pen.font = font(worry.length ? 600 : 400, 12);
  pen.fillStyle = cut.late ? colour["fail-ink"] : cut.risk ? colour["risk-ink"] : colour["ink-2"];
  pen.fillText(below, left, 32);
}

/** The left: cells, machines, the mark of a state that wants something, and how full each is. */
export function paintNames(board, pen) {
  const { scale, looks, model, icons } = board;
  const { colour, font } = looks;
  pen.save();
  pen.beginPath();
  pen.rect(0, HEAD, scale.width, scale.height - HEAD);
  pen.clip();
  pen.fillStyle = colour.ground;
  pen.fillRect(0, HEAD, GUTTER, scale.height);
  pen.fillStyle = colour.line;
  pen.fillRect(GUTTER, HEAD, 1, scale.height);
  for (const { y, label } of scale.layout.heads) {
    const top = HEAD + y - scale.top;
    if (top < HEAD - 22 || top > scale.height) continue;
    pen.fillStyle = colour.line;
    pen.fillRect(0, Math.round(top), scale.width, 1);
    pen.fillStyle = colour["ink-3"];
    pen.font = font(500, 12);
    pen.fillText(label, 24, top + 15);
  }
  const [first, last] = scale.inView;
  const names = model.said.machines.id;
  for (let row = first; row < last; row += 1) {
    const middle = scale.y(row) + scale.layout.inset + scale.layout.bar / 2;
    const chosen = board.pickedMachine === row;
    if (chosen) {
      pen.fillStyle = colour["ask-tint"];
      pen.fillRect(8, scale.y(row) + 2, GUTTER - 10, scale.layout.lane - 4);
    }
    pen.fillStyle = colour.ink;
    pen.font = font(600, names[row].length > 4 ? 12 : scale.layout.roomy ? 15 : 13);
    pen.fillText(shortened(board, names[row], pen.font), 24, middle + 5);
    const state = board.wordOf(row);
    if (MARKED[state] && icons.has(state)) drawIcon(pen, icons.get(state), 56, middle - 8, 0.68, colour[MARKED[state]], colour.ground);
    const load = model.said.machines.load[row];
    pen.fillStyle = colour.well;
    pen.fillRect(80, middle - 2, 28, 4);
    pen.fillStyle = colour.mass;
    pen.fillRect(80, middle - 2, (28 * load) / 100, 4);
  }
  pen.restore();
}

function shortened(board, name, font) {
  let words = name;
  while (words.length > 3 && board.wide(words, font) > 30) words = words.slice(0, -1);
  return words;
}
