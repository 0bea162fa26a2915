// What lies over the board and changes often: now, links of the selection, a bar on its way, a band.

import { GUTTER, HEAD } from "./scale.js";
import { endOf, fitsOf, labels } from "./model.js";

/** Paint the upper sheet. */
export function paintMarks(board, pen) {
  const { scale } = board;
  pen.clearRect(0, 0, scale.width, scale.height);
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER - 1, HEAD, scale.width - GUTTER + 1, scale.height - HEAD);
  pen.clip();
  if (board.move) paintRoom(board, pen);
  paintLinks(board, pen);
  paintPicked(board, pen);
  if (board.move) paintMove(board, pen);
  if (board.band) paintBand(board, pen);
  pen.restore();
  if (board.tip && !board.move && !board.band) paintTip(board, pen);
}

/** The line of now with its time, on the lower sheet: it moves no more often than that is painted. */
export function paintNow(board, pen) {
  const { scale, looks } = board;
  const x = Math.round(scale.x(board.nowS));
  if (x < GUTTER || x > scale.width) return;
  const { colour, font } = looks;
  pen.fillStyle = colour.ink;
  pen.fillRect(x - 1, 34, 2, scale.height - 34);
  pen.beginPath();
  pen.roundRect(x - 24, 16, 48, 20, 4);
  pen.fill();
  pen.fillStyle = colour.ground;
  pen.font = font(600, 13);
  pen.textAlign = "center";
  pen.fillText(board.times.clock(board.nowS), x, 30.5);
  pen.textAlign = "start";
}

/** Curves from what has to end first to what waits for it, within the selected order only. */
function paintLinks(board, pen) {
  const { model, scale, looks } = board;
  const middle = scale.layout.bar / 2;
  pen.strokeStyle = looks.colour.ask;
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (const [before, after] of board.links()) {
    const [x1, y1] = [scale.x(endOf(model, before, board.nowS)) - 1, scale.barY(model.machine[before]) + middle];
    const [x2, y2] = [scale.x(model.start[after]), scale.barY(model.machine[after]) + middle];
    const reach = Math.max(18, (x2 - x1) / 2);
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + reach, y1, x2 - reach, y2, x2, y2);
  }
  pen.stroke();
}

/** A frame around the bars that the keys act on. */
function paintPicked(board, pen) {
  const { model, scale, looks } = board;
  pen.strokeStyle = looks.colour.ink;
  pen.lineWidth = 2;
  for (const bar of board.picked) {
    const x = scale.x(model.start[bar]);
    const wide = Math.max(3, scale.x(endOf(model, bar, board.nowS)) - x);
    pen.beginPath();
    pen.roundRect(x - 1.5, scale.barY(model.machine[bar]) - 1.5, wide + 2, scale.layout.bar + 3.5, 4);
    pen.stroke();
  }
}

/** Machines that can make the bar stay; the others go back. */
function paintRoom(board, pen) {
  const { model, scale, looks, move } = board;
  const fits = fitsOf(model, move.bar);
  const [first, last] = scale.inView;
  for (let row = first; row < last; row += 1) {
    pen.globalAlpha = fits.has(row) ? 0.5 : 0.62;
    pen.fillStyle = fits.has(row) ? looks.colour["ask-tint"] : looks.colour.ground;
    pen.fillRect(GUTTER, scale.y(row), scale.width - GUTTER, scale.layout.lane);
  }
  pen.globalAlpha = 1;
}

function paintMove(board, pen) {
  const { model, scale, looks, move } = board;
  const { colour, font } = looks;
  const x = scale.x(move.start);
  const wide = Math.max(4, scale.x(move.end) - x);
  const y = scale.barY(move.machine);
  pen.beginPath();
  pen.roundRect(x, y, wide, scale.layout.bar, 3);
  pen.globalAlpha = 0.92;
  pen.fillStyle = move.refuses ? colour["fail-tint"] : colour["ask-tint"];
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = move.refuses ? colour.fail : colour.ask;
  pen.lineWidth = 2;
  if (move.asked) pen.setLineDash([5, 4]);
  pen.stroke();
  pen.setLineDash([]);
  const says = move.asked ? "asking what it changes" : move.refuses || `${board.times.clock(move.start)} to ${board.times.clock(move.end)}`;
  pen.font = font(600, 12);
  label(board, pen, says, x, y - 6, move.refuses ? colour["fail-ink"] : colour["ask-ink"]);
  pen.font = font(500, 11.5);
  pen.fillStyle = move.refuses ? colour["fail-ink"] : colour["ask-ink"];
  const words = labels(model, move.bar).find((each) => board.wide(each, pen.font) < wide - 10);
  if (words) pen.fillText(words, x + 5.5, y + (scale.layout.roomy ? 17.5 : 13));
}

function label(board, pen, says, x, y, ink) {
  const { colour } = board.looks;
  const wide = board.wide(says, pen.font);
  const left = Math.min(Math.max(GUTTER + 4, x), board.scale.width - wide - 10);
  const top = Math.max(HEAD + 16, y);
  pen.fillStyle = colour.raised;
  pen.strokeStyle = ink;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(left - 5, top - 13, wide + 10, 18, 4);
  pen.fill();
  pen.stroke();
  pen.fillStyle = ink;
  pen.fillText(says, left, top);
}

function paintBand(board, pen) {
  const { band, looks } = board;
  pen.fillStyle = looks.colour["ask-tint"];
  pen.globalAlpha = 0.5;
  const box = [Math.min(band.x0, band.x1), Math.min(band.y0, band.y1), Math.abs(band.x1 - band.x0), Math.abs(band.y1 - band.y0)];
  pen.fillRect(...box);
  pen.globalAlpha = 1;
  pen.strokeStyle = looks.colour.ask;
  pen.lineWidth = 1;
  pen.strokeRect(...box);
}

function paintTip(board, pen) {
  pen.font = board.looks.font(500, 12);
  label(board, pen, board.tip.says, board.tip.x, board.tip.y, board.looks.colour.ink);
}
