"""How long each page takes, and how long it keeps the event loop, at 50 machines and 1,000 open orders.

Run: python benchmarks/bench_pages.py [rounds] [path ...]
"""

import asyncio
import gc
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, thread_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "web")]

import httpx  # noqa: E402
from shoes import (  # noqa: E402
    EVENING_S,
    HOUR,
    NOON_S,
    ORIGIN,
    PLANT,
    SmallDesk,
    accepted,
    an_order,
    intended,
    job,
    reported,
    stamped,
)
from shoes import ORDERS as KNOWN  # noqa: E402

from controller import events as e  # noqa: E402
from controller.desk import Live, Person  # noqa: E402
from controller.fold import apply  # noqa: E402
from controller.insights import ClosingCard, close  # noqa: E402
from controller.state import State  # noqa: E402
from controller.web import app  # noqa: E402
from drivers import JobState, Reading  # noqa: E402
from plant_config import Machine, Plant, route  # noqa: E402
from scheduler import Slot  # noqa: E402

ORDERS, MACHINES = 1_000, 50
BEGUN = 400
"""Orders of which the uppers are knitted."""
LIMIT_MS, SLICE_MS = 200, 5


def big_plant() -> Plant:
    """Return the shoe plant with 50 machines."""
    machines = dict(PLANT.machines)
    groups = [machine for machine in PLANT.machines.values() if machine.group != "pack"]
    number = 10
    while len(machines) < MACHINES:
        like = groups[number % len(groups)]
        name = f"{like.id[0]}{number}"
        if name not in machines:
            machines[name] = Machine(id=name, group=like.group, link=like.link)
        number += 1
    return replace(PLANT, machines=machines)


def facts(plant: Plant) -> Iterator[tuple[int, e.Event]]:
    """Write a day on which much is done, all is planned and most machines run."""
    yield 0, e.PlantOpened(plant=plant.name, digest="", origin_utc=ORIGIN.isoformat())
    yield 0, e.ClockSet(utc=ORIGIN.isoformat(), plant_s=0, speed=1)
    yield 0, e.ControllerStarted(digest="")
    for name in plant.machines:
        yield 1, e.LinkRestored(machine=name, boot=1, count=0)
    names = [str(5000 + number) for number in range(ORDERS)]
    for name in names:
        order = an_order(name, due_s=NOON_S if int(name) % 3 == 0 else EVENING_S)
        KNOWN[name] = replace(order, price_cents=18_900)
        yield 2, e.OrderAccepted(order=KNOWN[name], cost_cents=9000, premium_cents=3800)
    yield 10, a_plan(plant, names, 1)
    knitters = [name for name, machine in plant.machines.items() if machine.group == "knit"]
    for number, name in enumerate(names[:BEGUN]):
        for side in (1, 2):
            told = job(knitters[number % len(knitters)], f"Upper {name}", f"{name}/1.{side}/knit")
            at_s = 100 + number * 30
            yield at_s, intended(told)
            yield at_s, accepted(told)
            yield at_s, reported(told, JobState.RUNNING)
            yield at_s + 20, reported(told, JobState.ENDED)
            yield at_s + 21, e.MachineCleared(machine=told.machine)
    printers = [name for name, machine in plant.machines.items() if machine.group == "print"]
    for number, name in enumerate(printers):
        members = [f"{names[number * 4 + k]}/1.{side}/print" for k in range(4) for side in (1, 2)]
        told = job(name, f"Plate {number + 1}", *members, takes_s=9000)
        at_s = 13_000 + number
        yield at_s, intended(told, end_s=at_s + 9000)
        yield at_s, accepted(told)
        yield at_s, reported(told, JobState.RUNNING)
    yield 14_000, a_plan(plant, names, 2)


def a_plan(plant: Plant, names: list[str], number: int) -> e.PlanPublished:
    """Plan every operation somewhere, in the order of its routing."""
    by_need: dict[str, list[str]] = {}
    for machine in plant.machines.values():
        for need in plant.groups[machine.group].offers:
            by_need.setdefault(need, []).append(machine.id)
    slots, ends, chance = list[Slot](), dict[str, int](), random.Random(number)
    for place, name in enumerate(names):
        at_s = 14_400 + place * 30
        for operation in route(KNOWN[name], plant).operations.values():
            machines = by_need[operation.needs]
            machine = machines[place % len(machines)]
            end_s = at_s + 600 + chance.randrange(600)
            slots.append(
                Slot(
                    machine=machine,
                    operations=(operation.id,),
                    family=operation.family,
                    setup_start_s=at_s,
                    start_s=at_s,
                    end_s=end_s,
                )
            )
            at_s = end_s
        ends[name] = at_s
    return e.PlanPublished(
        number=number,
        why="what is wanted changed",
        slots=tuple(slots),
        levels=(("broken_rules", 0), ("cents", 0)),
        bound=0,
        tiers=(),
        took_ms=400,
        answers=10**6,
        ends=tuple(ends.items()),
        late_ends=tuple((name, end_s + 900) for name, end_s in ends.items()),
    )


