"""A compiled first plan is right, whatever rules are on, and is not made where it would not be."""

from importlib import import_module
from itertools import chain, repeat

import pytest
from plants import plant
from test_anneal import circle

from scheduler import Due, Mode, Problem, Resource, Setup, Task, solve, violations
from scheduler.anneal.construct import latest_ends
from scheduler.anneal.floor import AREA
from scheduler.anneal.search import first_rows, floor_and_memory
from scheduler.decode import to_schedule
from scheduler.indexed import index
from scheduler.placing import UnplannableError, alone_s
from scheduler.placing import latest_ends as latest_ends_plainly
from scheduler.times import decode_rows


@pytest.mark.parametrize("seed", range(25))
def test_it_breaks_no_rule(seed):
    problem = plant(seed, orders=3 + seed)
    indexed = index(problem)
    rows = first_rows(indexed)
    assert rows is not None
    schedule = to_schedule(indexed, rows, decode_rows(indexed, rows))
    assert not list(violations(problem, schedule))


@pytest.mark.parametrize("seed", range(10))
def test_latest_ends_are_those_of_the_list_heuristic(seed):
    indexed = index(plant(seed, orders=9))
    floor, _ = floor_and_memory(indexed, 0)
    by_area = floor.task[:-1, AREA].argsort(kind="stable")
    latest = by_area.copy()
    latest_ends(floor, by_area, latest)
    order = sorted(range(floor.tasks), key=lambda t: floor.task[t, AREA])
    plainly = latest_ends_plainly(indexed, order)
    counts = [cost > 0 for cost in indexed.late_cost]
    for task, end in enumerate(plainly):
        if counts[indexed.order_of[task]]:
            assert latest[task] == end, alone_s(indexed, task)


def ovens(*, most_s=0, windows=((0, 10_000),), capacity=3):
    """Six jobs of two colours."""
    tasks = {
        str(n): Task(
            id=str(n),
            order=str(n),
            modes=(Mode("a", 10), Mode("b", 10)),
            family=str(n % 2),
            size=1,
            most_s=most_s if n == 0 else 0,
        )
        for n in range(6)
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(
                id=name, group="", capacity=capacity, base_s=5, per_height_ms=0, windows=windows
            )
            for name in "ab"
        },
        setups={("", "0", "1"): Setup(20, 1), ("", "1", "0"): Setup(20, 1)},
        dues={str(n): Due(order=str(n), due_s=15, late_cents=100) for n in range(6)},
        reserve_s=0,
    )


def test_tasks_of_a_family_share_a_batch():
    rows = first_rows(index(ovens()))
    assert sorted(batch for row in rows for batch in row) == [(0, 2, 4), (1, 3, 5)]
    assert all(len(row) == 1 for row in rows)


def test_a_batch_holds_no_more_than_fits():
    rows = first_rows(index(ovens(capacity=2)))
    assert all(len(batch) <= 2 for row in rows for batch in row)


def test_no_window_means_no_first_plan():
    assert first_rows(index(ovens(windows=((0, 8),)))) is None


def test_machines_that_feed_each_other_are_left_to_others():
    assert first_rows(index(circle(1))) is None


def test_a_compiled_search_begins_with_it_and_tells_it_at_once():
    told = []
    solution = solve(
        plant(4, orders=30), lambda: True, progress=told.append, share=lambda: 1.0, seed=1
    )
    assert any(tier.startswith("compiled start") for tier in solution.tiers)
    assert told[0].levels >= solution.levels


@pytest.mark.parametrize(("used", "is_short"), [(0.0, False), (0.3, True)])
def test_where_little_is_left_after_it_all_of_that_is_the_search_s(used, is_short, monkeypatch):
    """A list heuristic and a bound would take the rest of what a quick plan has."""
    asked = []

    def best_start(indexed):
        asked.append(indexed)
        raise UnplannableError("a list was asked for")

    monkeypatch.setattr(import_module("scheduler.solve"), "best_start", best_start)
    shares = chain([used, used, 0.5], repeat(1.0))
    solution = solve(plant(4, orders=30), lambda: True, share=lambda: next(shares), seed=1)
    assert bool(asked) is not is_short
    steps = [tier.partition(":")[0] for tier in solution.tiers]
    assert steps[0] == "compiled start"
    assert ("bound" in steps) is not is_short
    assert "search" in steps
