"""Small random shops, brute force over their sequences, and a day's work of a larger one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from scheduler import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task, decode
from scheduler.problem import RESERVE_S, Score

FAMILIES = ("", "yarn=blue", "yarn=red")
SMALL_S = 1_000_000
LASTING = settings(deadline=None, derandomize=True)
"""Properties hold on the same examples in every run; a longer hunt raises `max_examples`."""


def counting(moves):
    """Return a stop() that lets this many calls pass."""
    left = [moves]

    def stop():
        left[0] -= 1
        return left[0] < 0

    return stop


@st.composite
def problems(draw, most_tasks=7, crews=True, frozen=True):
    """Draw a shop with two or three machines, joins, families, plates, windows, crews, frozen work."""
    rng = Random(draw(st.integers(0, 10**9)))
    return random_problem(rng, draw(st.integers(1, most_tasks)), crews=crews, frozen=frozen)


def random_problem(rng, tasks, *, crews=True, frozen=True):
    now_s = rng.choice((0, 40))
    resources = {name: _resource(rng, name, group) for name, group in _machines(rng)}
    running, done, down = (), {}, {}
    if frozen and rng.random() < 0.5:
        machine = rng.choice(sorted(resources))
        begin = rng.choice((now_s - 20, now_s + 5))
        running = (
            Slot(
                machine=machine,
                operations=("o0/run",),
                family=rng.choice(FAMILIES),
                setup_start_s=begin - rng.choice((0, 15)),
                start_s=begin,
                end_s=now_s + rng.randint(10, 60),
            ),
        )
        done = {"o0/done": now_s - 3, "o1/done": now_s}
    if frozen and rng.random() < 0.2:
        down = {rng.choice(sorted(resources)): now_s + rng.randint(1, 80)}
    names = [f"o{rng.randrange(3)}/t{number}" for number in range(tasks)]
    made = {}
    for number, name in enumerate(names):
        earlier = [other for other in names[:number] if rng.random() < 0.3]
        if running and rng.random() < 0.3:
            earlier.append("o0/run")
        if done and rng.random() < 0.3:
            earlier.append(rng.choice(sorted(done)))
        made[name] = _task(rng, name, resources, tuple(earlier))
    return Problem(
        now_s=now_s,
        tasks=made,
        resources=resources,
        setups=_setups(rng),
        crews={"left": rng.randint(1, 2)} if crews and rng.random() < 0.5 else {},
        dues=_dues(rng),
        rates={"left": rng.choice((0, 3600, 5000)), "right": 1800},
        frozen=Frozen(done=done, running=running, down_until=down, rest_s=_rests(done, running)),
        reserve_s=0 if tasks % 3 == 0 else RESERVE_S,
        score=Score(run=3, setup=2, cost=5, late=40),
    )


def with_kits(problem):
    """Let the parts of joins cost while they lie about; no longer is it best to do all as early as can be."""
    tasks = {
        name: replace(task, kit_cents=3_600 * len(task.after))
        for name, task in problem.tasks.items()
    }
    return replace(problem, tasks=tasks)


def _rests(done, running):
    """Some of what is finished or runs rests, decided by its name."""
    names = [*done, *(name for slot in running for name in slot.operations)]
    return {name: 15 for name in names if len(name) % 2}


def _machines(rng):
    return [("L1", "left"), ("L2", "left"), ("R1", "right")][: rng.randint(2, 3)]


def _resource(rng, name, group):
    opens, windows = 0, []
    for _ in range(12):
        opens += rng.randint(0, 40)
        windows.append((opens, opens + rng.randint(150, 400)))
        opens = windows[-1][1]
    plate = rng.random() < 0.5
    return Resource(
        id=name,
        group=group,
        capacity=10 if plate else 0,
        max_members=rng.choice((0, 2)) if plate else 0,
        base_s=rng.choice((0, 10)),
        per_work_ms=rng.choice((0, 700, 2000)),
        per_height_ms=rng.choice((0, 300)),
        windows=((0, SMALL_S),) if rng.random() < 0.5 else tuple(windows),
        family=rng.choice(FAMILIES),
        free_s=rng.choice((0, 0, 50)),
    )


def _task(rng, name, resources, after):
    able = rng.sample(sorted(resources), rng.randint(1, len(resources)))
    return Task(
        id=name,
        order=name.split("/")[0],
        modes=tuple(Mode(machine, rng.randint(1, 60)) for machine in sorted(able)),
        family=rng.choice(FAMILIES),
        size=rng.randint(1, 6),
        work=rng.randint(0, 9),
        height=rng.randint(0, 30),
        after=after,
        release_s=rng.choice((0, 0, 70)),
        rest_s=25 if len(after) == 1 else 0,
    )


def _setups(rng):
    return {
        (group, before, after): Setup(rng.choice((0, 10, 30)), rng.choice((0, 0, 7)))
        for group in ("left", "right")
        for before in FAMILIES
        for after in FAMILIES
        if before != after or rng.random() < 0.2
    }


def _dues(rng):
    return {
        f"o{number}": Due(
            order=f"o{number}",
            due_s=rng.randint(40, 300),
            weight=rng.choice((1, 1, 2)),
            late_cents=rng.choice((50, 100)),
            again_s=(320, 380)[: number % 3],
        )
        for number in range(3)
    }


def every_schedule(problem) -> Iterator:
    """Decode every assignment of tasks to machines, batches and orders (five tasks at the most)."""
    names = list(problem.tasks)
    modes = [[mode.machine for mode in problem.tasks[name].modes] for name in names]
    for machines in product(*modes):
        on = {}
        for name, machine in zip(names, machines, strict=True):
            on.setdefault(machine, []).append(name)
        rows = [list(_rows(problem.resources[machine], members)) for machine, members in on.items()]
        for chosen in product(*rows):
            schedule = decode(problem, dict(zip(on, chosen, strict=True)))
            if schedule is not None:
                yield schedule


def _rows(resource, members):
    for parts in _partitions(members) if resource.capacity else [[[name] for name in members]]:
        yield from permutations(parts)


def _partitions(names):
    if not names:
        yield []
        return
    first, *others = names
    for parts in _partitions(others):
        yield [[first], *parts]
        for number, part in enumerate(parts):
            yield [*parts[:number], [first, *part], *parts[number + 1 :]]


def day_shop(seed, pairs=40, days=1, scale=1):
    """Pose a day of shoes by hand: knitting and printing for each foot, a join, an oven, packing."""
    rng = Random(seed)
    windows = tuple((day * 86_400, day * 86_400 + 57_600) for day in range(days + 20))
    resources = dict(_day_machines(windows, scale))
    tasks, dues = {}, {}
    for number in range(pairs):
        order = f"{4000 + number}"
        day = number * days // pairs
        cut_off = rng.choice((36_000, 57_600)) + day * 86_400
        dues[order] = Due(order=order, due_s=cut_off, late_cents=2_500)
        for task in _day_tasks(rng, order, resources, max(0, day - 1) * 86_400):
            tasks[task.id] = task
    return Problem(
        now_s=0,
        tasks=tasks,
        resources=resources,
        setups=_day_setups(tasks),
        crews={"knit": 1},
        dues=dues,
        rates={"knit": 2_800, "print": 1_900, "bond": 3_200, "oven": 900, "pack": 3_000},
    )


def _day_machines(windows, scale):
    groups = {
        "knit": (4, Resource(id="", group="knit", windows=windows, family="yarn=0;gauge=12")),
        "print": (
            4,
            Resource(
                id="",
                group="print",
                windows=windows,
                capacity=900,
                base_s=600,
                per_work_ms=9_000,
                per_height_ms=24,
                family="material=0",
            ),
        ),
        "bond": (3, Resource(id="", group="bond", windows=windows)),
        "oven": (1, Resource(id="", group="oven", windows=windows, capacity=8, base_s=1_500)),
        "pack": (2, Resource(id="", group="pack", windows=windows)),
    }
    for name, (count, pattern) in groups.items():
        for number in range(count * scale):
            values = {slot: getattr(pattern, slot) for slot in Resource.__slots__}
            values["id"] = f"{name}-{number + 1}"
            yield values["id"], Resource(**values)


def _day_tasks(rng, order, resources, release_s):
    def modes(group, takes_s):
        return tuple(Mode(name, takes_s) for name, r in resources.items() if r.group == group)

    yarn = f"yarn={rng.randrange(5)};gauge={rng.choice((12, 12, 14))}"
    material = f"material={rng.randrange(2)}"
    knit_s, area = rng.randint(1_500, 2_400), rng.randint(110, 170)
    volume, height = rng.randint(100, 180), rng.randint(25_000, 32_000)
    for foot in "12":
        yield Task(
            id=f"{order}/1.{foot}/knit",
            order=order,
            modes=modes("knit", knit_s),
            family=yarn,
            release_s=release_s,
        )
        yield Task(
            id=f"{order}/1.{foot}/print",
            order=order,
            modes=modes("print", 0),
            family=material,
            size=area,
            work=volume,
            height=height,
            release_s=release_s,
        )
    names = [f"{order}/1.{foot}/{step}" for foot in "12" for step in ("knit", "print")]
    for foot in "12":
        yield Task(
            id=f"{order}/1.{foot}/bond",
            order=order,
            modes=modes("bond", 900),
            after=(f"{order}/1.{foot}/knit", f"{order}/1.{foot}/print"),
        )
    bonds = tuple(f"{order}/1.{foot}/bond" for foot in "12")
    assert all(len(name) for name in names)
    yield Task(id=f"{order}/1.1-2/cure", order=order, modes=modes("oven", 0), size=1, after=bonds)
    yield Task(
        id=f"{order}/pack", order=order, modes=modes("pack", 240), after=(f"{order}/1.1-2/cure",)
    )


def _day_setups(tasks):
    yarns = {task.family for task in tasks.values() if task.family.startswith("yarn")}
    yarns.add("yarn=0;gauge=12")
    materials = {"material=0", "material=1"}
    knit = {
        ("knit", a, b): Setup(1_500 if a[-2:] != b[-2:] else 420, 60)
        for a in yarns
        for b in yarns
        if a != b
    }
    plates = {("print", a, b): Setup(1_200, 250) for a in materials for b in materials if a != b}
    return knit | plates
