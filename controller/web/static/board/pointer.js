// Mouse, pen and fingers: select, drag a bar, pan, zoom, stretch a band.

import { GUTTER, HEAD } from "./scale.js";
import { hitBar, hitMachine, within } from "./hit.js";
import { begin, put, stays } from "./moving.js";
import { labels, NONE } from "./model.js";

const DRAG_PX = 5;
const HOLD_MS = 300;
const SNAP_S = 60;
const COARSE_S = 300;
const COARSE_FROM_S = 2 * 3600;

/** Listen to a board. */
export function listen(board) {
  const sheet = board;
  const hand = { fingers: new Map(), from: null, way: "", hold: 0, apart: 0 };
  const at = (event) => {
    const box = sheet.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  sheet.addEventListener("pointerdown", (event) => down(board, hand, event, at(event), sheet));
  sheet.addEventListener("pointermove", (event) => moved(board, hand, event, at(event)));
  sheet.addEventListener("pointerup", (event) => up(board, hand, event));
  sheet.addEventListener("pointercancel", (event) => up(board, hand, event, true));
  sheet.addEventListener("pointerleave", () => board.pointAt(null));
  sheet.addEventListener("dblclick", (event) => {
    const spot = at(event);
    if (hitBar(board, spot.x, spot.y) !== NONE) board.open();
  });
  sheet.addEventListener("wheel", (event) => wheel(board, event, at(event)), { passive: false });
}

function wheel(board, event, spot) {
  if (!board.model) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    board.zoom(Math.exp(event.deltaY / 400), spot.x);
    return;
  }
  const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
  const down = event.shiftKey ? 0 : event.deltaY;
  // With nothing to scroll here, the page scrolls.
  if (sideways || (down && board.scale.lowest > 0)) {
    event.preventDefault();
    board.pan(sideways, down);
  }
}

function down(board, hand, event, spot, sheet) {
  if (!board.model || event.button > 0) return;
  board.focus({ preventScroll: true });
  sheet.setPointerCapture(event.pointerId);
  hand.fingers.set(event.pointerId, spot);
  if (hand.fingers.size === 2) {
    startPinch(board, hand);
    return;
  }
  hand.from = spot;
  const bar = hitBar(board, spot.x, spot.y);
  const machine = hitMachine(board, spot.x, spot.y);
  if (machine >= 0) {
    board.selectMachine(machine);
    hand.way = "";
  } else if (bar === NONE) hand.way = event.shiftKey && spot.y > HEAD ? "band" : "pan";
  else {
    if (event.shiftKey) board.toggle(bar);
    else board.select(bar);
    hand.way = event.pointerType === "touch" ? "held" : "bar";
    hand.bar = bar;
    hand.key = board.model.key[bar];
    hand.grip = board.scale.t(spot.x) - board.model.start[bar];
    if (hand.way === "held") hand.hold = setTimeout(() => { hand.way = hand.way === "held" ? "bar" : hand.way; }, HOLD_MS);
  }
}

function startPinch(board, hand) {
  clearTimeout(hand.hold);
  board.drop(true);
  hand.way = "pinch";
  const [a, b] = [...hand.fingers.values()];
  hand.apart = Math.hypot(a.x - b.x, a.y - b.y);
}

function moved(board, hand, event, spot) {
  if (!hand.fingers.has(event.pointerId)) {
    if (board.model) board.pointAt(spot);
    return;
  }
  const before = hand.fingers.get(event.pointerId);
  hand.fingers.set(event.pointerId, spot);
  if (hand.way === "pinch") pinch(board, hand);
  else if (hand.way === "pan") board.pan(before.x - spot.x, before.y - spot.y);
  else if (hand.way === "band") board.stretch({ x0: hand.from.x, y0: hand.from.y, x1: spot.x, y1: spot.y });
  else if (hand.way && far(hand.from, spot)) carry(board, hand, spot);
}

function far(from, to) {
  return Math.hypot(to.x - from.x, to.y - from.y) >= DRAG_PX;
}

function pinch(board, hand) {
  if (hand.fingers.size < 2) return;
  const [a, b] = [...hand.fingers.values()];
  const apart = Math.hypot(a.x - b.x, a.y - b.y);
  if (apart > 10 && hand.apart > 10) board.zoom(hand.apart / apart, (a.x + b.x) / 2);
  hand.apart = apart;
}

/** A finger that moves before it has rested pans; anything else takes the bar along. */
function carry(board, hand, spot) {
  if (hand.way === "held") {
    clearTimeout(hand.hold);
    hand.way = "pan";
    return;
  }
  if (!board.move) {
    const bar = board.barOf(hand.key);
    const why = bar === NONE ? "It is no longer on the board." : stays(board, bar);
    if (why) {
      board.refuse(why);
      hand.way = "";
      return;
    }
    board.lift(begin(board, bar));
  }
  const { scale, move } = board;
  const row = scale.row(spot.y);
  const snap = scale.t1 - scale.t0 > COARSE_FROM_S ? COARSE_S : SNAP_S;
  const local = board.times.local(scale.t(spot.x) - hand.grip);
  const start = board.times.ofLocal(Math.round(local / snap) * snap, scale.t(spot.x));
  put(board, move, row < 0 ? move.machine : row, start);
  edge(board, spot);
  board.again();
}

/** Near an edge the board follows. */
function edge(board, spot) {
  const reach = 28;
  const dx = spot.x > board.scale.width - reach ? 8 : spot.x < GUTTER + reach ? -8 : 0;
  const dy = spot.y > board.scale.height - reach ? 6 : spot.y < HEAD + reach ? -6 : 0;
  if (dx || dy) board.pan(dx, dy);
}

function up(board, hand, event, cancelled = false) {
  if (!hand.fingers.delete(event.pointerId)) return;
  clearTimeout(hand.hold);
  if (hand.way === "band" && board.band) {
    if (!cancelled) board.selectAll(within(board, board.band));
    board.stretch(null);
  } else if (hand.way === "pan" && !cancelled && hand.from && event.type === "pointerup") {
    const box = event.target.getBoundingClientRect();
    if (!far(hand.from, { x: event.clientX - box.left, y: event.clientY - box.top })) board.unselect();
  } else if (board.move && !board.move.asked) board.drop(cancelled);
  hand.way = hand.fingers.size === 1 ? "pan" : "";
}

/** What the tip says of the bar under the pointer. */
export function tipOf(board, spot) {
  const bar = hitBar(board, spot.x, spot.y);
  if (bar === NONE) return null;
  const { model, times } = board;
  return { x: spot.x + 12, y: spot.y - 10, bar, says: `${labels(model, bar)[0]}, ${times.clock(model.start[bar])} to ${times.clock(model.end[bar])}` };
}
