"""Orders have more to spare where that costs nothing, and nothing else changes."""

from random import Random

import pytest
from brute_force import cost_of
from small_plants import small_plant

from scheduler import (
    Due,
    Mode,
    Problem,
    Resource,
    Schedule,
    construct,
    decode,
    order_ends,
    solve,
    violations,
)
from scheduler.ahead import brought_forward, risk
from scheduler.decode import rows_of, sequences_of, to_schedule
from scheduler.indexed import index
from scheduler.problem import Task
from scheduler.schedule import Slot
from scheduler.times import decode_rows

HOUR_S = 3_600


def sealed_and_packed(orders, *, hours):
    """Two stations in a row, each unit sealed and each order packed once all of its units are."""
    tasks = {}
    for order in orders:
        units = [f"{order}/{unit}/seal" for unit in range(3)]
        for name in units:
            tasks[name] = Task(id=name, order=order, modes=(Mode("seal", 60),))
        name = f"{order}/pack"
        tasks[name] = Task(id=name, order=order, modes=(Mode("pack", 60),), after=tuple(units))
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group=name, windows=((0, 100 * HOUR_S),))
            for name in ("seal", "pack")
        },
        setups={},
        dues={
            order: Due(order=order, due_s=due * HOUR_S, late_cents=400)
            for order, due in zip(orders, hours, strict=True)
        },
    )


def shuffled(problem, seed):
    """A plan that costs nothing and packs late what could be packed early."""
    names = list(problem.tasks)
    Random(seed).shuffle(names)
    sequences = {
        machine: [(name,) for name in names if name.endswith(machine)]
        for machine in problem.resources
    }
    plan = decode(problem, sequences)
    assert plan is not None
    return plan


@pytest.mark.parametrize("seed", range(5))
def test_what_was_shuffled_for_nothing_is_put_in_order(seed):
    problem = sealed_and_packed("abcdefgh", hours=(9, 8, 7, 6, 5, 4, 3, 2))
    indexed, plan = index(problem), shuffled(problem, seed)
    found = brought_forward(indexed, rows_of(indexed, sequences_of(plan)), lambda *_: True)
    assert found is not None
    ends = order_ends(problem, to_schedule(indexed, *found))
    assert list(ends) == list("abcdefgh")
    # The first is packed after its own three units, and then one after each three more.
    assert [ends[order] for order in "hgfedcba"] == [60 * (3 * n + 4) for n in range(8)]


def test_solve_puts_in_order_what_a_plan_so_far_shuffled():
    problem = sealed_and_packed("abc", hours=(30, 20, 10))
    plan = shuffled(problem, 3)
    better = solve(problem, lambda: True, hint=plan)
    assert order_ends(problem, plan)["c"] > 4 * 60, "Otherwise there is nothing to do."
    assert order_ends(problem, better.schedule)["c"] == 4 * 60
    assert dict(better.levels) == {"broken_rules": 0, "cents": 0, "moves": 0}
    assert "brought forward" in better.tiers[-1]


def test_moves_on_the_floor_are_not_made_for_it():
    problem = sealed_and_packed("abc", hours=(50, 40, 30))
    slow = {  # a unit takes an hour, so that another place in the row is a move
        name: Task(
            id=name,
            order=task.order,
            modes=(Mode(task.modes[0].machine, HOUR_S),),
            after=task.after,
        )
        for name, task in problem.tasks.items()
    }
    problem = Problem(
        now_s=0, tasks=slow, resources=problem.resources, setups={}, dues=problem.dues
    )
    plan = shuffled(problem, 3)
    assert sequences_of(solve(problem, lambda: True, hint=plan).schedule) == sequences_of(plan)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_nothing_is_worse_and_no_rule_is_broken(first):
    better = 0
    for seed in range(first, first + 50):
        problem = small_plant(seed)
        indexed, plan = index(problem), construct(problem)
        rows = rows_of(indexed, sequences_of(plan))
        found = brought_forward(indexed, rows, lambda *_: True)
        if found is None:
            continue
        better += 1
        schedule = to_schedule(indexed, *found)
        assert list(violations(problem, schedule)) == []
        assert cost_of(problem, schedule.slots) <= cost_of(problem, plan.slots)
        assert risk(indexed, found[1]) < risk(indexed, decode_rows(indexed, rows))
        assert sorted(map(sorted, batches(plan))) == sorted(map(sorted, batches(schedule)))
    assert better, "Some plans have something to gain."


def batches(schedule: Schedule) -> list[tuple[str, ...]]:
    slots: tuple[Slot, ...] = schedule.slots
    return [(slot.machine, *slot.operations) for slot in slots]


def test_an_order_with_little_to_spare_weighs_more_than_one_with_much():
    problem = sealed_and_packed("ab", hours=(1, 40))
    indexed = index(problem)
    values = []
    for first, second in ("ab", "ba"):
        plan = decode(
            problem,
            {
                "seal": [
                    (f"{order}/{unit}/seal",) for order in (first, second) for unit in range(3)
                ],
                "pack": [(f"{order}/pack",) for order in (first, second)],
            },
        )
        rows = rows_of(indexed, sequences_of(plan))
        values.append(risk(indexed, decode_rows(indexed, rows)))
    assert values[0] < values[1]
