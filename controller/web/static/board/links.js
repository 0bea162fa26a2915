// What belongs together: bars of one order that wait for one another, and the flags of orders in trouble.

import { barOf, endOf, isShown, lastOf, NONE, soleOrder } from "./model.js";
import { slackWords } from "./times.js";

const MOST = 400;
const AT_RISK_S = 300;
const FLAGGED = new Set(["risk", "late"]);

/** Pairs of shown bars, what ends first before what waits: of the selected order, or of a shared batch. */
export function linksOf(board) {
  const { model, picked } = board;
  if (!model || picked.length !== 1) return [];
  const order = soleOrder(model, picked[0]);
  const mine = order === NONE ? around(model, picked[0]) : model.ofOrder.get(order) ?? [];
  const pairs = [];
  for (const bar of mine) {
    for (const before of model.after[bar]) {
      const from = standIn(model, before);
      if (from === NONE) continue;
      const belongs = order === NONE ? from === picked[0] || bar === picked[0] : model.orders[from].includes(order);
      if (belongs) pairs.push([from, bar]);
    }
  }
  return pairs.slice(0, MOST);
}

/** A shared batch and what waits for it. */
function around(model, bar) {
  const near = new Set([bar]);
  for (const order of model.orders[bar]) {
    for (const each of model.ofOrder.get(order) ?? []) {
      if (model.after[each].some((before) => standIn(model, before) === bar)) near.add(each);
    }
  }
  return [...near];
}

/** A bar that the shown proposal moves is stood in for by the one that takes its place. */
function standIn(model, bar) {
  return isShown(model, bar) ? bar : barOf(model, model.key[bar]);
}

/** Last bars of orders that are late or at risk, with their slack; under a proposal, as it would be. */
export function flagsOf(model) {
  const { stand, due_s: due, end_s: end } = model.said.orders;
  const flags = [];
  stand.forEach((each, order) => {
    if (due[order] === null || end[order] === null || each === "packed") return;
    const bar = lastOf(model, order);
    if (bar === NONE) return;
    const moved = model.shown !== 0 && (model.ofOrder.get(order) ?? []).some((one) => model.variant[one] !== 0);
    const slack = due[order] - (moved ? model.end[bar] : end[order]);
    const now = moved ? standOf(slack) : each;
    if (FLAGGED.has(now)) flags.push({ bar, stand: now, words: slackWords(slack) });
  });
  return flags;
}

function standOf(slack) {
  if (slack < 0) return "late";
  return slack < AT_RISK_S ? "risk" : "";
}

/** Pixels to the right of a bar until the next one; without end after the last. */
export function roomAfter(board, bar) {
  const { model, scale } = board;
  const row = model.rows[model.machine[bar]];
  const next = row[row.indexOf(bar) + 1];
  return next === undefined ? Infinity : scale.x(model.setup[next]) - scale.x(endOf(model, bar, board.nowS));
}