class BigDesk(SmallDesk):
    """Closes the day as the running controller does: in a thread."""

    async def closing(self) -> ClosingCard:
        """Fold the journal into the card."""
        return await asyncio.to_thread(close, self.journal, self.state.plant)


def the_desk() -> SmallDesk:
    """Return a desk at 10:00 of that day."""
    plant = big_plant()
    state, journal = State(plant), []
    for seq, (at_s, event) in enumerate(facts(plant), start=1):
        one = stamped(seq, at_s, event)
        apply(state, one)
        journal.append(one)
    readings = (Reading(machine=name, activity="running", progress=10) for name in plant.machines)
    live = {reading.machine: Live(reading, 99.7) for reading in readings}
    people = {name: Person(name=f"Customer {name}") for name in state.orders}
    return BigDesk(state, journal, live, at_s=4 * HOUR, people=people)


PATHS = (
    "/floor",
    "/orders",
    "/orders/rows",
    "/orders?state=late&sort=customer&page=2",
    "/orders?q=customer",
    "/orders/5001",
    "/orders/5001?part=body",
    "/orders/5900",
    "/orders/export.csv",
    "/api/orders",
    "/api/orders/5001",
    "/plan",
    "/plan?view=table",
    "/api/plan",
    "/alarms",
    "/stock",
    "/doubts",
    "/station/B1",
    "/closing",
    "/api/machines",
    "/api/day",
)


class Slices:
    """Measures the most CPU time that the loop's thread spent between two turns of others."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._end = False

    async def watch(self) -> None:
        """Ask for a turn again and again."""
        last = thread_time()
        while not self._end:
            await asyncio.sleep(0)
            now = thread_time()
            self.longest = max(self.longest, now - last)
            last = now

    def stop(self) -> None:
        """End it."""
        self._end = True


async def measured(client: httpx.AsyncClient, path: str) -> tuple[int, float, float, int]:
    """Return status, milliseconds, the longest slice in milliseconds, and bytes."""
    slices = Slices()
    watching = asyncio.create_task(slices.watch())
    await asyncio.sleep(0)
    begun = perf_counter()
    answer = await client.get(path)
    took = perf_counter() - begun
    slices.stop()
    await watching
    return answer.status_code, took * 1000, slices.longest * 1000, len(answer.content)


def touch(desk: SmallDesk, number: int) -> None:
    """Let something happen between two requests, as in a running plant."""
    name = f"{5001 + number % 300}"
    desk.record(e.ToteAssigned(order=name, tote=f"T-{number}"))


async def main(rounds: int, paths: tuple[str, ...]) -> int:
    """Ask for each path, first cold, then with something new each time."""
    begun = perf_counter()
    desk = the_desk()
    print(f"{len(desk.state.orders)} orders, {len(desk.state.machines)} machines, ", end="")
    print(f"{desk.state.seq:,} events folded in {perf_counter() - begun:.1f} s")
    print(f"{'':<40}{'first':>9}{'slice':>8}{'then':>9}{'worst':>9}{'slice':>8}{'KB':>7}")
    # As in the service (controller/garbage.py).
    gc.collect()
    gc.freeze()
    transport, slow = httpx.ASGITransport(app(desk)), 0
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        for path in paths:
            status, first, first_slice, size = await measured(client, path)
            took, longest = list[float](), 0.0
            for number in range(rounds):
                touch(desk, number)
                _, each, slice_ms, _ = await measured(client, path)
                took.append(each)
                longest = max(longest, slice_ms)
            middle, worst = sorted(took)[len(took) // 2], max(took)
            over = " !" if worst > LIMIT_MS or longest > SLICE_MS else ""
            slow += bool(over)
            said = path if status == httpx.codes.OK else f"{path} ({status})"
            print(
                f"{said:<40}{first:>9.1f}{first_slice:>8.1f}{middle:>9.1f}{worst:>9.1f}"
                f"{longest:>8.1f}{size / 1024:>7.0f}{over}"
            )
    print(f"{slow} of {len(paths)} over {LIMIT_MS} ms or with a slice over {SLICE_MS} ms")
    return 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asked = int(arguments[0]) if arguments and arguments[0].isdigit() else 9
    named = tuple(each for each in arguments if each.startswith("/"))
    sys.exit(asyncio.run(main(asked, named or PATHS)))
