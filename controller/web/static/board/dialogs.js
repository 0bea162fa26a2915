// The dialogs in which a wish gets its order, machine or time.

import { ordersOf } from "./inspector.js";
import { fitsOf } from "./model.js";
import { lasting } from "./times.js";

const QUARTER_S = 900;
const HOUR_S = 3600;

export function dialogs(page) {
  let bars = [];

  const sheet = (id) => document.getElementById(id);
  const soon = (seconds) => Math.ceil((page.board?.nowS ?? 0) / QUARTER_S) * QUARTER_S + seconds;
  const input = (seconds) => page.board.times.toInput(seconds);
  const second = (words) => page.board.times.fromInput(words);

  function options(select, pairs) {
    select.replaceChildren(...pairs.map(([value, words]) => new Option(words, value)));
  }

  const ask = {
    open(id, machine = "") {
      if (id === "close") {
        const form = sheet("close").querySelector("form");
        if (machine) form.elements.machine.value = machine;
        if (page.board?.model) {
          form.elements.from.value = input(soon(0));
          form.elements.to.value = input(soon(HOUR_S));
        }
        form.querySelector(".bad").hidden = true;
      }
      sheet(id)?.showModal();
    },
    later(chosen) {
      bars = chosen;
      const form = sheet("later").querySelector("form");
      options(form.elements.order, ordersOf(page.board, bars).map((name) => [name, name]));
      form.elements.at.value = input(Math.max(soon(0), Math.ceil(page.board.model.start[bars[0]] / QUARTER_S) * QUARTER_S));
      form.elements.only.checked = false;
      sheet("later").showModal();
    },
    first(chosen) {
      bars = chosen;
      const orders = ordersOf(page.board, bars);
      if (orders.length === 1) {
        page.propose({ kind: "expedite", order: orders[0] });
        return;
      }
      options(sheet("first").querySelector("select"), orders.map((name) => [name, name]));
      sheet("first").showModal();
    },
    machine(chosen) {
      bars = chosen;
      const { model } = page.board;
      const here = new Set(bars.map((bar) => model.machine[bar]));
      const fits = bars.map((bar) => fitsOf(model, bar));
      const all = [...fits[0].keys()].filter((row) => fits.every((each) => each.has(row)) && !(here.size === 1 && here.has(row)));
      if (!all.length) {
        page.board.refuse("No other machine can make it.");
        return;
      }
      const words = (row) => `${model.said.machines.id[row]}, ${lasting(fits.reduce((sum, each) => sum + each.get(row), 0))}`;
      options(sheet("machine").querySelector("select"), all.map((row) => [model.said.machines.id[row], words(row)]));
      sheet("machine").showModal();
    },
  };

  /** The wish that a dialog's form stands for; null with a sentence in the dialog when it stands for none. */
  function wishOf(name, form) {
    const { model } = page.board ?? {};
    const operations = () => bars.flatMap((bar) => model.operations[bar]);
    const value = (field) => form.elements[field].value;
    switch (name) {
      case "later": {
        const order = value("order");
        const only = form.elements.only.checked ? operations().filter((each) => each.startsWith(`${order}/`)) : [];
        return { kind: "not_before", order, at_s: Math.max(0, second(value("at"))), operations: only };
      }
      case "first": return { kind: "expedite", order: value("order") };
      case "machine": return { kind: "on_machine", operations: operations(), machine: value("machine") };
      case "close": return { kind: "close_machine", machine: value("machine"), begin_s: Math.max(0, second(value("from"))), end_s: Math.max(0, second(value("to"))), why: value("why").trim() };
      case "wait": return { kind: "plate_wait", wait_s: Math.round(Number(value("minutes")) * 60) };
      default: return { kind: "level_order", first: new FormData(form).get("first") };
    }
  }

  function listen() {
    for (const form of document.querySelectorAll("form[data-wish]")) {
      form.addEventListener("submit", (event) => {
        if (event.submitter?.value !== "ask") return;
        const wish = wishOf(form.dataset.wish, form);
        if (wish.kind === "close_machine" && wish.end_s <= wish.begin_s) {
          event.preventDefault();
          const bad = form.querySelector(".bad");
          bad.textContent = "It ends before it begins. Choose a later end.";
          bad.hidden = false;
          return;
        }
        page.propose(wish);
      });
    }
    const machine = document.getElementById("ics-machine");
    machine?.addEventListener("change", () => {
      const query = machine.value ? `?machine=${encodeURIComponent(machine.value)}` : "";
      document.querySelector('#export a[href*=".ics"]').href = `/api/plan/export.ics${query}`;
    });
  }

  page.ask = ask;
  return { listen };
}
