// The plan painted aside: what was painted is moved when the view moves, and only the edges are painted anew.

import { GUTTER, HEAD } from "./scale.js";
import { endOf, firstAt } from "./model.js";
import { paintPlan } from "./paint.js";

/** With more than this share of the view to paint, all of it is painted. */
const MOST = 0.6;
const COARSEST = 4;
const EXACT = 0.01;

/** The least whole number of CSS pixels that is a whole number of the screen's own; 0 where there is none. */
export function grainOf(ratio) {
  for (let grain = 1; grain <= COARSEST; grain += 1) {
    if (Math.abs(grain * ratio - Math.round(grain * ratio)) < 1e-6) return grain;
  }
  return 0;
}

/** What of the view lies in a rectangle: its edges, and the machines in it. */
function areaOf(scale, x0, y0, x1, y1) {
  const { rows, lane } = scale.layout;
  let [first, last] = scale.inView;
  while (first < last && scale.y(first) + lane + 4 < y0) first += 1;
  while (last > first && scale.y(last - 1) - 4 > y1) last -= 1;
  return { x0, y0, x1, y1, first, last: Math.min(last, rows.length) };
}

export class Sheet {
  #pens = [];
  #seen = null;
  #ratio = 1;
  #grain = 1;
  /** How often all of it was painted, and how often it was moved; for tests. */
  painted = { whole: 0, moved: 0 };

  /** Another size: nothing that was painted holds. */
  fit(wide, high, ratio) {
    this.#ratio = ratio;
    this.#grain = grainOf(ratio);
    this.#seen = null;
    this.#pens = [0, 1].map((at) => {
      const canvas = this.#pens[at]?.canvas ?? document.createElement("canvas");
      canvas.width = wide;
      canvas.height = high;
      const pen = this.#pens[at] ?? canvas.getContext("2d", { alpha: false });
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      return pen;
    });
  }

  get canvas() { return this.#pens[0]?.canvas ?? null; }

  /** Bring the sheet to the board's view; `whole` when the plan itself is another. */
  paint(board, whole) {
    const { scale } = board;
    const seen = this.#seen;
    const dx = seen ? (scale.t0 - seen.t0) * scale.perSecond : 0;
    const dy = seen ? scale.top - seen.top : 0;
    const moved = seen && Math.abs(seen.perSecond / scale.perSecond - 1) < 1e-9 && this.#whole(dx) && this.#whole(dy);
    // Hatches stay on the bars that they are on, also when all is painted anew.
    board.anchor = moved ? { x: board.anchor.x - Math.round(dx), y: board.anchor.y - Math.round(dy) } : { x: 0, y: 0 };
    board.looks.anchor(board.anchor.x, board.anchor.y);
    const areas = moved && !whole ? this.#edges(board, Math.round(dx), Math.round(dy)) : null;
    if (areas) this.#move(board, Math.round(dx), Math.round(dy), areas);
    else this.#all(board);
    this.#seen = { t0: scale.t0, top: scale.top, perSecond: scale.perSecond };
  }

  #whole(far) {
    const grains = far / this.#grain;
    return this.#grain > 0 && Math.abs(grains - Math.round(grains)) < EXACT;
  }

  #all(board) {
    const { scale } = board;
    board.manner = {};
    paintPlan(board, this.#pens[0], areaOf(scale, GUTTER, HEAD, scale.width, scale.height));
    this.painted.whole += 1;
  }

  /** What a move leaves to be painted; null when it is better painted whole. */
  #edges(board, far, down) {
    const { scale } = board;
    const grain = this.#grain;
    const out = (x0, y0, x1, y1) => areaOf(scale, Math.floor(x0 / grain) * grain, Math.floor(y0 / grain) * grain, Math.ceil(x1 / grain) * grain, Math.ceil(y1 / grain) * grain);
    const areas = [];
    if (far) {
      const left = this.#leftEdge(board, far);
      if (left > GUTTER) areas.push(out(GUTTER, HEAD, left, scale.height));
      if (far > 0) areas.push(out(scale.width - far, HEAD, scale.width, scale.height));
      areas.push(...closedAcross(board, far).map((box) => out(...box)));
    }
    if (down > 0) areas.push(out(GUTTER, scale.height - down, scale.width, scale.height));
    if (down < 0) areas.push(out(GUTTER, HEAD, scale.width, HEAD - down));
    const view = (scale.width - GUTTER) * (scale.height - HEAD);
    const sum = areas.reduce((all, { x0, y0, x1, y1 }) => all + (x1 - x0) * (y1 - y0), 0);
    return sum > view * MOST ? null : areas;
  }

  /** How far the left edge reaches: bars across it have their words moved into view. */
  #leftEdge(board, far) {
    const { scale, model, nowS } = board;
    const line = GUTTER + Math.max(0, -far);
    const atS = scale.t(line);
    let edge = line;
    const [first, last] = scale.inView;
    for (let row = first; row < last; row += 1) {
      const bars = model.rows[row];
      for (let place = firstAt(model, row, scale.t0); place < bars.length && model.start[bars[place]] < atS; place += 1) {
        edge = Math.max(edge, scale.x(endOf(model, bars[place], nowS)) + 2);
      }
    }
    return edge > GUTTER ? Math.min(edge, scale.width) : edge;
  }

  #move(board, far, down, areas) {
    if (!far && !down) return;
    const ratio = this.#ratio;
    const [from, to] = this.#pens;
    to.setTransform(1, 0, 0, 1, 0, 0);
    to.drawImage(from.canvas, Math.round(-far * ratio), Math.round(-down * ratio));
    to.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#pens = [to, from];
    for (const area of areas) {
      to.save();
      to.beginPath();
      to.rect(area.x0, area.y0, area.x1 - area.x0, area.y1 - area.y0);
      to.clip();
      paintPlan(board, to, area);
      to.restore();
    }
    this.painted.moved += 1;
  }
}

/** Closed stretches across an edge of the view, whose words keep to the middle of what is seen. */
function closedAcross(board, far) {
  const { scale, model } = board;
  const [left, right] = [GUTTER + Math.abs(far), scale.width - Math.abs(far)];
  const boxes = [];
  for (const { machine, begin_s: begin, end_s: end } of model.said.closed) {
    const [x, to] = [scale.x(begin), scale.x(end)];
    const y = scale.y(machine);
    if (to < GUTTER || x > scale.width || y > scale.height || y + scale.layout.lane < HEAD) continue;
    if (x < left || to > right) boxes.push([Math.max(GUTTER, x - 2), y, Math.min(scale.width, to + 2), y + scale.layout.lane]);
  }
  return boxes;
}
