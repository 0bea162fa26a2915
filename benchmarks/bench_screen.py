"""Measures how long an event takes to the changed element on the Floor, and how long pages take.

A real loop with an in-memory journal, 50 machines that say a value each second and 1,000 open orders,
behind a real server, in headless Chromium. Ends with 1 when the 99th percentile from a request to the
screen is over 300 ms, or a page takes over 200 ms.
Run: `python benchmarks/bench_screen.py [--machines 50] [--orders 1000] [--facts 200]`
"""

import argparse
import asyncio
import os
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import httpx
import uvicorn
from playwright.sync_api import sync_playwright

from controller import events as e
from controller import garbage
from controller.clock import RealClock
from controller.floor.requests import CallHelp, EndHelp
from controller.journal import InlineJournal, Memory
from controller.orders import read_orders
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.run import Opening, Run
from controller.state import State
from controller.web import app
from controller.web.render import compile_all
from drivers import Answer, Finding, Knowledge, LinkChange, Notice, Reading, Submit
from plant_config import Order, Plant, load, origin_utc, read_folder, route, shipped
from scheduler import Slot

CHROMIUM = os.environ.get("LOTWRIGHT_CHROMIUM", "/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
SCREEN_MS, PAGE_MS = 300.0, 200.0
QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99, "worst": 1.0}
NOW_S = 3 * 3600
EARLY_MS = 5
"""Two clocks of one machine may differ by so much."""
PAGES = ("/floor", "/alarms", "/doubts", "/andon", "/orders", "/plan")
WATCH = """
() => {
  window.seen = [];
  for (const tile of document.querySelectorAll(".tile"))
    new MutationObserver(() => window.seen.push([tile.dataset.machine, tile.dataset.state, Date.now()]))
      .observe(tile, { attributes: true, childList: true, subtree: true });
}
"""


class Quiet:
    """A machine that answers, keeps nothing, and says a new value once a second."""

    def __init__(self, machine: str, turn: int) -> None:
        self.machine, self._turn = machine, turn

    async def submit(self, job: object) -> Answer:
        return Answer(Submit.REJECTED, "It only measures screens.")

    async def look_up(self, job: object) -> Finding:
        return Finding(knowledge=Knowledge.NEVER_SEEN)

    async def held(self) -> tuple[()]:
        return ()

    async def command(self, command: object, job_order: str, comment: str) -> Answer:
        return Answer(Submit.ACCEPTED)

    async def notices(self) -> AsyncIterator[Notice]:
        yield LinkChange(machine=self.machine, up=True, boot=1, count=0)
        await asyncio.sleep(self._turn / 50)
        for number in count():
            signals = (("Nozzle", f"{215 + number % 3} °C"),)
            yield Reading(machine=self.machine, activity="idle", signals=signals)
            await asyncio.sleep(1)

    async def close(self) -> None:
        """Nothing to let go of."""


class NoPlanner(InlinePlanner):
    """The plan stands; this is not about planning."""

    async def ask(self, question: object) -> object:
        return await asyncio.Event().wait()


def larger(plant: Plant, machines: int) -> Plant:
    """Repeat the plant's machines until there are enough."""
    made = dict(plant.machines)
    for number in count(1):
        for each in plant.machines.values():
            if len(made) >= machines:
                return replace(plant, machines=made)
            made[f"{each.id}x{number}"] = replace(each, id=f"{each.id}x{number}")
    raise AssertionError


def many_orders(plant: Plant, text: str, orders: int) -> Iterator[Order]:
    """Repeat the day's orders under new names."""
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    read = read_orders(text, plant, NOW_S, {}, first_day=day).accepted
    for number in range(orders):
        yield replace(read[number % len(read)].order, id=f"{10_000 + number}")


def a_plan(plant: Plant, orders: list[Order]) -> e.PlanPublished:
    """Put operation behind operation, machine by machine."""
    free = dict.fromkeys(plant.machines, NOW_S + 60)
    slots, ends = [], {}
    for order in orders:
        for name, operation in route(order, plant).operations.items():
            machine, takes_s = min(operation.modes, key=lambda mode: free[mode[0]])
            begin_s = free[machine]
            free[machine] = ends[order.id] = begin_s + takes_s
            slots.append(
                Slot(
                    machine=machine,
                    operations=(name,),
                    family=operation.family,
                    setup_start_s=begin_s,
                    start_s=begin_s,
                    end_s=begin_s + takes_s,
                )
            )
    return e.PlanPublished(
        number=1, why="measured", slots=tuple(slots), levels=(("money_cents", 0),), bound=0,
        tiers=(), took_ms=1, answers=10**9, ends=tuple(ends.items()),
    )  # fmt: skip


