"""The exact solver knows longest runs, shared people and tools, and work that keeps for a short time."""

from dataclasses import replace
from random import Random

import pytest
from shops import counting, every_schedule, random_problem

from scheduler import Due, Mode, Problem, Resource, Setup, Task, measure_levels, solve, violations
from scheduler.construct import best_start
from scheduler.decode import rows_of, sequences_of
from scheduler.exact import solve_exactly
from scheduler.exact_gaps import why_not_exact
from scheduler.indexed import index
from scheduler.placing import UnplannableError
from scheduler.times import decode_rows


def runs(problem, rng):
    """Every machine runs one family for so many seconds or so much only, and cleaning costs."""
    by_size = rng.random() < 0.5
    resources = {
        name: replace(each, most_run_size=rng.randint(10, 20), ran=rng.choice((0, 0, 5)))
        if by_size
        else replace(each, most_run_s=rng.randint(150, 300), ran=rng.choice((0, 0, 60)))
        for name, each in problem.resources.items()
    }
    families = {task.family for task in problem.tasks.values()}
    cleaning = {
        (each.group, family, family): Setup(30, cents=200, cleaning=True)
        for each in resources.values()
        for family in families
    }
    return replace(problem, resources=resources, setups={**problem.setups, **cleaning})


def pools(problem, rng):
    resources = {
        name: replace(each, pool=rng.choice(("hands", "tool", "")))
        for name, each in problem.resources.items()
    }
    return replace(problem, pools={"hands": 1, "tool": 1}, resources=resources)


def keeps(problem, rng):
    tasks = {
        name: replace(task, keeps_s=rng.choice((0, 40, 120)))
        for name, task in problem.tasks.items()
    }
    return replace(problem, tasks=tasks)


def right(problem, schedules):
    return [each for each in schedules if not list(violations(problem, each))]


@pytest.mark.parametrize("rule", [runs, pools, keeps])
@pytest.mark.parametrize("first", [0, 10, 20])
def test_no_schedule_is_better_than_what_is_proven(rule, first):
    proven = 0
    for seed in range(first, first + 10):
        rng = Random(f"{rule.__name__} {seed}")
        problem = rule(random_problem(rng, rng.randint(2, 4)), rng)
        schedules = right(problem, every_schedule(problem))
        if not schedules:
            continue
        indexed = index(problem)
        # Any plan will do to begin with, though it may be one that lets work go stale.
        rows = rows_of(indexed, sequences_of(schedules[-1]))
        answer = solve_exactly(problem, rows, decode_rows(indexed, rows), counting(10_000))
        assert answer.proven, seed
        assert list(violations(problem, answer.schedule)) == []
        least = min(dict(measure_levels(problem, each))["cents"] for each in schedules)
        cents = dict(measure_levels(problem, answer.schedule))["cents"]
        # People may serve better than in the order of request, which is all that the decoder knows.
        assert answer.bound == cents <= least, seed
        proven += 1
        if rule is runs and not problem.crews:
            assert cents == least, seed
    assert proven > 2


def campaign(most_run_s):
    """Three batches of 100 s in a row; a cleaning of 50 s costs EUR 1."""
    return Problem(
        now_s=0,
        tasks={
            name: Task(id=name, order=name, modes=(Mode("mixer", 100),), family="nuts")
            for name in "abc"
        },
        resources={
            "mixer": Resource(
                id="mixer",
                group="mix",
                windows=((0, 10_000),),
                family="nuts",
                most_run_s=most_run_s,
            )
        },
        setups={("mix", "nuts", "nuts"): Setup(50, cents=100, cleaning=True)},
        dues={name: Due(order=name, due_s=9_000, late_cents=1_000) for name in "abc"},
    )


@pytest.mark.parametrize(
    ("most_s", "cleanings"), [(300, 0), (299, 1), (200, 1), (199, 2), (100, 2)]
)
def test_cleaning_is_made_when_it_is_due_and_only_then(most_s, cleanings):
    problem = campaign(most_s)
    indexed = index(problem)
    rows, times = best_start(indexed)
    answer = solve_exactly(problem, rows, times, counting(10_000))
    assert answer.proven
    assert answer.bound == 100 * cleanings
    assert max(answer.schedule.end_of.values()) >= 300 + 50 * cleanings


def test_small_problems_with_these_rules_are_proven_by_solve():
    count = 0
    for rule in (runs, pools, keeps):
        for seed in range(4):
            rng = Random(f"solve {rule.__name__} {seed}")
            problem = rule(random_problem(rng, 5), rng)
            assert why_not_exact(index(problem)) == ""
            try:
                best_start(index(problem))
            except UnplannableError:
                continue
            answer = solve(problem, counting(20_000))
            if answer.schedule is not None:
                count += answer.proven
    assert count > 8
