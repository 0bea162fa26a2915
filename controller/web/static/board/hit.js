// What lies under a point or inside a rectangle.

import { GUTTER, HEAD } from "./scale.js";
import { endOf, firstAt, NONE } from "./model.js";

const SLOP_PX = 3;

/** Return the shown bar at a point, the one that starts last where several meet; NONE where none is. */
export function hitBar(board, x, y) {
  const { model, scale } = board;
  if (!model || x < GUTTER || y < HEAD) return NONE;
  const row = scale.row(y);
  if (row < 0) return NONE;
  const atS = scale.t(x);
  const slop = SLOP_PX / scale.perSecond;
  const bars = model.rows[row];
  let found = NONE;
  let near = slop;
  for (let place = firstAt(model, row, atS - slop); place < bars.length && model.setup[bars[place]] <= atS + slop; place += 1) {
    const bar = bars[place];
    const end = endOf(model, bar, board.nowS);
    if (model.start[bar] <= atS && atS < end) {
      found = bar;
      near = -1;
      continue;
    }
    const away = Math.min(Math.abs(model.start[bar] - atS), Math.abs(end - atS));
    if (away < near) {
      found = bar;
      near = away;
    }
  }
  return found;
}

/** Return the machine whose name is at a point; -1 where none is. */
export function hitMachine(board, x, y) {
  return board.model && x < GUTTER ? board.scale.row(y) : -1;
}

/** Return the bars that a rectangle touches. */
export function within(board, band) {
  const { model, scale } = board;
  const [x0, x1] = [Math.min(band.x0, band.x1), Math.max(band.x0, band.x1)];
  const [y0, y1] = [Math.min(band.y0, band.y1), Math.max(band.y0, band.y1)];
  const [t0, t1] = [scale.t(x0), scale.t(x1)];
  const found = [];
  const [first, last] = scale.inView;
  for (let row = first; row < last; row += 1) {
    const top = scale.barY(row);
    if (top > y1 || top + scale.layout.bar < y0) continue;
    const bars = model.rows[row];
    for (let place = firstAt(model, row, t0); place < bars.length && model.setup[bars[place]] < t1; place += 1) {
      const bar = bars[place];
      if (model.start[bar] < t1 && endOf(model, bar, board.nowS) > t0) found.push(bar);
    }
  }
  return found;
}
