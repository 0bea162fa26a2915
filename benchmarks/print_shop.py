"""A print shop whose orders arrive one by one, and the floor on which they are made.

Times are minutes here, seconds in the problem. Orders come in from 7:00 to 19:00 on so many days, with
gaps that are exponential around a mean. An order has 1 (two of three) or 2 printed parts of one material
of 3 (half of all, three of ten, two of ten), each with an area of 40 to 260 of a plate's 1,000 and a
height of 20 to 90, drawn evenly. A plate takes 25 minutes and one for each unit of its greatest height;
preparing it takes 5 with the material that is in, 30 with another one. Prints rest 45 minutes; then an
order is assembled in 8 to 20 and packed in 6. A carrier comes every 4 hours; an order is promised for the
first one that comes after so many minutes, drawn evenly from 6 to 24 hours. Missing it costs 100, for a
quarter of the orders 300, and as much again for each that follows. A minute of preparing, and of a
plate's first 25, costs 1. There are 3 printers, 2 people who assemble, and one who packs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from scheduler import Due, Frozen, Mode, Problem, Resource, Schedule, Setup, Slot, Task, decode
from scheduler.construct import best_start
from scheduler.decode import sequences_of, to_schedule
from scheduler.improve import improve
from scheduler.indexed import index
from scheduler.problem import ALL_TIME_S
from scheduler.replan import repair
from scheduler.rollout import Part, Pool
from scheduler.times import decode_rows

MINUTE, DAY = 60, 1_440
OPENS, CLOSES = 420, 1_140
CUT, SOONEST, LATEST = 240, 360, 1_440
PLATE, BASE, REST, PACK = 1_000, 25, 45, 6
SAME, OTHER, MISS = 5, 30, 100
MATERIALS, SHARES = ("pla", "petg", "tpu"), (5, 3, 2)
PRINTERS, JOINERS = 3, 2
MOVES = 120
"""Moves of the search for each plan."""
RATE = 60 * MISS
"""Cents an hour: a hundredth of a unit of cost is a cent."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order as it arrives, in minutes."""

    name: str
    at: int
    material: str
    parts: tuple[tuple[int, int], ...]
    """Area and height of each."""
    assembly: int
    promise: int
    weight: int


def orders(seed: int, gap: float, days: int) -> list[Ordered]:
    """Draw the orders of some days."""
    rng, found = Random(f"print shop {seed} {gap}"), []
    for day in range(days):
        at = day * DAY + OPENS + rng.expovariate(1 / gap)
        while at < day * DAY + CLOSES:
            found.append(_order(rng, str(len(found)), int(at)))
            at += rng.expovariate(1 / gap)
    return found


