"""What keeps for a short time only is made so late that what takes it finds it fresh."""

from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from ruled import campaigning, forbidding, kitting, resting, ruled, searched, spoiling

from scheduler import Due, Frozen, Mode, Problem, Resource, Task, solve, violations
from scheduler.anneal.load import advances, load
from scheduler.anneal.loop import anneal, snapshot
from scheduler.anneal.search import _tell, floor_and_memory
from scheduler.construct import best_start, construct
from scheduler.decode import decode, to_schedule
from scheduler.held import without_held
from scheduler.indexed import index
from scheduler.price import price
from scheduler.schedule import Schedule
from scheduler.times import decode_rows


@pytest.mark.parametrize("seed", range(12))
def test_a_search_counts_what_is_kept_too_long(seed):
    assert searched(ruled(seed, 4 + seed, spoiling), seed) > 0


@pytest.mark.parametrize("seed", range(8))
def test_every_rule_at_once(seed):
    problem = ruled(seed, 5 + seed, spoiling, kitting, resting, campaigning, forbidding)
    assert searched(problem, seed) > 0


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_is_what_was_found(seed):
    problem = ruled(seed, 8, spoiling, kitting)
    indexed = index(problem)
    rows, times = best_start(indexed)
    floor, memory = floor_and_memory(indexed, seed)
    state = load(floor, memory, rows, advances(indexed, floor, times), times.held)
    snapshot(state, memory.best)
    anneal(floor, state, memory, 400, 1e8, 1e5)
    told = []
    _tell(indexed, floor, memory, lambda rows, times: told.append((rows, times)))
    ((rows, times),) = told
    assert price(indexed, times)[0] == memory.best.money[0]
    wrong = list(violations(problem, to_schedule(indexed, rows, times)))
    assert all("keeps" in each for each in wrong)


def dough(keeps_s, baked=300, **changes):
    """Two doughs are mixed one after the other and baked behind what is in the oven already."""
    tasks = {}
    for name in "ab":
        tasks[f"{name}/mix"] = Task(
            id=f"{name}/mix", order=name, modes=(Mode("mixer", 50),), keeps_s=keeps_s, rest_s=10
        )
        tasks[f"{name}/bake"] = Task(
            id=f"{name}/bake", order=name, modes=(Mode("oven", baked),), after=(f"{name}/mix",)
        )
    hours = ((0, 50_000),)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            "mixer": Resource(id="mixer", group="mixer", windows=hours),
            "oven": Resource(id="oven", group="oven", windows=hours, free_s=1_000),
        },
        setups={},
        dues={name: Due(order=name, due_s=2_000, late_cents=100) for name in "ab"},
        **changes,
    )


def test_mixing_waits_for_the_oven():
    problem = dough(120)
    schedule = construct(problem)
    assert not list(violations(problem, schedule))
    assert schedule.by_machine["oven"][0].start_s == 1_000, "nobody waits longer for it"
    assert schedule.by_machine["oven"][-1].end_s == 1_600
    early = construct(replace(problem, tasks=_for_ever(problem)))
    assert list(violations(problem, early)) == [
        "a/bake starts 940 s after a/mix, of which the work keeps 120 s.",
        "b/bake starts 1190 s after b/mix, of which the work keeps 120 s.",
    ]


def _for_ever(problem):
    return {name: replace(task, keeps_s=0) for name, task in problem.tasks.items()}


def test_what_is_over_cannot_be_made_later():
    problem = dough(120)
    tasks = {name: task for name, task in problem.tasks.items() if name != "a/mix"}
    left = replace(problem, tasks=tasks, frozen=Frozen(done={"a/mix": 10}))
    assert not list(violations(left, construct(left)))


def test_sequences_that_a_delay_does_not_help_are_left_for_another_order():
    # Both parts of a kit come from one machine, and the first does not keep while the second is made.
    parts = [("slow", 500, 0), ("fresh", 20, 100)]
    tasks = {
        name: Task(id=name, order="o", modes=(Mode("m", takes_s),), keeps_s=keeps_s)
        for name, takes_s, keeps_s in parts
    }
    tasks["kit"] = Task(id="kit", order="o", modes=(Mode("k", 5),), after=("fresh", "slow"))
    hours = ((0, 9_999),)
    problem = Problem(
        now_s=0,
        tasks=tasks,
        resources={name: Resource(id=name, group=name, windows=hours) for name in "mk"},
        setups={},
        dues={},
    )
    wrong = decode(problem, {"m": [["fresh"], ["slow"]], "k": [["kit"]]})
    assert len(list(violations(problem, wrong))) == 1
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))
    assert [slot.operations for slot in answer.schedule.by_machine["m"]] == [("slow",), ("fresh",)]


@pytest.mark.parametrize("seed", range(40))
def test_a_right_plan_is_found_where_any_sequences_have_one(seed):
    rng = Random(seed)
    names = [f"{order}/{step}" for order in "abc" for step in ("1", "2")]
    tasks = {
        name: Task(
            id=name,
            order=name[0],
            modes=(Mode(rng.choice("xy"), rng.randint(5, 60)),),
            after=(f"{name[0]}/1",) if name[-1] == "2" else (),
            keeps_s=rng.choice((0, 5, 40)) if name[-1] == "1" else 0,
        )
        for name in names
    }
    hours = tuple((130 * n, 130 * n + 100) for n in range(40))
    problem = Problem(
        now_s=0,
        tasks=tasks,
        resources={name: Resource(id=name, group=name, windows=hours) for name in "xy"},
        setups={},
        dues={},
    )
    left = without_held(problem)
    answer = solve(left, seed=seed)
    right = any(
        plan is not None and not list(violations(problem, plan))
        for plan in (decode(problem, _rows(tasks, order)) for order in permutations(names))
    )
    assert right != bool(left.held)
    assert not left.tasks or not list(violations(left, answer.schedule))
    for order, why in left.held.items():
        assert f"Order {order} waits: {order}/1 keeps" in why


def _rows(tasks, order):
    rows = {"x": [], "y": []}
    for name in order:
        rows[tasks[name].modes[0].machine].append([name])
    return rows


def test_nothing_is_held_back_without_need():
    problem = dough(5_000)
    indexed = index(problem)
    rows = [[(0,), (2,)], [(1,), (3,)]]
    assert decode_rows(indexed, rows).held == ()
    assert decode_rows(index(dough(120)), rows).held[0] > 0
    assert isinstance(construct(problem), Schedule)
