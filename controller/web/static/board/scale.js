// Geometry: plan seconds to pixels, machines to lanes, and how much detail a width can carry.

export const GUTTER = 118;
export const HEAD = 58;
const CELL = 22;
const GAP = 2;
const ROOMY = 20;
const SHORTEST_S = 15 * 60;

/** Below this width a bar is no bar any more but load. */
export const MERGE_PX = 1;
/** Below this width a bar has no rounded corners, below the next no label. */
export const ROUND_PX = 8;
export const LABEL_PX = 16;

/** Lay the machines out by cell. */
export function layOut(cells) {
  const machines = cells.reduce((sum, cell) => sum + cell.count, 0);
  const roomy = machines <= ROOMY;
  const lane = roomy ? 40 : 26;
  const rows = [];
  const heads = [];
  let y = 0;
  cells.forEach((cell, number) => {
    if (!cell.count) return;
    heads.push({ y, cell: number, label: cell.label });
    y += CELL;
    for (let machine = 0; machine < cell.count; machine += 1) {
      rows.push({ y, cell: number });
      y += lane + GAP;
    }
  });
  return { rows, heads, height: y, lane, roomy, bar: roomy ? 26 : 18, inset: roomy ? 5 : 3 };
}

/** What is in view, and how it lies on the screen. */
export class Scale {
  constructor() {
    this.t0 = 0;
    this.t1 = 1;
    this.top = 0;
    this.width = 1;
    this.height = 1;
    this.layout = layOut([]);
    this.limits = [0, 1];
  }

  get perSecond() {
    return (this.width - GUTTER) / (this.t1 - this.t0);
  }

  x(atS) {
    return GUTTER + (atS - this.t0) * this.perSecond;
  }

  t(x) {
    return this.t0 + (x - GUTTER) / this.perSecond;
  }

  y(row) {
    return HEAD + this.layout.rows[row].y - this.top;
  }

  /** Top of a bar within its lane. */
  barY(row) {
    return this.y(row) + this.layout.inset;
  }

  /** The machine at a height; -1 between cells and outside. */
  row(y) {
    if (y < HEAD) return -1;
    const within = y - HEAD + this.top;
    const rows = this.layout.rows;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].y <= within) low = middle + 1;
      else high = middle;
    }
    const found = low - 1;
    return found >= 0 && within < rows[found].y + this.layout.lane ? found : -1;
  }

  /** First and last machine in view. */
  get inView() {
    const rows = this.layout.rows;
    let first = 0;
    while (first < rows.length && rows[first].y + this.layout.lane < this.top) first += 1;
    let last = first;
    while (last < rows.length && rows[last].y - this.top < this.height - HEAD) last += 1;
    return [first, last];
  }

  get lowest() {
    return Math.max(0, this.layout.height - (this.height - HEAD));
  }

  pan(dx, dy) {
    const shift = dx / this.perSecond;
    this.look(this.t0 + shift, this.t1 + shift);
    this.top = Math.min(this.lowest, Math.max(0, this.top + dy));
  }

  zoom(factor, x) {
    const at = this.t(Math.max(GUTTER, x));
    const span = Math.min(Math.max((this.t1 - this.t0) * factor, SHORTEST_S), this.limits[1] - this.limits[0]);
    const share = (at - this.t0) / (this.t1 - this.t0);
    this.look(at - share * span, at + (1 - share) * span);
  }

  /** Look at a stretch, kept so that the plan does not leave the view altogether. */
  look(t0, t1) {
    const span = t1 - t0;
    const [first, last] = this.limits;
    const from = Math.min(Math.max(t0, first - span / 2), last - span / 2);
    this.t0 = from;
    this.t1 = from + span;
  }

  /** Bring a stretch on a machine into view with the least movement. */
  reveal(row, startS, endS) {
    const margin = (this.t1 - this.t0) * 0.04;
    if (startS < this.t0 + margin || endS - startS > this.t1 - this.t0) this.pan(this.x(startS - margin) - GUTTER, 0);
    else if (endS > this.t1 - margin) this.pan(this.x(endS + margin) - this.width, 0);
    const { y } = this.layout.rows[row];
    if (y < this.top) this.top = Math.max(0, y - CELL);
    else if (y + this.layout.lane > this.top + this.height - HEAD) this.top = y + this.layout.lane - (this.height - HEAD);
  }
}

const STEPS = [300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Times of the marks on top, at whole local hours, at least so many pixels apart. */
export function ticks(scale, times, apart = 64) {
  const step = STEPS.find((each) => each * scale.perSecond >= apart) ?? STEPS.at(-1);
  const marks = [];
  const first = Math.ceil(times.local(scale.t0) / step) * step;
  for (let local = first; ; local += step) {
    const atS = times.ofLocal(local, scale.t0 + (local - first));
    if (atS > scale.t1) return { step, marks };
    marks.push(atS);
  }
}
