// The panel at the right: open proposals with their answer, wishes that count, undo.

import { say, send } from "../live.js";

export function panel(page) {
  const place = document.getElementById("panel");
  // Another page may lead here to look at one proposal.
  const asked = Number(new URLSearchParams(location.search).get("proposal")) || 0;
  let chosen = asked;
  let turn = 0;

  const inside = () => place.querySelector(".in");
  const numbers = () => (inside()?.dataset.numbers ?? "").split(" ").filter(Boolean).map(Number);
  const shown = () => Number(inside()?.dataset.shown ?? 0);

  async function refresh(number = chosen) {
    const mine = (turn += 1);
    const answer = await fetch(`/plan/panel?show=${number}`, { cache: "no-store", headers: page.headers?.() ?? {} }).catch(() => null);
    if (mine !== turn || !answer?.ok) return;
    const html = await answer.text();
    if (mine !== turn) return;
    const refusals = [...(page.places.panel()?.childNodes ?? [])];
    const top = inside()?.scrollTop ?? 0;
    const held = place.contains(document.activeElement) ? attribute(document.activeElement) : "";
    place.innerHTML = html;
    page.places.panel()?.append(...refusals);
    if (inside()) inside().scrollTop = top;
    if (held) place.querySelector(held)?.focus();
    chosen = number;
    document.getElementById("plan-says").textContent = inside()?.dataset.plan ?? "";
    const change = document.getElementById("plan-change");
    change.textContent = inside()?.dataset.change ?? "";
    change.hidden = !change.textContent;
    show();
  }

  function attribute(element) {
    const found = [...element.attributes].find(({ name }) => name.startsWith("data-") && name !== "data-command");
    return found ? `[${found.name}="${CSS.escape(found.value)}"]` : "";
  }

  /** Let the board show what the panel shows. */
  function show() {
    const before = page.board?.model?.shown;
    page.board?.show(shown());
    if (before !== page.board?.model?.shown) page.about?.refresh();
    document.getElementById("undo").disabled = !inside()?.dataset.undo;
  }

  async function command(path, done) {
    const answer = await send(path, {}, page.places.panel());
    if (!answer) {
      await refresh();
      return;
    }
    chosen = 0;
    // The board has the new plan before the panel lets go of the proposal, so nothing jumps back.
    await page.reload();
    await refresh(0);
    say(done, "", 5000, page.places.panel());
    page.board?.say(done);
  }

  const accept = (number = shown()) => {
    if (!number) say("There is no open proposal.", "", 5000, page.places.panel());
    else return command(`/api/plan/proposals/${number}/accept`, `Proposal ${number} accepted; the plan follows it. Undo takes the wish back.`);
  };
  const discard = (number) => command(`/api/plan/proposals/${number}/discard`, `Proposal ${number} discarded; nothing changed.`);
  const undo = (number) => command(`/api/plan/wishes/${number}/undo`, "The wish no longer counts; the plan is made anew.");

  function undoMine() {
    const number = Number(inside()?.dataset.undo);
    if (number) undo(number);
    else say("You have no wish to undo.", "", 5000, page.places.panel());
  }

  async function again(number) {
    document.body.dataset.asking = "";
    const fresh = await send(`/api/plan/proposals/${number}/again`, {}, page.places.panel());
    delete document.body.dataset.asking;
    await refresh(fresh?.number ?? 0);
  }

  place.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button || button.disabled) return;
    const { accept: taken, discard: left, again: asked, undo: back, shows, order, sheet } = button.dataset;
    if (taken) accept(Number(taken));
    else if (left) discard(Number(left));
    else if (asked) again(Number(asked));
    else if (back) undo(Number(back));
    else if (shows) refresh(Number(shows));
    else if (order) page.board?.selectOrder(order);
    else if (sheet) page.ask.open(sheet);
  });

  return {
    refresh,
    show,
    /** Say so when the proposal that the address names is no longer open. */
    arrive() {
      if (asked && !numbers().includes(asked)) say(`Proposal ${asked} is no longer open; it was accepted, discarded or asked again.`, "fail", 0, page.places.panel());
    },
    undoMine,
    /** The key `a`: the shown proposal as it stands; one that is old is asked again. */
    accept: () => {
      const old = place.querySelector("[data-again]");
      return old ? again(Number(old.dataset.again)) : accept();
    },
    differs: (now) => now.join(" ") !== numbers().join(" "),
  };
}
