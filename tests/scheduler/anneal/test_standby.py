"""A plan on standby answers a failure: what has begun stays, nothing is done in the down time."""

from dataclasses import replace
from random import Random

import pytest
from plants import plant

from scheduler import Due, Mode, Problem, Resource, Setup, Task, measure_levels, violations
from scheduler.anneal.search import first_rows
from scheduler.anneal.standby import stand_by
from scheduler.construct import best_start
from scheduler.decode import to_schedule
from scheduler.indexed import index
from scheduler.times import decode_rows

SEARCHED = ("p", "k")


def factory(seed, orders=12):
    """Plates and knits with setups, then a line; hours never end."""
    rng = Random(f"standby {seed}")
    tasks, dues = {}, {}
    of = {"p": ("p0", "p1", "p2"), "k": ("k0", "k1"), "z": ("z0", "z1")}

    def modes(group, takes):
        return tuple(Mode(name, takes) for name in of[group])

    for n in range(orders):
        order, release = f"o{n}", rng.choice((0, 0, rng.randint(0, 200)))
        parts = [f"{order}/p{x}" for x in range(rng.choice((1, 2)))]
        for name in parts:
            tasks[name] = Task(
                id=name,
                order=order,
                modes=modes("p", rng.randint(5, 20)),
                family=rng.choice("abc"),
                size=rng.randint(1, 4),
                release_s=release,
                rest_s=rng.choice((0, 9)),
            )
        if rng.random() < 0.6:
            parts.append(f"{order}/k")
            takes = rng.randint(10, 40)
            tasks[parts[-1]] = Task(
                id=parts[-1], order=order, modes=modes("k", takes), family=rng.choice("de")
            )
        tasks[f"{order}/z"] = Task(
            id=f"{order}/z", order=order, modes=modes("z", rng.randint(5, 15)), after=tuple(parts)
        )
        dues[order] = Due(order=order, due_s=rng.randint(60, 300), late_cents=500)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(
                id=name,
                group=group,
                capacity=8 if group == "p" else 0,
                base_s=20 if group == "p" else 0,
                windows=((0, 100_000),) if seed % 2 else ((0, 90), (110, 100_000)),
            )
            for group, names in of.items()
            for name in names
        },
        setups={
            (group, a, b): Setup(rng.randint(0, 12), 5)
            for group, families in (("p", "abc"), ("k", "de"))
            for a in ("", *families)
            for b in families
            if a != b
        },
        crews={"p": 1} if seed % 3 == 0 else {},
        dues=dues,
        reserve_s=0,
    )


def planned(problem):
    indexed = index(problem)
    rows = first_rows(indexed)
    return to_schedule(indexed, rows, decode_rows(indexed, rows))


def down(problem, machine, now_s, until_s):
    """The problem with hours cut, as a stranger would check it."""
    resource = problem.resources[machine]
    hours = [
        piece
        for a, b in resource.windows
        for piece in ((a, min(b, now_s)), (max(a, until_s), b))
        if piece[0] < piece[1]
    ]
    changed = replace(resource, windows=tuple(hours))
    return replace(problem, resources={**problem.resources, machine: changed})


def begun(plan, failed, now_s):
    return {
        slot
        for slot in plan.slots
        if (slot.end_s <= now_s if slot.machine == failed else slot.setup_start_s < now_s)
    }


@pytest.mark.parametrize("seed", range(24))
def test_what_has_begun_stays_and_nothing_is_done_in_the_down_time(seed):
    problem = factory(seed)
    plan = planned(problem)
    rng = Random(seed)
    failed = rng.choice(("p0", "p1", "k0"))
    now_s = rng.randint(20, max(slot.end_s for slot in plan.slots) // 2)
    until_s = now_s + rng.randint(20, 200)
    ready = stand_by(problem, plan, seed)
    if not ready.fail(failed, now_s, until_s):
        assert problem.crews, "Only a crew's turns may bring what has begun into disorder."
        return
    held = begun(plan, failed, now_s)
    for moves in (0, 3):
        if moves:
            shares = iter([0.2, 0.6, 1.0])
            ready.improve(lambda shares=shares: next(shares), cents=moves)
        repaired = ready.schedule()
        assert not list(violations(down(problem, failed, now_s, until_s), repaired))
        places = {(name, s.machine, s.start_s) for s in repaired.slots for name in s.operations}
        assert {(name, s.machine, s.start_s) for s in held for name in s.operations} <= places
        known = {name for slot in held for name in slot.operations}
        for slot in repaired.slots:
            if not known.intersection(slot.operations):
                assert slot.start_s >= now_s


@pytest.mark.parametrize("seed", range(1, 9, 2))
def test_a_dear_change_of_machine_is_made_less_often_than_a_free_one(seed):
    problem = factory(seed, orders=40)
    plan = planned(problem)
    was = {name: slot.machine for slot in plan.slots for name in slot.operations}
    changes = []
    for cents in (0, 10_000):
        ready = stand_by(problem, plan, seed)
        assert ready.fail("p0", 50, 400)
        shares = iter([0.2, 0.4, 0.6, 0.8, 1.0])
        before = dict(measure_levels(problem, ready.schedule()))["cents"]
        ready.improve(lambda shares=shares: next(shares), cents=cents)
        assert cents or dict(measure_levels(problem, ready.schedule()))["cents"] <= before
        changes.append(
            sum(
                was[name] != slot.machine
                for slot in ready.schedule().slots
                for name in slot.operations
                if name[-1] != "z"
            )
        )
    assert changes[1] <= changes[0]
    assert changes[1] == 0


def test_a_station_of_a_line_is_left_to_a_new_plan():
    problem = factory(1)
    ready = stand_by(problem, planned(problem))
    assert not ready.fail("z0", 50, 90)


def test_a_plan_without_all_work_cannot_stand_by():
    problem = factory(1)
    plan = planned(problem)
    assert stand_by(problem, replace(plan, slots=plan.slots[1:])) is None


def test_a_plan_that_lets_a_station_idle_cannot_stand_by():
    problem = factory(9)
    indexed = index(problem)
    assert stand_by(problem, to_schedule(indexed, *best_start(indexed))) is None


def test_plants_with_every_rule_stand_by():
    for seed in range(6):
        problem = plant(seed, orders=8)
        ready = stand_by(problem, planned(problem))
        assert ready is not None
        assert not list(violations(problem, ready.schedule()))
