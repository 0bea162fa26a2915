// The bars: a pass that sorts what is in view by looks, then one stroke for each look; labels last.

import { GUTTER, HEAD, LABEL_PX, MERGE_PX, ROUND_PX } from "./scale.js";
import { endOf, firstAt, labels, soleOrder, word } from "./model.js";
import { drawIcon, hueOf } from "./looks.js";
import { roomAfter } from "./links.js";

const BUCKET_PX = 4;
const BESIDE_PX = 2 * BUCKET_PX;
const FLAG_PX = 160;
const LABEL_SIZE = 11.5;
const ROUNDED = 500;
const DASHED = 60;

/** The bars of a machine that lie in an area, and some pixels beside it so that a load is summed whole. */
function boxes(board, row, area, each) {
  const { model, scale } = board;
  const bars = model.rows[row];
  const from = scale.t(area.x0 - BESIDE_PX);
  const until = scale.t(area.x1 + BESIDE_PX);
  for (let place = firstAt(model, row, from); place < bars.length; place += 1) {
    const bar = bars[place];
    if (model.setup[bar] >= until) return;
    const end = endOf(model, bar, board.nowS);
    if (end <= from) continue;
    each(bar, scale.x(model.setup[bar]), scale.x(model.start[bar]), scale.x(end));
  }
}

/** Paint the bars in an area. */
export function paintBars(board, pen, area) {
  const { looks, named, put } = sorter();
  for (let row = area.first; row < area.last; row += 1) sortRow(board, row, area, put, named);
  paintLooks(board, pen, looks);
  paintParts(board, pen, named);
  paintLabels(board, pen, named);
}

function sorter() {
  const looks = new Map();
  const put = (look, x, y, w, h) => {
    if (!looks.has(look)) looks.set(look, []);
    looks.get(look).push(x, y, w, h);
  };
  return { looks, named: [], put };
}

/** Paint the selected bars over what lies below: choosing others leaves the plan as it is painted. */
export function paintChosen(board, pen) {
  const chosen = board.chosen;
  if (!chosen.length) return;
  const { model, scale } = board;
  const { looks, named, put } = sorter();
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, HEAD, scale.width - GUTTER, scale.height - HEAD);
  pen.clip();
  for (const bar of chosen) {
    const row = model.machine[bar];
    const [startX, endX] = [scale.x(model.start[bar]), scale.x(endOf(model, bar, board.nowS))];
    const top = scale.barY(row);
    if (endX < GUTTER || startX > scale.width || top > scale.height || top + scale.layout.bar < HEAD) continue;
    const slid = board.slid(bar, startX, top);
    const x = Math.max(slid.x, GUTTER - 8);
    const w = Math.max(MERGE_PX, slid.x + endX - startX - x);
    const kind = word(model, bar);
    const look = kind === "run" || kind === "held" ? "sel-run" : "sel";
    put(look, x, slid.y, Math.max(1, w - (w > 4 ? 1 : 0)), scale.layout.bar);
    // Running bars are painted half through; what was below must not be seen.
    if (look === "sel-run") put("under", x, slid.y, Math.max(1, w - (w > 4 ? 1 : 0)), scale.layout.bar);
    if (w >= LABEL_PX || look === "sel-run") named.push({ bar, x, y: slid.y, w, look });
  }
  paintLooks(board, pen, looks);
  paintParts(board, pen, named);
  paintLabels(board, pen, named);
  paintFlags(board, pen, { x0: GUTTER, x1: scale.width, first: 0, last: Infinity }, new Set(chosen));
  pen.restore();
}