def _order(rng: Random, name: str, at: int) -> Ordered:
    parts = tuple((rng.randint(40, 260), rng.randint(20, 90)) for _ in range(rng.choice((1, 1, 2))))
    promise = -(-(at + rng.randint(SOONEST, LATEST)) // CUT) * CUT
    material = rng.choices(MATERIALS, SHARES)[0]
    return Ordered(name, at, material, parts, rng.randint(8, 20), promise, rng.choice((1, 1, 1, 3)))


def seen(arrived: Sequence[Ordered]) -> list[Part]:
    """Return what arrived for the printers, with the latest start of a plate of its own."""
    return [
        Part(
            at_s=order.at * MINUTE,
            latest_s=(order.promise - PACK - order.assembly - REST - height - BASE) * MINUTE,
            family=order.material,
            size=area,
            height=height,
            late_cents=MISS * 100 * order.weight // len(order.parts),
        )
        for order in arrived
        for area, height in order.parts
    ]


def printers() -> Pool:
    """Return the printers as a rollout knows them."""
    resource = next(each for each in _machines() if each.group == "print")
    setups = {(a, b): each for (group, a, b), each in _setups().items() if group == "print"}
    return Pool(resource=resource, machines=PRINTERS, rate_cents=RATE, setups=setups)


def to_problem(known: Sequence[Ordered], now_s: int = 0, frozen: Frozen | None = None) -> Problem:
    """Pose what is open of the orders that are known."""
    frozen = Frozen() if frozen is None else frozen
    gone = frozen.done.keys() | {name for slot in frozen.running for name in slot.operations}
    tasks = [task for order in known for task in _tasks(order) if task.id not in gone]
    return Problem(
        now_s=now_s,
        tasks={task.id: task for task in tasks},
        resources={
            each.id: replace(each, family=frozen.family_of.get(each.id, each.family))
            for each in _machines()
        },
        setups=_setups(),
        dues={order.name: _due(order) for order in known},
        rates={"print": RATE},
        frozen=frozen,
        reserve_s=0,
    )


def _due(order: Ordered) -> Due:
    again = range(order.promise + CUT, order.promise + 12 * CUT, CUT)
    return Due(
        order=order.name,
        due_s=order.promise * MINUTE,
        weight=order.weight,
        late_cents=MISS * 100,
        again_s=tuple(cut * MINUTE for cut in again),
    )


def _machines() -> Iterator[Resource]:
    always = ((0, ALL_TIME_S),)
    for number in range(PRINTERS):
        yield Resource(
            id=f"print{number}",
            group="print",
            windows=always,
            capacity=PLATE,
            base_s=BASE * MINUTE,
            per_height_ms=MINUTE * 1_000,
        )
    for number in range(JOINERS):
        yield Resource(id=f"join{number}", group="join", windows=always)
    yield Resource(id="pack", group="pack", windows=always)


def _setups() -> dict[tuple[str, str, str], Setup]:
    return {
        ("print", before, after): Setup((SAME if before == after else OTHER) * MINUTE)
        for after in MATERIALS
        for before in ("", *MATERIALS)
    }


def _tasks(order: Ordered) -> Iterator[Task]:
    release_s = order.at * MINUTE
    prints = tuple(f"{order.name}/print{number}" for number in range(len(order.parts)))
    for name, (area, height) in zip(prints, order.parts, strict=True):
        yield Task(
            id=name,
            order=order.name,
            modes=tuple(Mode(f"print{k}", 0) for k in range(PRINTERS)),
            family=order.material,
            size=area,
            height=height,
            release_s=release_s,
            rest_s=REST * MINUTE,
        )
    join, takes_s = f"{order.name}/join", order.assembly * MINUTE
    modes = tuple(Mode(f"join{k}", takes_s) for k in range(JOINERS))
    yield Task(id=join, order=order.name, modes=modes, after=prints)
    modes = (Mode("pack", PACK * MINUTE),)
    yield Task(id=f"{order.name}/pack", order=order.name, modes=modes, after=(join,))


Holds = Callable[[Problem, Schedule], dict[str, int]]
"""Machine -> second until which what is next on it is held back."""


@dataclass
class Floor:
    """What has happened, and what is planned: a new plan for each order, work begins as it falls due."""

    coming: list[Ordered]
    holds: Holds
    known: list[Ordered] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    running: list[Slot] = field(default_factory=list)
    made: list[Slot] = field(default_factory=list)
    family: dict[str, str] = field(default_factory=dict)
    plan: Schedule = field(default_factory=lambda: Schedule(()))

    def run(self) -> Schedule:
        """Run until everything is made."""
        now_s = 0
        while True:
            self._end(now_s)
            arrived = False
            while self.coming and self.coming[0].at * MINUTE <= now_s:
                self.known.append(self.coming.pop(0))
                arrived = True
            problem = self._problem(now_s)
            if problem.tasks:
                self.plan = self._planned(problem, anew=arrived)
                wakes = self._begin(problem, now_s)
            else:
                wakes = []
            wakes += [slot.end_s for slot in self.running if slot.end_s > now_s]
            wakes += [self.coming[0].at * MINUTE] if self.coming else []
            if not wakes:
                return Schedule(tuple(self.made))
            now_s = min(wakes)

    def _end(self, now_s: int) -> None:
        for slot in [slot for slot in self.running if slot.end_s <= now_s]:
            self.running.remove(slot)
            self.done |= dict.fromkeys(slot.operations, slot.end_s)

    def _problem(self, now_s: int) -> Problem:
        over = [*self.done, *(name for slot in self.running for name in slot.operations)]
        frozen = Frozen(
            done=dict(self.done),
            running=tuple(self.running),
            family_of=dict(self.family),
            rest_s={name: REST * MINUTE for name in over if "print" in name},
        )
        return to_problem(
            [o for o in self.known if f"{o.name}/pack" not in self.done], now_s, frozen
        )

    def _planned(self, problem: Problem, *, anew: bool) -> Schedule:
        """Go on with the plan as it is, or search for a better one."""
        if not anew:
            rows = {
                machine: [tuple(n for n in batch if n in problem.tasks) for batch in row]
                for machine, row in sequences_of(self.plan).items()
            }
            again = decode(problem, {k: [b for b in row if b] for k, row in rows.items()})
            assert again is not None, "What is left of a plan can be run."
            return again
        indexed = index(problem)
        rows_now = repair(indexed, self.plan) if self.plan.slots else None
        rows_now = best_start(indexed)[0] if rows_now is None else rows_now
        moves = count()
        best, _ = improve(indexed, rows_now, lambda: next(moves) >= MOVES, 1)
        times = decode_rows(indexed, best)
        assert times is not None, "What the search returns can be run."
        return to_schedule(indexed, best, times)

    def _begin(self, problem: Problem, now_s: int) -> list[int]:
        """Begin what is next on its machine, ready and not held back; return when to look again."""
        held, wakes = self.holds(problem, self.plan), []
        for machine, row in self.plan.by_machine.items():
            slot = row[0]
            before = self.family.get(machine, "")
            setup = problem.setups.get(
                (problem.resources[machine].group, before, slot.family), Setup(0)
            )
            due_s = max(slot.setup_start_s, slot.start_s - setup.takes_s, held.get(machine, 0))
            if due_s > now_s:
                wakes.append(due_s)
                continue
            # Its setup began with the plan's first chance, or now if it was held back.
            begun = replace(
                slot,
                setup_start_s=now_s,
                start_s=now_s + setup.takes_s,
                end_s=now_s + setup.takes_s + slot.end_s - slot.start_s,
            )
            self.running.append(begun)
            self.made.append(begun)
            self.family[machine] = slot.family
        return wakes
