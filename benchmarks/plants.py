"""Random plants of printers, knitting machines, assembly and packing, against a carrier's cut-offs.

Times are minutes. An order is printed in 1 (2 of 3) or 2 parts: one of 4 materials, an area of 40 to
260 of a plate's 1,000, a height of 20 to 90. With probability 0.6 something of it is knitted in one of
6 families, 15 to 45 minutes. A plate takes 25 minutes and one for each unit of its greatest height; a
plate of the same material is prepared in 5, of another and the first in 30. Knitting changes from one
family to another in 10 and the distance of two points that are drawn in a square of 40. A print rests 45
minutes. Then an order is assembled in 8 to 20 minutes and packed in 6. Three of five orders are released
within the first 0.4 of the time that the work needs; an order is promised by the cut-off, every 240
minutes, that follows its release, 180 minutes and up to 0.9 of that time. Missing a cut-off costs 100,
for a quarter of the orders 300, and as much again for each that follows; a minute of setup costs 1.
Up to 200 orders there are 4 printers, 3 knitting machines, 3 and 2 stations; beyond 14, 10, 10 and 6.

Each order is a spec of its own, unless `specs` says how many there are: then the first so many orders are
drawn, and the others repeat them in turn. `varied` makes a spec of each order at the same volume: materials
are dealt anew over all prints and families over all knits, and of what orders of one spec have in common,
areas, heights and minutes, the first of two gets up to a quarter more, and the second as much less.

Run: python benchmarks/plants.py FOLDER [seed] [orders ...]     writes the instances as JSON
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from math import ceil
from pathlib import Path
from random import Random
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from scheduler.problem import ALL_TIME_S, Due, Mode, Problem, Resource, Setup, Task  # noqa: E402

CUT, REST, PACK, PLATE, MISS = 240, 45, 6, 1_000, 100
CYCLE = 25
KNITTED, RELEASED_LATER = 0.6, 0.6
SAME, OTHER = 5, 30
MATERIALS, FAMILIES = 4, 6
SIZES = (50, 200, 1_000, 5_000)
FEW, MANY = (4, 3, 3, 2), (14, 10, 10, 6)


@dataclass(frozen=True, slots=True)
class Print:
    """A printed part."""

    order: int
    material: int
    area: int
    height: int


@dataclass(frozen=True, slots=True)
class Knit:
    """A knitted part."""

    order: int
    family: int
    takes: int


@dataclass(frozen=True, slots=True)
class PlantSet:
    """An instance. Orders are counted from 0."""

    machines: tuple[int, int, int, int]
    """Printers, knitting machines, assembly and packing stations."""
    change: list[list[int]]
    """Family before -> family after -> minutes."""
    prints: list[Print]
    knits: list[Knit]
    release: list[int]
    promise: list[int]
    """Cut-offs, counted from 1."""
    weight: list[int]
    assembly: list[int]


def plant_set(orders: int, seed: int = 1, specs: int = 0) -> PlantSet:
    """Draw an instance; 0 specs: as many as orders."""
    rng = Random(seed)
    machines = FEW if orders <= SIZES[1] else MANY
    at = [(rng.random() * 40, rng.random() * 40) for _ in range(FAMILIES)]
    change = [
        [0 if a is b else int(10 + abs(a[0] - b[0]) + abs(a[1] - b[1])) for b in at] for a in at
    ]
    prints: list[Print] = []
    knits: list[Knit] = []
    specs = specs or orders
    for order in range(specs):
        for _ in range(rng.choice((1, 1, 2))):
            drawn = (rng.randrange(MATERIALS), rng.randint(40, 260), rng.randint(20, 90))
            prints.append(Print(order, *drawn))
        if rng.random() < KNITTED:
            knits.append(Knit(order, rng.randrange(FAMILIES), rng.randint(15, 45)))
    prints = [replace(p, order=o) for o in range(orders) for p in _of(prints, o % specs)]
    knits = [replace(k, order=o) for o in range(orders) for k in _of(knits, o % specs)]
    printing = sum(each.area for each in prints) / 850 * 110 / machines[0]
    knitting = sum(each.takes + 8 for each in knits) / machines[1]
    span = max(printing, knitting, 14 * orders / machines[2])
    release = [
        int(rng.random() * 0.4 * span) if rng.random() < RELEASED_LATER else 0
        for _ in range(orders)
    ]
    promise = [ceil((each + 180 + rng.random() * 0.9 * span) / CUT) for each in release]
    weight = [rng.choice((1, 1, 1, 3)) for _ in range(orders)]
    assembly = [rng.randint(8, 20) for _ in range(specs)]
    assembly = [assembly[order % specs] for order in range(orders)]
    return PlantSet(machines, change, prints, knits, release, promise, weight, assembly)


Part = TypeVar("Part", Print, Knit)


def _of(parts: Sequence[Part], order: int) -> Iterator[Part]:
    return (part for part in parts if part.order == order)


def varied(plant: PlantSet, specs: int, seed: int = 1) -> PlantSet:
    """Return as much work of the same kind, each order a spec of its own."""
    rng = Random(seed)
    materials = [each.material for each in plant.prints]
    families = [each.family for each in plant.knits]
    rng.shuffle(materials)
    rng.shuffle(families)
    orders = len(plant.promise)
    prints = [
        replace(each, material=material)
        for each, material in zip(plant.prints, materials, strict=True)
    ]
    knits = [
        replace(each, family=family) for each, family in zip(plant.knits, families, strict=True)
    ]
    assembly = list(plant.assembly)
    at = _places(prints), _places(knits)
    for spec in range(specs):
        copies = range(spec, orders, specs)
        for one, other in zip(copies[::2], copies[1::2], strict=False):
            for a, b in zip(at[0].get(one, ()), at[0].get(other, ()), strict=True):
                more = _more(rng, prints[a].area), _more(rng, prints[a].height)
                prints[a], prints[b] = _shifted(prints[a], more), _shifted(prints[b], more, -1)
            for a, b in zip(at[1].get(one, ()), at[1].get(other, ()), strict=True):
                takes = _more(rng, knits[a].takes)
                knits[a] = replace(knits[a], takes=knits[a].takes + takes)
                knits[b] = replace(knits[b], takes=knits[b].takes - takes)
            takes = _more(rng, assembly[one])
            assembly[one], assembly[other] = assembly[one] + takes, assembly[other] - takes
    return replace(plant, prints=prints, knits=knits, assembly=assembly)


def _places(parts: Sequence[Print] | Sequence[Knit]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        found.setdefault(part.order, []).append(number)
    return found


def _more(rng: Random, value: int) -> int:
    return rng.randint(0, value // 4)


def _shifted(each: Print, more: tuple[int, int], sign: int = 1) -> Print:
    return replace(each, area=each.area + sign * more[0], height=each.height + sign * more[1])


def specs_in(plant: PlantSet) -> int:
    """Count the distinct specs."""
    prints, knits = _places(plant.prints), _places(plant.knits)
    found = {
        (
            tuple(astuple(plant.prints[n])[1:] for n in prints.get(order, ())),
            tuple(astuple(plant.knits[n])[1:] for n in knits.get(order, ())),
            takes,
        )
        for order, takes in enumerate(plant.assembly)
    }
    return len(found)


def to_problem(plant: PlantSet) -> Problem:
    """Pose an instance."""
    groups = ("print", "knit", "join", "pack")
    of = {
        group: [f"{group}{number}" for number in range(count)]
        for group, count in zip(groups, plant.machines, strict=True)
    }
    tasks = {task.id: task for task in _tasks(plant, of)}
    resources = {
        name: Resource(
            id=name,
            group=group,
            windows=((0, ALL_TIME_S),),
            capacity=PLATE if group == "print" else 0,
            base_s=CYCLE if group == "print" else 0,
            per_height_ms=1_000 if group == "print" else 0,
        )
        for group, names in of.items()
        for name in names
    }
    last = 4 * max(plant.promise)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources=resources,
        setups=dict(_setups(plant)),
        dues={
            str(order): Due(
                order=str(order),
                due_s=promise * CUT,
                weight=plant.weight[order],
                late_cents=MISS,
                again_s=tuple(cut * CUT for cut in range(promise + 1, last)),
            )
            for order, promise in enumerate(plant.promise)
        },
        reserve_s=0,
    )


def _setups(plant: PlantSet) -> list[tuple[tuple[str, str, str], Setup]]:
    setups = []
    materials = [f"material={m}" for m in range(MATERIALS)]
    for after in materials:
        for before in ("", *materials):
            takes = SAME if before == after else OTHER
            setups.append((("print", before, after), Setup(takes, takes)))
    for before, row in enumerate(plant.change):
        for after, takes in enumerate(row):
            key = ("knit", f"family={before}", f"family={after}")
            setups.append((key, Setup(takes, takes)))
    return setups


def _tasks(plant: PlantSet, of: dict[str, list[str]]) -> list[Task]:
    tasks: list[Task] = []
    parts: dict[int, list[str]] = {}

    def modes(group: str, takes: int) -> tuple[Mode, ...]:
        return tuple(Mode(name, takes) for name in of[group])

    for each in plant.prints:
        own = parts.setdefault(each.order, [])
        own.append(f"{each.order}/print{len(own)}")
        tasks.append(
            Task(
                id=own[-1],
                order=str(each.order),
                modes=modes("print", 0),
                family=f"material={each.material}",
                size=each.area,
                height=each.height,
                release_s=plant.release[each.order],
                rest_s=REST,
            )
        )
    for knit in plant.knits:
        parts[knit.order].append(f"{knit.order}/knit")
        tasks.append(
            Task(
                id=f"{knit.order}/knit",
                order=str(knit.order),
                modes=modes("knit", knit.takes),
                family=f"family={knit.family}",
                release_s=plant.release[knit.order],
            )
        )
    for number, takes in enumerate(plant.assembly):
        order, join = str(number), f"{number}/join"
        after = tuple(parts[number])
        tasks.append(Task(id=join, order=order, modes=modes("join", takes), after=after))
        tasks.append(
            Task(id=f"{number}/pack", order=order, modes=modes("pack", PACK), after=(join,))
        )
    return tasks


def main(folder: Path, seed: int, sizes: list[int]) -> None:
    """Write instances."""
    folder.mkdir(parents=True, exist_ok=True)
    for orders in sizes:
        path = folder / f"plant-{orders}-{seed}.json"
        path.write_text(json.dumps(asdict(plant_set(orders, seed))) + "\n", "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[2:]]
    main(Path(sys.argv[1]), (given or [1])[0], given[1:] or list(SIZES))