/** Sort one machine's bars by looks; what is under a pixel becomes load. */
function sortRow(board, row, area, put, named) {
  const { model, scale } = board;
  const high = scale.layout.bar;
  const top = scale.barY(row);
  let load = null;
  boxes(board, row, area, (bar, setupX, startX, endX) => {
    const width = endX - startX;
    if (endX - setupX < MERGE_PX) {
      const bucket = Math.floor((startX - board.anchor.x) / BUCKET_PX);
      if (load && load.bucket === bucket) load.sum += width;
      else {
        flush(load, top, high, put);
        load = { bucket, x: bucket * BUCKET_PX + board.anchor.x, sum: width };
      }
      return;
    }
    const slid = board.slid(bar, startX, top);
    const x = Math.max(slid.x, GUTTER - 8);
    const w = Math.max(MERGE_PX, slid.x + width - x);
    if (startX - setupX >= 1) {
      const past = model.kind[bar] < 2;
      put(past ? "setup-past" : "setup", setupX, slid.y + (scale.layout.roomy ? 5 : 3), startX - setupX - 0.5, high - (scale.layout.roomy ? 9 : 6));
    }
    const look = lookOf(board, bar);
    put(look, x, slid.y, Math.max(1, w - (w > 4 ? 1 : 0)), high);
    if (w >= LABEL_PX || look === "run" || look === "sel-run") named.push({ bar, x, y: slid.y, w, look });
  });
  flush(load, top, high, put);
}

function flush(load, top, high, put) {
  if (!load) return;
  const filled = Math.min(1, load.sum / BUCKET_PX);
  put("load", load.x, top + high * (1 - filled), BUCKET_PX, high * filled);
}

function lookOf(board, bar) {
  const { model } = board;
  const kind = word(model, bar);
  if (kind === "doubt" || kind === "lost") return kind;
  if (kind === "done") return "past";
  if (model.variant[bar]) return "new";
  const tint = tintOf(board, bar);
  if (kind === "run" || kind === "held") return tint ? `run ${tint}` : "run";
  return tint || "plan";
}

function tintOf(board, bar) {
  const { model, colourBy } = board;
  if (colourBy === "trouble") return "";
  if (colourBy === "slack") return slackLook(model, bar);
  if (colourBy === "family") return `tint ${hueOf(model.said.families[model.family[bar]])}`;
  const order = soleOrder(model, bar);
  if (order < 0) return "";
  const name = colourBy === "order" ? model.said.orders.id[order] : model.said.orders.customer[order];
  return name ? `tint ${hueOf(name)}` : "";
}

function slackLook(model, bar) {
  let least = Infinity;
  for (const order of model.orders[bar]) {
    const { due_s: due, end_s: end } = model.said.orders;
    if (due[order] !== null && end[order] !== null) least = Math.min(least, due[order] - end[order]);
  }
  if (least === Infinity) return "";
  if (least < 0) return "late";
  if (least < 300) return "risk";
  return least < 3600 ? "slack 0" : least < 10_800 ? "slack 1" : "slack 2";
}

/** Fill and frame of a look. */
function paintOf(board, look) {
  const { colour, hatch, tints } = board.looks;
  const [name, number] = look.replace("run ", "").split(" ");
  const running = look.startsWith("run");
  const frame = running ? colour["ink-2"] : colour["bar-edge"];
  const wide = running ? 1.4 : 1;
  switch (name) {
    case "past": return { fill: colour.past, frame: colour["past-edge"], wide: 1 };
    case "setup": return { fill: hatch.setup, frame: colour["bar-edge"], wide: 1 };
    case "setup-past": return { fill: hatch.setup, frame: colour["bar-edge"], wide: 1, alpha: 0.55 };
    case "load": return { fill: colour["mass-2"], frame: "", wide: 0 };
    case "under": return { fill: colour.pane, frame: "", wide: 0 };
    case "sel": return { fill: colour.ask, frame: colour.ask, wide: 1 };
    case "sel-run": return { fill: colour.ask, frame: colour["ink-2"], wide: 1.4, alpha: 0.62 };
    case "new": return { fill: colour["ask-tint"], frame: colour.ask, wide: 1 };
    case "doubt": return { fill: colour["doubt-tint"], frame: colour.doubt, wide: 1.5, over: hatch.doubt };
    case "lost": return { fill: hatch.lost, frame: colour.fail, wide: 1 };
    case "late": return { fill: colour["fail-tint"], frame: colour.fail, wide };
    case "risk": return { fill: colour["risk-tint"], frame: colour["risk-ink"], wide };
    case "slack": return { fill: [colour["mass-2"], colour.bar, colour.well][number], frame, wide };
    case "tint": return { fill: tints[number], frame, wide };
    default: return { fill: colour.bar, frame, wide };
  }
}

const ORDER = ["load", "setup-past", "past", "setup", "under"];

