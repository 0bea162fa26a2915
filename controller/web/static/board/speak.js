// What a screen reader hears of the selection.

import { isPlanned, labels, orderName, word } from "./model.js";
import { lasting, slackWords } from "./times.js";

const WORDS = { done: "done", lost: "lost", run: "running", held: "held", doubt: "in doubt", plan: "planned" };
const FEW = 4;

export function barWords(board, bar) {
  const { model, times } = board;
  const machine = model.said.machines.id[model.machine[bar]];
  const kind = model.variant[bar] ? "proposed" : WORDS[word(model, bar)];
  const orders = model.orders[bar].map((order) => orderName(model, order));
  const whose = orders.length === 1 ? `order ${orders[0]}` : orders.length <= FEW ? `orders ${orders.join(", ")}` : `${orders.length} orders`;
  const setup = model.start[bar] - model.setup[bar];
  const parts = [machine, labels(model, bar)[0], whose, kind, `${times.clock(model.start[bar])} to ${times.clock(model.end[bar])}`];
  if (setup >= 60) parts.push(`after ${lasting(setup)} setup`);
  if (model.pinned[bar]) parts.push("pinned");
  const slack = leastSlack(model, bar);
  if (isPlanned(model, bar) && slack !== null) parts.push(`slack ${slackWords(slack)}`);
  return parts.join(", ");
}

function leastSlack(model, bar) {
  let least = null;
  const { due_s: due, end_s: end } = model.said.orders;
  for (const order of model.orders[bar]) if (due[order] !== null && end[order] !== null) least = Math.min(least ?? Infinity, due[order] - end[order]);
  return least;
}

export function boardWords({ model, times }) {
  const { said } = model;
  const span = `${times.clock(said.begin_s)} to ${times.clock(said.end_s)}`;
  return `Plan board, ${said.machines.id.length} machines, ${model.own} bars, ${span}. The same data is in the table view, key v.`;
}

export function machineWords(board, row) {
  const { model } = board;
  const bars = model.rows[row].filter((bar) => isPlanned(model, bar)).length;
  return `${model.said.machines.id[row]}, ${board.saidOf(row)}, ${model.said.machines.load[row]} % planned, ${bars} to come`;
}

export function moveWords(board) {
  const { move, model, times } = board;
  if (move.refuses) return move.refuses;
  return `To ${times.clock(move.start)} on ${model.said.machines.id[move.machine]}, ends ${times.clock(move.end)}. Enter asks what it changes, Escape leaves it.`;
}