class Plantful:
    """The controller and its server on a thread with a loop of its own."""

    def __init__(self, machines: int, orders: int) -> None:
        folder = shipped("sneaker")
        assert folder is not None
        self.plant = larger(load(read_folder(folder)), machines)
        text = (folder / "orders.csv").read_text(encoding="utf-8")
        self.orders = list(many_orders(self.plant, text, orders))
        self.ready = threading.Event()
        self.stop = threading.Event()
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening)))
        self.thread.start()
        self.ready.wait()

    async def _serve(self, listening: socket.socket) -> None:
        self.loop = asyncio.get_running_loop()
        drivers = {name: Quiet(name, turn) for turn, name in enumerate(self.plant.machines)}
        ports = Ports(
            journal=InlineJournal(Memory()),
            clock=RealClock(),
            planner=NoPlanner(self.plant, 1),
            drivers=drivers,  # type: ignore[arg-type]
        )
        origin = origin_utc(self.plant, datetime(2026, 11, 24, tzinfo=UTC).date())
        self.run = Run(ports, State(self.plant), Opening(origin.isoformat(), plant_s=NOW_S))
        working = asyncio.create_task(self.run.work())
        await self.run.opened.wait()
        accepted = [e.OrderAccepted(order=o, cost_cents=0, premium_cents=0) for o in self.orders]
        # What an import would do in a hundred files.
        await self.run._record([*accepted, a_plan(self.plant, self.orders)])  # noqa: SLF001
        keeping = asyncio.create_task(garbage.rare())  # as in the service
        config = uvicorn.Config(app(self.run), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        await asyncio.to_thread(compile_all)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await asyncio.sleep(1)
        self.ready.set()
        await asyncio.to_thread(self.stop.wait)
        server.should_exit = server.force_exit = True
        await serving
        working.cancel()
        keeping.cancel()
        await asyncio.gather(working, keeping, return_exceptions=True)

    def record(self, machine: str, called: bool) -> float:
        """Have a fact recorded; returns when it was asked for, before it is durable."""

        async def asking() -> float:
            # The browser's Date.now is compared with it.
            asked_ms = time.time() * 1000  # noqa: TID251
            request = EndHelp(machine=machine) if called else CallHelp(machine=machine)
            await self.run.ask(request, actor="person bench")
            return asked_ms

        return asyncio.run_coroutine_threadsafe(asking(), self.loop).result(30)


def share(values: list[float], part: float) -> float:
    """Return a percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def screen(there: Plantful, facts: int) -> list[float]:
    """Measure from durable facts to changed tiles."""
    dice, called, begun = random.Random(1), dict.fromkeys(there.plant.machines, False), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{there.url}/floor")
        page.wait_for_timeout(3000)
        page.evaluate(WATCH)
        turns = dice.sample(list(called), len(called))
        for number in range(facts):
            machine = turns[number % len(turns)]  # none twice before its screen could follow
            begun.append((machine, not called[machine], there.record(machine, called[machine])))
            called[machine] = not called[machine]
            page.wait_for_timeout(dice.uniform(30, 250))
        page.wait_for_timeout(2000)
        seen = page.evaluate("() => window.seen")
        browser.close()
    found = []
    for machine, asks, at in begun:
        mine = ((state, t - at) for name, state, t in seen if name == machine)
        after = [late for state, late in mine if (state == "ask") == asks and late >= -EARLY_MS]
        found.append(min(after, default=10_000.0))
    return found


def pages(there: Plantful) -> list[str]:
    """Measure every page; returns those that are too slow."""
    slow = []
    with httpx.Client(base_url=there.url, timeout=30) as client:
        for path in PAGES:
            times = []
            for _ in range(8):
                began = time.perf_counter()
                status = client.get(path).status_code
                times.append((time.perf_counter() - began) * 1000)
            median = share(times, 0.5)
            print(f"{path:10} {status}  median {median:6.1f} ms  worst {max(times):6.1f} ms")
            slow += [path] if median > PAGE_MS else []
    return slow


def main() -> int:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--machines", type=int, default=50)
    given.add_argument("--orders", type=int, default=1000)
    given.add_argument("--facts", type=int, default=200)
    asked = given.parse_args()
    there = Plantful(asked.machines, asked.orders)
    try:
        slow = pages(there)
        found = screen(there, asked.facts)
    finally:
        there.stop.set()
        there.thread.join()
    said = [f"{name} {share(found, part):.0f} ms" for name, part in QUANTILES.items()]
    print(f"event to screen: {', '.join(said)}")
    return int(share(found, 0.99) > SCREEN_MS or bool(slow))


if __name__ == "__main__":
    raise SystemExit(main())