function paintLooks(board, pen, looks) {
  const place = (look) => (ORDER.indexOf(look) + 10) % 10;
  let count = 0;
  for (const flat of looks.values()) count += flat.length / 4;
  // Round corners cost three times as much as square ones, and are not seen on low bars among many.
  // What is painted at an edge later has the corners of what it joins.
  board.manner.round ??= board.scale.layout.roomy && count <= ROUNDED;
  const { round } = board.manner;
  for (const look of [...looks.keys()].sort((a, b) => place(a) - place(b))) {
    const { fill, frame, wide, alpha, over } = paintOf(board, look);
    const flat = looks.get(look);
    const path = new Path2D();
    for (let at = 0; at < flat.length; at += 4) {
      const x = Math.round(flat[at] * 2) / 2;
      const [w, h] = [flat[at + 2], flat[at + 3]];
      if (round && w >= ROUND_PX && look !== "load") path.roundRect(x + 0.5, flat[at + 1] + 0.5, w - 0.5, h - 0.5, 3);
      else path.rect(Math.floor(x) + 0.5, flat[at + 1] + 0.5, Math.max(1, Math.round(w - 1)), h - 1);
    }
    pen.globalAlpha = alpha ?? 1;
    pen.fillStyle = fill;
    pen.fill(path);
    pen.globalAlpha = look === "setup-past" ? 0.55 : 1;
    if (over) {
      pen.fillStyle = over;
      pen.fill(path);
    }
    if (frame) {
      pen.strokeStyle = frame;
      pen.lineWidth = wide;
      pen.stroke(path);
    }
    pen.globalAlpha = 1;
  }
}

/** The part that is done, darker, as far as the machine reported. */
function paintParts(board, pen, named) {
  const { model, looks, scale } = board;
  for (const { bar, x, y, w, look } of named) {
    if (!look.startsWith("run") && look !== "sel-run") continue;
    const share = board.progressOf(model.machine[bar]);
    if (share === null) continue;
    const done = Math.max(0, Math.min(w, scale.x(model.start[bar]) + (scale.x(endOf(model, bar, board.nowS)) - scale.x(model.start[bar])) * share - x));
    if (done < 2) continue;
    pen.fillStyle = look === "sel-run" ? looks.colour.ask : looks.colour.made;
    pen.beginPath();
    pen.roundRect(x + 1, y + 1.5, done - 1, scale.layout.bar - 2, 2);
    pen.fill();
  }
}

function paintLabels(board, pen, named) {
  const { looks, model, scale, icons } = board;
  const base = scale.layout.roomy ? 17.5 : 13;
  pen.textBaseline = "alphabetic";
  const fonts = { plain: looks.font(500, LABEL_SIZE), strong: looks.font(600, LABEL_SIZE), doubt: looks.font(700, LABEL_SIZE) };
  let set = "";
  let inked = "";
  for (const { bar, x, y, w, look } of named) {
    if (w < LABEL_PX) continue;
    const left = Math.max(x, GUTTER);
    let room = x + w - left - 5;
    let from = left + 5.5;
    const font = look === "sel" || look === "sel-run" ? fonts.strong : look === "doubt" ? fonts.doubt : fonts.plain;
    const ink = inkOf(looks.colour, look);
    // Setting a font or colour costs more than the word itself, so it is done when it changes.
    if (font !== set) pen.font = set = font;
    if (ink !== inked) pen.fillStyle = inked = ink;
    if (model.pinned[bar] && room > 22) {
      drawIcon(pen, icons.get("pin"), x + w - 19, y + scale.layout.bar / 2 - 7.5, 0.62, ink, "");
      room -= 15;
    }
    const spot = model.said.swatches[model.swatch[bar]];
    if (spot && room > 12) {
      paintSwatch(pen, looks, spot[0], from + 4, y + scale.layout.bar / 2);
      from += 14;
      room -= 14;
    }
    const words = fitting(board, bar, room, look, font);
    if (!words) continue;
    const wide = board.wide(words, font);
    pen.fillText(words, !spot && w < 64 && left === x ? x + (w - wide) / 2 : from, y + base);
  }
}

