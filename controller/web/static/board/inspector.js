// The inspector below the board: a bar or machine in words, and what may be asked of it.

import { isStale, say } from "../live.js";
import { isPlanned, NONE } from "./model.js";
import { stays } from "./moving.js";

export function inspector(page) {
  const place = document.getElementById("about");
  const empty = place.innerHTML;
  let shownKey = "";
  let turn = 0;

  async function fill(path, name) {
    const mine = (turn += 1);
    const answer = await fetch(path, { cache: "no-store" }).catch(() => null);
    if (mine !== turn || !answer) return;
    const html = await answer.text();
    if (mine !== turn) return;
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.act : undefined;
    place.innerHTML = answer.ok ? html : empty;
    shownKey = answer.ok ? name : "";
    if (answer.ok) sayProposed(name);
    for (const button of place.querySelectorAll("[data-command]")) if (isStale()) button.disabled = true;
    if (held !== undefined) (place.querySelector(`[data-act="${held}"]:not([disabled])`) ?? place.querySelector("h2"))?.focus();
  }

  /** Where the shown proposal would put the bar; all else here is the plan that counts. */
  function sayProposed(key) {
    const { board } = page;
    const found = board?.boxOf(key);
    if (!found?.proposed) return;
    const bar = board.barOf(key);
    const line = document.createElement("p");
    line.className = "mid new";
    line.textContent = `Proposal ${board.model.shown} puts it on ${found.machine}, ${board.times.clock(board.model.start[bar])} to ${board.times.clock(board.model.end[bar])}.`;
    place.querySelector(".why")?.after(line);
  }

  async function show({ keys, machine }) {
    document.getElementById("about-says").replaceChildren();
    if (keys.length > 1) several(keys);
    else if (keys.length === 1) await fill(`/plan/bar?key=${encodeURIComponent(keys[0])}`, keys[0]);
    else if (machine) await fill(`/plan/machine?name=${encodeURIComponent(machine)}`, machine);
    else {
      turn += 1;
      place.innerHTML = empty;
      shownKey = "";
    }
  }

  /** Several bars: what can be asked of all of them at once. */
  function several(keys) {
    turn += 1;
    const { board } = page;
    const bars = keys.map((key) => board.barOf(key)).filter((bar) => bar !== NONE);
    const planned = bars.filter((bar) => isPlanned(board.model, bar));
    const orders = ordersOf(board, planned);
    shownKey = keys.join("\n");
    place.innerHTML = `<div><h2 tabindex="-1"></h2><p class="mid"></p></div><div><p class="why"><b class="strong">What is asked here is asked of all of them together.</b></p><div class="row acts-plan"><button type="button" class="btn" data-act="pin" data-command disabled data-denied>Pin here</button><button type="button" class="btn" data-act="later" data-command>Not before…</button><button type="button" class="btn" data-act="first" data-command>Expedite…</button><button type="button" class="btn" data-act="machine" data-command>Other machine…</button></div><p class="mid">A pin is for one bar. Not before and Expedite are for one order.</p></div>`;
    place.querySelector("h2").textContent = `${keys.length} selected`;
    place.querySelector(".mid").textContent = `${planned.length} not started, ${orders.length} ${orders.length === 1 ? "order" : "orders"}`;
    for (const button of place.querySelectorAll("[data-act]:not([data-act=pin])")) button.disabled = planned.length === 0;
  }

  /** The selected bars that can still be moved, or none, with the reason said. */
  function movable() {
    const { board } = page;
    const bars = page.selected.keys.map((key) => board?.barOf(key) ?? NONE).filter((bar) => bar !== NONE);
    if (!bars.length) {
      refuse("Select a bar first.");
      return [];
    }
    const free = bars.filter((bar) => isPlanned(board.model, bar));
    if (!free.length) refuse(stays(board, bars[0]));
    return free;
  }

  function refuse(why) {
    say(why, "fail", 0, page.places.about());
    page.board?.say(why);
  }

  function act(name) {
    const bars = movable();
    if (!bars.length) return;
    const { board } = page;
    const { model } = board;
    if (name === "pin") {
      if (bars.length > 1) {
        refuse("A pin is for one bar; select one.");
        return;
      }
      const [bar] = bars;
      page.propose({ kind: "pin", operations: model.operations[bar], machine: model.said.machines.id[model.machine[bar]], start_s: Math.round(model.start[bar]) });
    } else if (name === "later") page.ask.later(bars);
    else if (name === "first") page.ask.first(bars);
    else page.ask.machine(bars);
  }

  place.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.act) act(button.dataset.act);
    else if (button.dataset.order) page.board?.selectOrder(button.dataset.order);
    else if (button.dataset.sheet) page.ask.open(button.dataset.sheet, button.dataset.machine);
  });

  return {
    show,
    act,
    refresh: () => {
      const { keys, machine } = page.selected;
      if (keys.length === 1 || (machine && !keys.length)) show(page.selected);
    },
    focus: () => {
      const wait = () => place.querySelector("h2")?.focus();
      if (shownKey === (page.selected.keys[0] ?? page.selected.machine)) wait();
      else setTimeout(wait, 200);
    },
  };
}

export function ordersOf(board, bars) {
  return [...new Set(bars.flatMap((bar) => board.model.orders[bar]))].map((order) => board.model.said.orders.id[order]);
}
