// The table twin: the same bars as rows, with the same selection and the same actions below it.

export function twin(page) {
  const place = document.getElementById("table-view");
  let open = false;
  let query = new URLSearchParams();
  let turn = 0;

  async function fill() {
    const mine = (turn += 1);
    const answer = await fetch(`/plan/table?${query}`, { cache: "no-store" }).catch(() => null);
    if (mine !== turn || !answer?.ok) return;
    const html = await answer.text();
    if (mine !== turn) return;
    const scroll = place.querySelector(".scroll")?.scrollTop ?? 0;
    const held = document.activeElement?.dataset?.select;
    place.innerHTML = html;
    place.querySelector(".scroll").scrollTop = scroll;
    mark(page.selected.keys);
    if (held) place.querySelector(`[data-select="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }

  function mark(keys) {
    const chosen = new Set(keys);
    for (const row of place.querySelectorAll("tr[data-key]")) {
      row.classList.toggle("sel", chosen.has(row.dataset.key));
      if (chosen.has(row.dataset.key)) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  function choose(key, more) {
    const { board } = page;
    const bar = board?.barOf(key) ?? -1;
    if (bar < 0) return;
    if (more) board.toggle(bar);
    else board.select(bar);
  }

  place.addEventListener("click", (event) => {
    const pager = event.target.closest("[data-page]");
    if (pager) {
      query.set("page", pager.dataset.page);
      fill();
      return;
    }
    const row = event.target.closest("tr[data-key]");
    if (row) choose(row.dataset.key, event.shiftKey || event.ctrlKey);
  });
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    query = new URLSearchParams();
    for (const name of ["machine", "order"]) if (form.get(name)?.trim()) query.set(name, form.get(name).trim());
    if (form.get("past")) query.set("past", "true");
    fill();
  });

  return {
    mark,
    open(now) {
      open = now;
      if (open) fill();
    },
    // A row under somebody's finger or with words typed above it is not taken away.
    refresh() {
      if (open && !place.querySelector("input:focus")) fill();
    },
  };
}
