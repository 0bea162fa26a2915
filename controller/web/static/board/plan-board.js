// <plan-board>: machines over time on two canvases; the lower shows the plan as it is painted aside, the upper what moves.

import { barOf, endOf, isPlanned, labels, NONE, read, show, soleOrder } from "./model.js";
import { GUTTER, HEAD, layOut, Scale } from "./scale.js";
import { readIcons, readLooks } from "./looks.js";
import { paintAround } from "./paint.js";
import { grainOf, Sheet } from "./sheet.js";
import { paintMarks } from "./marks.js";
import { hitBar, hitMachine } from "./hit.js";
import { listen, tipOf } from "./pointer.js";
import { press } from "./keys.js";
import { wishOf } from "./moving.js";
import { barWords, boardWords, machineWords, moveWords } from "./speak.js";
import { flagsOf, linksOf } from "./links.js";
import { timesOf } from "./times.js";
import { Widths } from "./widths.js";

const DAY_BEFORE_S = 2.7 * 3600;
const DAY_S = 12.75 * 3600;
const SLIDE_MS = 240;
const REST_MS = 10_000;
/** What has to be painted again: the upper sheet, the view of the plan too, or the plan itself. */
const [MARKS, VIEW, PLAN] = [1, 2, 3];

export class PlanBoard extends HTMLElement {
  model = null;
  scale = new Scale();
  times = timesOf("1970-01-01T00:00:00Z", "UTC");
  looks = null;
  icons = new Map();
  nowS = 0;
  #picked = [];
  #pickedSet = new Set();
  /** The order that the selection stands for; NONE for several, or for a shared batch. */
  #order = NONE;
  pickedMachine = -1;
  move = null;
  band = null;
  tip = null;
  ghost = true;
  colourBy = "trouble";
  /** Milliseconds of the last paintings, for measurements. */
  spent = { base: 0, marks: 0 };
  /** The plan as it is painted, where its hatches begin, and in which manner its bars are drawn. */
  plan = new Sheet();
  anchor = { x: 0, y: 0 };
  manner = {};
  #frame = 0;
  #stale = PLAN;
  /** Pixels of a pan that are too few to move by. */
  #owed = { x: 0, y: 0 };
  #widths = new Widths();
  #live = { words: [], says: [], progress: [] };
  #touched = -Infinity;
  #slide = null;
  #flags = null;
  #paintedNow = 0;

