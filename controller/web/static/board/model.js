// The columns of /api/plan as arrays that the board can draw, find and walk without copying.

export const NONE = -1;
const EMPTY = Object.freeze([]);

/** Read the answer of /api/plan. Bars of proposals follow the plan's own; `variant` tells whose they are. */
export function read(said) {
  const sets = [said.bars, ...said.others.map((other) => other.bars)];
  const count = sets.reduce((sum, bars) => sum + bars.key.length, 0);
  const model = {
    said,
    count,
    own: said.bars.key.length,
    kinds: said.kinds,
    key: new Array(count),
    machine: new Int32Array(count),
    setup: new Float64Array(count),
    start: new Float64Array(count),
    end: new Float64Array(count),
    kind: new Uint8Array(count),
    label: new Int32Array(count),
    family: new Int32Array(count),
    swatch: new Int32Array(count),
    fits: new Int32Array(count),
    pinned: new Uint8Array(count),
    variant: new Int32Array(count),
    orders: new Array(count),
    after: new Array(count),
    operations: new Array(count),
    byKey: new Map(),
    cellOf: [],
    rows: [],
    ofOrder: new Map(),
    gone: new Set(),
    shown: 0,
    from: new Map(),
  };
  let at = 0;
  sets.forEach((bars, number) => {
    fill(model, bars, at, number === 0 ? 0 : said.others[number - 1].number);
    at += bars.key.length;
  });
  for (let bar = 0; bar < model.own; bar += 1) model.byKey.set(model.key[bar], bar);
  said.cells.forEach((cell, number) => {
    for (let machine = 0; machine < cell.count; machine += 1) model.cellOf.push(number);
  });
  show(model, 0);
  return model;
}

function fill(model, bars, first, variant) {
  const columns = [["machine", "machine"], ["setup", "setup_s"], ["start", "start_s"], ["end", "end_s"], ["kind", "kind"], ["label", "label"], ["family", "family"], ["swatch", "swatch"], ["fits", "fits"], ["pinned", "pinned"]];
  for (const [mine, theirs] of columns) model[mine].set(bars[theirs], first);
  for (let number = 0; number < bars.key.length; number += 1) {
    const bar = first + number;
    model.key[bar] = bars.key[number];
    model.orders[bar] = bars.orders[number];
    // A negative number is a bar of the plan itself, which a proposal leaves where it is.
    model.after[bar] = bars.after[number].length ? bars.after[number].map((each) => (each < 0 ? -1 - each : each + first)) : EMPTY;
    model.operations[bar] = bars.operations[number];
    model.variant[bar] = variant;
  }
}

/** Show an open proposal's bars in place of those that it moves; 0 shows the plan as it is. */
export function show(model, number) {
  const other = model.said.others.find((each) => each.number === number);
  model.shown = other ? number : 0;
  model.gone = new Set(other ? other.gone : []);
  model.from = new Map();
  model.rows = model.said.machines.id.map(() => []);
  model.ofOrder = new Map();
  for (let bar = 0; bar < model.count; bar += 1) {
    if (!isShown(model, bar)) continue;
    model.rows[model.machine[bar]].push(bar);
    for (const order of model.orders[bar]) {
      if (!model.ofOrder.has(order)) model.ofOrder.set(order, []);
      model.ofOrder.get(order).push(bar);
    }
    if (model.variant[bar]) {
      const before = model.byKey.get(model.key[bar]);
      if (before !== undefined && model.gone.has(before)) model.from.set(bar, before);
    }
  }
  for (const row of model.rows) row.sort((a, b) => model.setup[a] - model.setup[b] || model.start[a] - model.start[b]);
  model.longest = model.rows.map((row) => row.reduce((most, bar) => Math.max(most, model.end[bar] - model.setup[bar]), 0));
}

export function isShown(model, bar) {
  return model.variant[bar] === 0 ? !model.gone.has(bar) : model.variant[bar] === model.shown;
}

/** Find a shown bar by its key: that of the proposal first. */
export function barOf(model, key) {
  if (model.shown) {
    for (let bar = model.own; bar < model.count; bar += 1) if (model.key[bar] === key && isShown(model, bar)) return bar;
  }
  const bar = model.byKey.get(key);
  return bar === undefined || !isShown(model, bar) ? NONE : bar;
}

/** First place in a row whose bar may still be seen at a time. Bars may overlap, so the longest decides. */
export function firstAt(model, row, atS) {
  const bars = model.rows[row];
  const from = atS - model.longest[row];
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.setup[bars[middle]] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function word(model, bar) {
  return model.kinds[model.kind[bar]];
}

export function isPlanned(model, bar) {
  return word(model, bar) === "plan";
}

export function labels(model, bar) {
  return model.said.labels[model.label[bar]];
}

export function orderName(model, order) {
  return model.said.orders.id[order];
}

/** The order that stands for a bar: its only one; a shared batch stands for itself. */
export function soleOrder(model, bar) {
  return model.orders[bar].length === 1 ? model.orders[bar][0] : NONE;
}

/** Machines that can make a bar: a map of row to seconds. */
export function fitsOf(model, bar) {
  return new Map(model.said.fits[model.fits[bar]] ?? []);
}

/** Last shown bar of an order, where its flag stands. */
export function lastOf(model, order) {
  let last = NONE;
  for (const bar of model.ofOrder.get(order) ?? EMPTY) if (last === NONE || model.end[bar] > model.end[last]) last = bar;
  return last;
}

/** Where a running bar ends now: work that takes longer is drawn up to now. */
export function endOf(model, bar, nowS) {
  const kind = word(model, bar);
  return kind === "run" || kind === "held" ? Math.max(model.end[bar], nowS) : model.end[bar];
}