function paintSwatch(pen, looks, colour, x, y) {
  pen.save();
  pen.beginPath();
  pen.arc(x, y, 5, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.strokeStyle = looks.colour.edge;
  pen.lineWidth = 1;
  pen.fill();
  pen.stroke();
  pen.restore();
}

function inkOf(colour, look) {
  if (look === "past" || look === "lost") return look === "past" ? colour["ink-3"] : colour["fail-ink"];
  if (look === "sel" || look === "sel-run") return colour["on-ask"];
  if (look === "new") return colour["ask-ink"];
  return look === "doubt" ? colour["doubt-ink"] : colour.ink;
}

/** The longest label that fits; none rather than half of one. The shortest may come close to the edge. */
function fitting(board, bar, room, look, font) {
  const steps = labels(board.model, bar);
  for (const words of steps) {
    const said = look === "doubt" ? `${words} ?` : words;
    if (board.wide(said, font) <= room + (words === steps.at(-1) ? 3 : 0)) return said;
  }
  return "";
}

/** The last plan, or the present one under a proposal, as thin dashed outlines below the bars. */
export function paintGhosts(board, pen, { x0, x1, first, last }) {
  const { model, scale, looks } = board;
  if (!board.ghost) return;
  const boxes = [];
  const put = (row, startS, endS) => {
    if (row < first || row >= last) return;
    const [x, end] = [scale.x(startS), scale.x(endS)];
    if (end < x0 || x > x1 || end - x < 3) return;
    boxes.push([Math.round(x) + 0.5, Math.round(scale.barY(row) + scale.layout.bar + 2) + 0.5, Math.round(end - x - 1), scale.layout.roomy ? 4 : 3]);
  };
  if (model.shown) for (const bar of model.gone) put(model.machine[bar], model.start[bar], model.end[bar]);
  else {
    const { machine, start_s: start, end_s: end } = model.said.ghost;
    for (let at = 0; at < machine.length; at += 1) put(machine[at], start[at], end[at]);
  }
  const path = new Path2D();
  for (const box of boxes) path.rect(...box);
  // Dashes are dear; among very many nobody sees them.
  board.manner.dashed ??= boxes.length <= DASHED;
  if (board.manner.dashed) pen.setLineDash([3, 2.5]);
  pen.strokeStyle = looks.colour.edge;
  pen.lineWidth = 1.1;
  pen.stroke(path);
  pen.setLineDash([]);
}

/** Where the next bar follows at once, the end itself is marked. */
function paintEdge(board, pen, x, y, late) {
  const { colour } = board.looks;
  pen.fillStyle = late ? colour.fail : colour.risk;
  pen.fillRect(x - 4, y + 1, 3, board.scale.layout.bar - 1);
  if (late) return;
  pen.strokeStyle = colour["risk-ink"];
  pen.lineWidth = 1;
  pen.strokeRect(x - 4.5, y + 1, 4, board.scale.layout.bar - 1);
}

/** Flags of orders that are late or at risk, at the end of their last bar, where there is room. */
export function paintFlags(board, pen, { x0, x1, first, last }, only = null) {
  const { model, scale, looks, icons } = board;
  for (const { bar, stand, words } of board.flags()) {
    const row = model.machine[bar];
    if (row < first || row >= last || (only && !only.has(bar))) continue;
    const x = scale.x(endOf(model, bar, board.nowS)) + 5;
    const y = scale.barY(row);
    if (x < x0 - FLAG_PX || x > x1 + FLAG_PX) continue;
    const size = scale.layout.roomy ? 0.8 : 0.6;
    const late = stand === "late";
    const room = roomAfter(board, bar);
    if (room < 12) {
      paintEdge(board, pen, x - 5, y, late);
      continue;
    }
    const fits = room >= 24 * size + 6;
    drawIcon(pen, icons.get(late ? "late" : "risk"), x, y + scale.layout.bar / 2 - 12 * size, fits ? size : 0.45, late ? looks.colour.fail : looks.colour.risk, late ? looks.colour.pane : looks.colour["on-risk"], late ? "" : looks.colour["risk-ink"]);
    pen.font = looks.font(600, 12);
    if (room < 24 * size + 12 + board.wide(words, pen.font)) continue;
    pen.fillStyle = late ? looks.colour["fail-ink"] : looks.colour["risk-ink"];
    pen.fillText(words, x + 24 * size + 5, y + scale.layout.bar / 2 + 4);
  }
}