  connectedCallback() {
    if (this.sheets) return;
    this.sheets = ["base", "marks"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.dataset.sheet = name;
      return canvas;
    });
    const [base, marks] = this.sheets;
    base.setAttribute("role", "img");
    base.setAttribute("aria-label", "Plan board. The same data is in the table view, key v.");
    marks.setAttribute("aria-hidden", "true");
    this.live = document.createElement("div");
    this.live.className = "sr";
    this.live.setAttribute("role", "status");
    this.append(base, marks, this.live);
    this.pens = [base.getContext("2d", { alpha: false }), marks.getContext("2d")];
    this.icons = readIcons(document.getElementById("board-icons"));
    listen(this);
    this.addEventListener("keydown", (event) => {
      if (press(this, event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    });
    this.resizing = new ResizeObserver(() => this.#fit());
    this.resizing.observe(this);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.relook());
    new MutationObserver(() => this.relook()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.relook();
  }

  /** Take in the answer of /api/plan; selection and view stay where they are. */
  set data(said) {
    const keys = this.picked.map((bar) => this.model.key[bar]);
    const first = this.model === null;
    const shown = this.model?.shown ?? 0;
    this.model = read(said);
    this.times = timesOf(said.origin_utc, said.timezone);
    this.scale.layout = layOut(said.cells);
    this.scale.limits = [said.begin_s - 3600, Math.max(said.end_s + 3600, said.now_s + 86_400)];
    if (shown) show(this.model, shown);
    this.nowS = Math.max(this.nowS, said.now_s);
    this.picked = keys.map((key) => barOf(this.model, key)).filter((bar) => bar !== NONE);
    if (this.move) {
      const bar = barOf(this.model, this.move.key);
      if (bar === NONE || (!isPlanned(this.model, bar) && !this.move.asked)) this.drop(true);
      else this.move.bar = bar;
    }
    this.tip = null;
    this.style.setProperty("--board-height", `${HEAD + this.scale.layout.height + 4}px`);
    this.sheets[0].setAttribute("aria-label", boardWords(this));
    if (first) this.day();
    this.#flags = null;
    this.again(true);
  }

  /** How machines stand now, by row: words, what they say, per cent done. */
  set now(live) {
    const same = String(this.#live.progress) === String(live.progress);
    this.#live = live;
    this.#again(same ? VIEW : PLAN);
  }

  /** Show an open proposal, or with 0 the plan as it is. */
  show(number) {
    if (!this.model || this.model.shown === number) return;
    const keys = this.picked.map((bar) => this.model.key[bar]);
    show(this.model, number);
    this.picked = keys.map((key) => barOf(this.model, key)).filter((bar) => bar !== NONE);
    if (number && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.#slide = performance.now();
    this.#flags = null;
    this.again(true);
  }

  /** Let plant time pass; repaints when it shows. */
  tick(atS) {
    this.nowS = atS;
    if (!this.model) return;
    if (this.scale.x(atS) > this.scale.width - 40 && performance.now() - this.#touched > REST_MS && !this.move) this.toNow(false);
    if (Math.abs(atS - this.#paintedNow) * this.scale.perSecond >= 1) this.again(true);
  }

  wordOf(row) { return this.#live.words[row] ?? ""; }
  saidOf(row) { return this.#live.says[row] ?? "state not known yet"; }
  progressOf(row) { return this.#live.progress[row] === undefined || this.#live.progress[row] === null ? null : this.#live.progress[row] / 100; }
  isPicked(bar) { return this.#pickedSet.has(bar) || (this.#order !== NONE && this.model.orders[bar].includes(this.#order)); }
  /** Bars of the selection, with all others of its order. */
  get chosen() {
    const own = this.#order === NONE ? [] : this.model.ofOrder.get(this.#order) ?? [];
    return [...new Set([...own, ...this.#picked])].filter((bar) => this.isPicked(bar));
  }

  barOf(key) { return this.model ? barOf(this.model, key) : NONE; }

  get picked() { return this.#picked; }

  set picked(bars) {
    this.#picked = bars;
    this.#pickedSet = new Set(bars);
    this.#order = bars.length === 1 ? soleOrder(this.model, bars[0]) : NONE;
  }

  select(bar, reveal = false) {
    if (bar === NONE || bar === undefined) return;
    this.picked = [bar];
    this.#chosen(reveal);
  }

  add(bar) {
    if (!this.picked.includes(bar)) this.picked = [...this.picked, bar];
    this.#chosen(true);
  }

  toggle(bar) {
    this.picked = this.picked.includes(bar) ? this.picked.filter((each) => each !== bar) : [...this.picked, bar];
    this.#chosen(false);
  }

  selectAll(bars) {
    this.picked = bars;
    this.#chosen(false);
  }

  selectMachine(row) {
    this.picked = [];
    this.pickedMachine = row;
    this.scale.reveal(row, this.scale.t0, this.scale.t0);
    this.say(machineWords(this, row));
    this.#tell("board-select");
  }

  /** Select every bar of an order and bring the first that is not over into view. */
  selectOrder(name) {
    if (!this.model) return;
    const order = this.model.said.orders.id.indexOf(name);
    const bars = this.model.ofOrder.get(order) ?? [];
    const next = bars.find((bar) => this.model.orders[bar].length === 1 && isPlanned(this.model, bar)) ?? bars.find((bar) => isPlanned(this.model, bar)) ?? bars[0];
    if (next !== undefined) this.select(next, true);
  }

  unselect() {
    if (!this.picked.length && this.pickedMachine < 0) return;
    this.picked = [];
    this.pickedMachine = -1;
    this.say("Nothing selected.");
    this.#tell("board-select");
  }

  #chosen(reveal) {
    this.pickedMachine = -1;
    if (this.move && !this.move.asked && this.move.bar !== this.picked[0]) this.move = null;
    const last = this.picked.at(-1);
    if (last !== undefined) {
      if (reveal) this.scale.reveal(this.model.machine[last], this.model.start[last], this.model.end[last]);
      this.say(this.picked.length > 1 ? `${this.picked.length} selected, last ${barWords(this, last)}` : barWords(this, last));
    }
    this.#tell("board-select");
  }

  #tell(kind, detail = {}) {
    this.#again(VIEW);
    this.dispatchEvent(new CustomEvent(kind, { bubbles: true, detail: { keys: this.picked.map((bar) => this.model.key[bar]), machine: this.pickedMachine < 0 ? "" : this.model.said.machines.id[this.pickedMachine], ...detail } }));
  }

  open() { if (this.picked.length || this.pickedMachine >= 0) this.#tell("board-open"); }

  lift(move) {
    this.move = move;
    this.again();
  }

  sayMove() { this.say(moveWords(this)); }

  /** Let go of a moving bar: back where it was, or as a wish that somebody answers. */
  drop(back) {
    const { move } = this;
    if (!move) return;
    const { model } = this;
    const same = move.machine === model.machine[move.bar] && Math.abs(move.start - model.start[move.bar]) < 60;
    if (back || same || move.refuses) {
      this.move = null;
      if (move.refuses && !back) this.refuse(move.refuses);
      this.again();
      return;
    }
    move.asked = true;
    this.say("Asking what it changes.");
    this.#tell("board-wish", { wish: wishOf(this, move) });
  }

  /** The wish was answered, one way or the other. */
  settle() { this.again(); this.move = null; }

  refuse(why) {
    this.say(why);
    this.#tell("board-refuse", { why });
  }

  say(words) { this.live.textContent = words; }

  stretch(band) { this.again(); this.band = band; }

  pointAt(spot) {
    const tip = spot && !this.move ? tipOf(this, spot) : null;
    const over = spot ? hitMachine(this, spot.x, spot.y) >= 0 : false;
    this.style.cursor = tip ? (isPlanned(this.model, tip.bar) ? "grab" : "pointer") : over ? "pointer" : "";
    if (tip?.bar === this.tip?.bar) return;
    this.tip = tip;
    this.again();
  }

  pan(dx, dy) {
    this.#touched = performance.now();
    // What was painted can only be moved by whole pixels of the screen.
    const grain = grainOf(this.ratio);
    const whole = (far) => (grain ? Math.trunc(far / grain) * grain : far);
    const [x, y] = [this.#owed.x + dx, this.#owed.y + dy];
    this.#owed = { x: x - whole(x), y: y - whole(y) };
    this.scale.pan(whole(x), whole(y));
    this.#again(VIEW);
  }

  zoom(factor, x) {
    this.#touched = performance.now();
    this.scale.zoom(factor, x ?? (GUTTER + this.scale.width) / 2);
    this.again(true);
  }

  day() {
    const from = Math.max(this.scale.limits[0], this.nowS - DAY_BEFORE_S);
    const hour = this.times.ofLocal(Math.floor(this.times.local(from) / 3600) * 3600, from);
    this.scale.look(hour, hour + DAY_S);
    this.again(true);
  }

  toNow(touched = true) {
    if (touched) this.#touched = performance.now();
    const span = this.scale.t1 - this.scale.t0;
    this.scale.look(this.nowS - span * 0.21, this.nowS + span * 0.79);
    this.again(true);
  }

  links() { return linksOf(this); }
  flags() { return (this.#flags ??= flagsOf(this.model)); }

  /** Where a bar is drawn while a proposal's bars slide from their old places. */
  slid(bar, x, y) {
    if (this.#slide === null || !this.model.from.has(bar)) return { x, y };
    const before = this.model.from.get(bar);
    const done = Math.min(1, (performance.now() - this.#slide) / SLIDE_MS);
    const eased = 1 - (1 - done) ** 3;
    const [x0, y0] = [this.scale.x(this.model.start[before]), this.scale.barY(this.model.machine[before])];
    return { x: x0 + (x - x0) * eased, y: y0 + (y - y0) * eased };
  }

  /** How wide words are; each is measured once. */
  wide(words, font) { return this.#widths.of(this.pens[0], words, font); }

  /** For tests and measurements: the key of the bar at a point of the element. */
  hit(x, y) { return this.model?.key[hitBar(this, x, y)] ?? null; }

  /** For tests: where a bar lies in the element, and what it says. */
  boxOf(key) {
    const bar = this.barOf(key);
    if (bar === NONE) return null;
    const { model, scale } = this;
    const x = scale.x(model.start[bar]);
    return { x, y: scale.barY(model.machine[bar]), width: scale.x(endOf(model, bar, this.nowS)) - x, height: scale.layout.bar, label: labels(model, bar)[0], machine: model.said.machines.id[model.machine[bar]], proposed: model.variant[bar] > 0 };
  }

  /** For tests: the keys of all shown bars, by machine and time. */
  keys() {
    return this.model ? this.model.rows.flat().map((bar) => this.model.key[bar]) : [];
  }

  relook() {
    this.ratio = devicePixelRatio || 1;
    this.looks = readLooks(this, this.ratio);
    this.#widths.clear();
    this.again(true);
  }

  #fit() {
    const ratio = devicePixelRatio || 1;
    if (ratio !== this.ratio) this.relook();
    const span = this.scale.t1 - this.scale.t0;
    const wasWide = this.scale.width - GUTTER;
    this.scale.width = Math.max(GUTTER + 50, this.clientWidth);
    this.scale.height = Math.max(HEAD + 20, this.clientHeight);
    // A first fit has nothing to keep; later ones keep the hours as they are.
    if (this.model === null && wasWide <= 1) this.scale.t1 = this.scale.t0 + span;
    this.scale.top = Math.min(this.scale.top, this.scale.lowest);
    for (const sheet of this.sheets) {
      sheet.width = Math.round(this.scale.width * ratio);
      sheet.height = Math.round(this.scale.height * ratio);
    }
    for (const pen of this.pens) pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.plan.fit(this.sheets[0].width, this.sheets[0].height, ratio);
    this.#paint();
  }

  /** Paint again with the next frame; with `all`, the plan too and not only what lies over it. */
  again(all = false) { this.#again(all ? PLAN : MARKS); }

  #again(what) {
    this.#stale = Math.max(this.#stale, what);
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#paint(this.#stale);
      });
    }
  }

  #paint(what = PLAN) {
    if (!this.model || !this.looks || this.clientWidth === 0 || !this.plan.canvas) return;
    const begun = performance.now();
    const [base, marks] = this.pens;
    this.#stale = 0;
    if (what >= VIEW) {
      this.plan.paint(this, what === PLAN);
      if (what === PLAN) this.#paintedNow = this.nowS;
      base.drawImage(this.plan.canvas, 0, 0, this.sheets[0].width / this.ratio, this.sheets[0].height / this.ratio);
      paintAround(this, base);
    }
    this.spent.base = performance.now() - begun;
    const upper = performance.now();
    // An upper sheet with nothing on it need not be laid over the lower one.
    const empty = !this.picked.length && !this.move && !this.band && !this.tip;
    this.sheets[1].hidden = empty;
    if (!empty) paintMarks(this, marks);
    this.spent.marks = performance.now() - upper;
    if (this.#slide !== null) {
      if (performance.now() - this.#slide < SLIDE_MS) this.again(true);
      else this.#slide = null;
    }
  }
}

customElements.define("plan-board", PlanBoard);
