"""Draws a synthetic plan of 10,000 bars over 200 machines with the real board in headless Chromium.

Prints first paint, painting and panning times, zoom and hit test, and ends with 1 when a frame of a pan
takes longer than the prototype's (median 16.7 ms, p95 40 ms at 60 frames a second).
Run: `python benchmarks/bench_board.py [--bars 10000] [--machines 200] [--seconds-per-run 3]`
"""

import argparse
import http.server
import json
import os
import random
import threading
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parent.parent / "controller" / "web" / "static"
CHROMIUM = os.environ.get("LOTWRIGHT_CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
NOW_S = 40 * 3600
PAN_MEDIAN_MS, PAN_P95_MS = 17.5, 40.0
"""A frame of 60 Hz with the timer's own jitter, and the prototype's 95th percentile."""
ICONS = json.loads((STATIC.parent / "icons.json").read_text(encoding="utf-8"))
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Board</title>'
    '<link rel="stylesheet" href="/lotwright.css"><link rel="stylesheet" href="/board.css">'
    '<body style="margin:0"><div style="width:1600px;height:900px">'
    '<plan-board tabindex="0" style="height:900px"></plan-board></div>'
    '<template id="board-icons">'
    + "".join(f'<i data-icon="{name}"><svg>{shape}</svg></i>' for name, shape in ICONS.items())
    + "</template>"
)

MEASURE = """
async (wish) => {
  const said = await (await fetch("/plan.json")).json();
  const begun = performance.now();
  await import("/board/plan-board.js");
  const board = document.querySelector("plan-board");
  const loaded = performance.now();
  board.data = said;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const result = { first_ms: performance.now() - loaded, modules_ms: loaded - begun };
  if (wish.fit) { board.scale.look(...wish.fit); board.again(true); }
  const of = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)];
  const frames = async (count, act) => {
    const times = [], paints = [];
    await new Promise((done) => requestAnimationFrame(done));
    let last = performance.now();
    for (let at = 0; at < count; at += 1) {
      act(at);
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      times.push(now - last);
      paints.push(board.spent.base + board.spent.marks);
      last = now;
    }
    return {
      median: of(times, 0.5), p95: of(times, 0.95), least: of(times, 0),
      paint: of(paints, 0.5), paint_p95: of(paints, 0.95), paint_least: of(paints, 0),
    };
  };
  result.pan = await frames(120, (at) => board.pan(at % 80 < 40 ? 14 : -14, at % 60 < 30 ? 9 : -9));
  result.zoom = await frames(60, (at) => board.zoom(at % 30 < 15 ? 1.08 : 1 / 1.08, 700));
  const bar = board.model.rows[3][2];
  board.select(bar, true);
  result.move = await frames(60, (at) => {
    const start = board.scale.t0 + at * 60;
    const key = board.model.key[bar];
    board.lift({ bar, key, machine: 3 + (at % 5), start, end: start + 3600, refuses: "", asked: false });
  });
  board.drop(true);
  const tries = 20000;
  const t0 = performance.now();
  let found = 0;
  for (let at = 0; at < tries; at += 1) {
    if (board.hit(120 + ((at * 37) % 1470), 60 + ((at * 17) % 830)) !== null) found += 1;
  }
  result.hit_us = ((performance.now() - t0) * 1000) / tries;
  result.hits = found / tries;
  return result;
}
"""


