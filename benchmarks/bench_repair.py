"""How fast a surprise is answered at mid-day, and how many orders the repaired plan moves.

Run: python benchmarks/bench_repair.py [number of seeds]
     python benchmarks/bench_repair.py standby [orders] [number of seeds]
The second has a printer of a random plant (plants.py) fail and a plan on standby answer.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

import networkx as nx  # noqa: E402
from plants import plant_set, to_problem  # noqa: E402

from controller.child import warm_up  # noqa: E402
from controller.kernels import find_kernels  # noqa: E402
from controller.planning import BUDGET_S, QUICK_S, Answer, ProcessPlanner, Question  # noqa: E402
from plant_config import Order, Plant, due_of, load, read_folder, route, shipped  # noqa: E402
from scheduler import (  # noqa: E402
    Frozen,
    Problem,
    Schedule,
    Slot,
    measure_levels,
    objectives,
    order_ends,
    pose,
    solve,
    violations,
)
from scheduler.wishes import Expedite, Terms  # noqa: E402

NOON_S = 6 * 3600
MORNING_MOVES = 600
REPAIR_S, LATE_S = 1_800, 3_600
DOWN_MIN, PLAN_S, SEARCH_S, PRICE, FAILURES = 480, 6.0, 0.2, 2, 9
"""Of a failure answered from standby: what it takes, how long the plan before it was searched, how long
the repaired one is, cents for each task that changes machines, and how often it is timed."""


@dataclass(frozen=True)
class Noon:
    """The demo day as it stands at mid-day, half of it made."""

    plant: Plant
    orders: tuple[Order, ...]
    frozen: Frozen
    plan: tuple[Slot, ...]

    def question(self, budget_s: float = QUICK_S, **changes: object) -> Question:
        """Ask for a plan of what is left."""
        values: dict[str, object] = {
            "stamp": 1,
            "why": "a surprise",
            "orders": self.orders,
            "frozen": self.frozen,
            "now_s": NOON_S,
            "hint": self.plan,
            "budget_s": budget_s,
        }
        return Question(**(values | changes))


def noon(plant: Plant, orders: tuple[Order, ...], seed: int) -> Noon:
    """Plan the morning and follow the plan until mid-day."""
    count = iter(range(10**9))
    solution = solve(pose(orders, plant), lambda: next(count) > MORNING_MOVES, seed=seed)
    assert solution.schedule is not None
    slots = solution.schedule.slots
    done = {n: slot.end_s for slot in slots for n in slot.operations if slot.end_s <= NOON_S}
    running = tuple(slot for slot in slots if slot.setup_start_s < NOON_S < slot.end_s)
    ended = sorted((s for s in slots if s.end_s <= NOON_S), key=lambda slot: slot.end_s)
    frozen = Frozen(done=done, running=running, family_of={s.machine: s.family for s in ended})
    left = tuple(order for order in orders if f"{order.id}/pack" not in done)
    return Noon(plant, left, frozen, tuple(slot for slot in slots if slot.setup_start_s >= NOON_S))


def machine_fails(day: Noon, rng: Random) -> Question:
    """A printer dies with a plate on it."""
    plates = [slot for slot in day.frozen.running if slot.machine.startswith("P")]
    lost = rng.choice(plates)
    running = tuple(slot for slot in day.frozen.running if slot is not lost)
    down = {lost.machine: NOON_S + REPAIR_S}
    return day.question(frozen=replace(day.frozen, running=running, down_until=down))


def scrap(day: Noon, rng: Random) -> Question:
    """A pair comes out of bonding spoilt: everything that went into it is made again."""
    open_now = {order.id: order for order in day.orders}
    made = [n for n in day.frozen.done if n.endswith("/bond") and n.partition("/")[0] in open_now]
    spoilt = rng.choice(made)
    graph = route(open_now[spoilt.partition("/")[0]], day.plant).graph
    again = {spoilt, *nx.ancestors(graph, spoilt), *nx.descendants(graph, spoilt)}
    done = {name: end_s for name, end_s in day.frozen.done.items() if name not in again}
    running = tuple(s for s in day.frozen.running if not again.intersection(s.operations))
    return day.question(frozen=replace(day.frozen, done=done, running=running))


def urgent_order(day: Noon, rng: Random) -> Question:
    """An order comes in that has to leave today, before all others."""
    like = rng.choice(day.orders)
    due_s = due_of(day.plant, like.cut_off, NOON_S + 4 * 3600)
    order = replace(like, id="9999", release_s=NOON_S, due_s=due_s)
    terms = Terms(wishes=(Expedite(order=order.id),))
    return day.question(orders=(*day.orders, order), terms=terms)


def cancelled_order(day: Noon, rng: Random) -> Question:
    """An order is called off; what runs for it goes on."""
    gone = rng.choice(day.orders)
    return day.question(orders=tuple(order for order in day.orders if order is not gone))


def late_person(day: Noon, rng: Random) -> Question:
    """Somebody comes an hour later to the bench."""
    bench = rng.choice([name for name in day.plant.machines if name.startswith("B")])
    down = {bench: NOON_S + LATE_S}
    return day.question(frozen=replace(day.frozen, down_until=down))


SURPRISES: tuple[Callable[[Noon, Random], Question], ...] = (
    machine_fails,
    scrap,
    urgent_order,
    cancelled_order,
    late_person,
)


def moved(day: Noon, ends: Iterable[tuple[str, int]]) -> int:
    """Count the orders that end at another time than the plan said, as people notice it."""
    problem = pose(day.orders, day.plant, day.frozen, NOON_S)
    was = order_ends(problem, Schedule(day.plan))
    return sum(name in was and abs(was[name] - end_s) >= objectives.MOVED_S for name, end_s in ends)


def standby(orders: int, seeds: int) -> None:
    """Print how fast a plan on standby answers, and what a search of a fifth of a second makes of it with
    and without a price for tasks that change machines."""
    find_kernels(None).use()
    # Loading it loads kernels, from where they are kept.
    from scheduler.anneal.standby import stand_by  # noqa: PLC0415

    print(f"{orders} orders; a printer is down for {DOWN_MIN} minutes at 0.3 of the plan's time")
    for seed in range(1, seeds + 1):
        problem = to_problem(plant_set(orders, seed))
        plan = solve(problem, lambda: True, seed=seed, share=_spent(PLAN_S)).schedule
        assert plan is not None, "Windows have no end, so there is a plan."
        now = 3 * max(slot.end_s for slot in plan.slots) // 10
        took = []
        for cents in (None, 0, PRICE):
            best_ms = []
            for _ in range(FAILURES):
                ready = stand_by(problem, plan, seed)
                assert ready is not None, "The plan is the search's own."
                begun_s = time.perf_counter()
                assert ready.fail("print0", now, now + DOWN_MIN), "No crew, no window that ends."
                best_ms.append(1_000 * (time.perf_counter() - begun_s))
            took += best_ms
            if cents is not None:
                ready.improve(_spent(SEARCH_S), cents)
            _say_standby(problem, plan, ready.schedule(), now, cents)
        print(f"    answered in {min(took):.2f} ms at best, {median(took):.2f} ms in the middle")


def _say_standby(
    problem: Problem, plan: Schedule, repaired: Schedule, now: int, cents: int | None
) -> None:
    cut = replace(
        problem.resources["print0"], windows=((0, now), (now + DOWN_MIN, _last_hour(problem)))
    )
    strict = replace(problem, resources={**problem.resources, "print0": cut})
    assert next(violations(strict, repaired), None) is None, "A wrong plan counts for nothing."
    was = {name: slot.machine for slot in plan.slots for name in slot.operations}
    still = [
        (name, slot.machine)
        for slot in repaired.slots
        if slot.start_s >= now and slot.machine.startswith(("print", "knit"))
        for name in slot.operations
    ]
    changed = sum(was[name] != machine for name, machine in still) / max(1, len(still))
    cost = dict(measure_levels(problem, repaired))["cents"]
    what = "moved to later" if cents is None else f"{SEARCH_S:g} s, {cents} cents a change"
    print(f"  {what:<26}{cost:>8}{100 * changed:>7.1f} % of {len(still)} on another machine")


def _last_hour(problem: Problem) -> int:
    return max(resource.windows[-1][1] for resource in problem.resources.values())


def _spent(seconds: float) -> Callable[[], float]:
    begun_s = time.process_time()
    return lambda: (time.process_time() - begun_s) / seconds


async def answered(planner: ProcessPlanner, day: Noon, question: Question) -> tuple[Answer, float]:
    """Ask while a longer search is under way, and take the time to the answer."""
    improving = asyncio.ensure_future(planner.ask(day.question(BUDGET_S)))
    await asyncio.sleep(0.2)
    begun_s = time.monotonic()
    answer = await planner.ask(question)
    took_s = time.monotonic() - begun_s
    await improving
    return answer, took_s


async def main(seeds: int) -> None:
    """Print median and worst over seeds for each kind of surprise."""
    # Children import this file too, and need not read orders.
    from controller.orders import read_orders  # noqa: PLC0415

    folder = shipped("sneaker")
    assert folder is not None
    plant = load(read_folder(folder))
    text = (folder / "orders.csv").read_text("utf-8")
    read = read_orders(text, plant, 0, {}, first_day=date(2026, 11, 24))
    orders = tuple(each.order for each in read.accepted)
    days = [noon(plant, orders, seed) for seed in range(1, seeds + 1)]
    planner = ProcessPlanner(plant)
    await warm_up()
    planner.warm()
    print(
        f"{len(orders)} orders, at mid-day, {seeds} seeds; a search of {BUDGET_S:g} s is under way"
    )
    worst_s = 0.0
    for surprise in SURPRISES:
        took, stays, scratch, cents = [], [], [], []
        for seed, day in enumerate(days, 1):
            question = surprise(day, Random(seed))
            answer, took_s = await answered(planner, day, question)
            anew, _ = await answered(planner, day, replace(question, hint=()))
            assert answer.slots is not None, answer.why
            took.append(took_s)
            stays.append(moved(day, answer.ends))
            scratch.append(moved(day, anew.ends))
            cents.append(dict(answer.levels)["cents"] - dict(anew.levels)["cents"])
        worst_s = max(worst_s, *took)
        print(
            f"  {surprise.__name__.replace('_', ' '):<16}"
            f"{median(took) * 1000:>6.0f} ms, at most {max(took) * 1000:.0f} ms;"
            f"{median(stays):>4g} orders moved, {median(scratch):g} from scratch;"
            f"{median(cents) / 100:>9.2f} against scratch"
        )
    planner.close()
    if worst_s > 1.0:
        sys.exit("A repair took longer than a second.")


if __name__ == "__main__" and sys.argv[1:2] == ["standby"]:
    given = [int(word) for word in sys.argv[2:]]
    standby((given or [1_000])[0], (given[1:] or [2])[0])
elif __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 5))