def synthetic(bars: int, machines: int, seed: int = 1) -> dict[str, Any]:
    """Return what /api/plan would answer for a large plant, with batches, setups, orders and flags."""
    rng = random.Random(seed)
    each = bars // machines
    cells = [
        {"label": f"Cell {n + 1}", "count": machines // 10, "open": [[0, 10**7]]} for n in range(10)
    ]
    columns: dict[str, list[Any]] = {name: [] for name in (
        "key", "machine", "setup_s", "start_s", "end_s", "kind", "label", "family", "swatch",
        "orders", "fits", "after", "pinned", "operations")}  # fmt: skip
    orders = bars // 5
    labels = [[f"Order {n + 1000}, part", str(n + 1000)] for n in range(orders)]
    last_of: dict[int, int] = {}
    for machine in range(machines):
        at_s = rng.randrange(3600)
        for _ in range(each):
            setup_s = rng.choice((0, 0, 300, 900))
            takes_s = rng.randrange(1200, 9000)
            order = rng.randrange(orders)
            number = len(columns["key"])
            kind = 0 if at_s + setup_s + takes_s < NOW_S else 2 if at_s < NOW_S else 5
            row: dict[str, Any] = {
                "key": f"{order + 1000}/{number}",
                "machine": machine,
                "setup_s": at_s,
                "start_s": at_s + setup_s,
                "end_s": at_s + setup_s + takes_s,
                "kind": kind,
                "label": order,
                "family": rng.randrange(20),
                "swatch": -1,
                "orders": [order],
                "fits": machine // (machines // 10),
                "after": [last_of[order]] if order in last_of else [],
                "pinned": int(rng.randrange(50) == 0),
                "operations": [f"{order + 1000}/{number}"] if kind == 5 else [],  # noqa: PLR2004
            }
            for name, value in row.items():
                columns[name].append(value)
            last_of[order] = number
            at_s += setup_s + takes_s + rng.choice((0, 0, 600))
    end_s = max(columns["end_s"])
    stands = [rng.choice(("work", "plan", "plan", "plan", "risk", "late")) for _ in range(orders)]
    return {
        "seq": 1, "plan": 1, "published_s": NOW_S, "now_s": NOW_S, "speed": 1, "begin_s": 0,
        "end_s": end_s, "origin_utc": "2026-11-24T05:00:00+00:00", "timezone": "Europe/Vienna",
        "kinds": ["done", "lost", "run", "held", "doubt", "plan"], "cells": cells,
        "machines": {"id": [f"X{n}" for n in range(machines)], "load": [70] * machines,
                     "told_s": [NOW_S + 1800] * machines},
        "bars": columns,
        "ghost": {"machine": [n % machines for n in range(500)],
                  "start_s": [NOW_S + 60 * n for n in range(500)],
                  "end_s": [NOW_S + 60 * n + 3000 for n in range(500)]},
        "closed": [], "others": [],
        "cuts": [{"at_s": NOW_S + 7200, "carrier": "Post", "due": 40, "risk": 2, "late": 1}],
        "orders": {"id": [str(n + 1000) for n in range(orders)], "due_s": [end_s] * orders,
                   "end_s": [end_s] * orders, "stand": stands, "carrier": ["Post"] * orders,
                   "customer": [""] * orders},
        "labels": labels, "families": [f"f{n}" for n in range(20)], "swatches": [],
        "fits": [[[m, 3600] for m in range(c * (machines // 10), (c + 1) * (machines // 10))]
                 for c in range(10)],
    }  # fmt: skip


class Files(http.server.SimpleHTTPRequestHandler):
    """The static files, the page and the plan."""

    plan = b""

    def do_GET(self) -> None:
        """Answer."""
        if self.path in {"/", "/plan.json"}:
            body = PAGE.encode() if self.path == "/" else self.plan
            self.send_response(200)
            self.send_header(
                "Content-Type", "text/html" if self.path == "/" else "application/json"
            )
            self.end_headers()
            self.wfile.write(body)
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> int:
    """Measure and say how it went."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bars", type=int, default=10_000)
    options.add_argument("--machines", type=int, default=200)
    chosen = options.parse_args()
    plan = synthetic(chosen.bars, chosen.machines)
    Files.plan = json.dumps(plan).encode()
    serve = partial(Files, directory=str(STATIC))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(
        f"{len(plan['bars']['key'])} bars, {chosen.machines} machines, {len(Files.plan) // 1024} KiB"
    )
    good = True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for name, fit in (("day", None), ("all of it", [0, plan["end_s"]])):
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            good = _say(name, measured(page, fit)) and good
            page.close()
        browser.close()
    server.shutdown()
    return 0 if good else 1


def measured(page: Page, fit: list[int] | None) -> dict[str, Any]:
    """Measure once in a fresh page; an error on it is no measurement."""
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    result: dict[str, Any] = page.evaluate(MEASURE, {"fit": fit})
    assert not trouble, trouble
    return result


def _say(name: str, r: dict[str, Any]) -> bool:
    print(f"{name}: data to painted {r['first_ms']:.0f} ms (modules {r['modules_ms']:.0f} ms)")
    for kind in ("pan", "zoom", "move"):
        each = r[kind]
        print(
            f"  {kind}: frame {each['median']:.1f} ms median, {each['p95']:.1f} ms p95; "
            f"painting {each['paint_least']:.1f} ms least, {each['paint']:.1f} ms median, "
            f"{each['paint_p95']:.1f} ms p95"
        )
    print(f"  hit test: {r['hit_us']:.2f} us, {100 * r['hits']:.0f} % of points are on a bar")
    return bool(r["pan"]["median"] <= PAN_MEDIAN_MS and r["pan"]["p95"] <= PAN_P95_MS)


if __name__ == "__main__":
    raise SystemExit(main())
