"""Runs of a family end in a cleaning, and no batch is begun too small."""

from dataclasses import replace
from random import Random

import pytest
from ruled import campaigning, forbidding, ruled, searched

from scheduler import Due, Mode, Problem, Resource, Setup, Task, solve, violations
from scheduler.construct import construct
from scheduler.held import without_held
from scheduler.objectives import measure_levels
from scheduler.schedule import Schedule, setups_in
from scheduler.sound import faults


@pytest.mark.parametrize("seed", range(14))
def test_a_search_cleans_where_a_run_is_over(seed):
    assert searched(ruled(seed, 4 + 2 * (seed % 8), campaigning), seed) > 0


@pytest.mark.parametrize("seed", range(6))
def test_campaigns_and_forbidden_changes_together(seed):
    assert searched(ruled(seed, 8 + seed, campaigning, forbidding), seed) > 0


def mixer(amounts, sizes=None, **rules):
    """One machine, one family, a task for each amount of seconds."""
    tasks = {
        f"t{n}": Task(
            id=f"t{n}",
            order=f"t{n}",
            modes=(Mode("m", takes_s),),
            family="a",
            size=1 if sizes is None else sizes[n],
        )
        for n, takes_s in enumerate(amounts)
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={"m": Resource(id="m", group="g", windows=((0, 9_999),), family="a", **rules)},
        setups={("g", "a", "a"): Setup(7, 100, cleaning=True)},
        dues={name: Due(order=name, due_s=9_000) for name in tasks},
    )


def test_a_run_is_cleaned_when_the_next_batch_would_make_it_too_long():
    problem = mixer([40, 40, 40, 40, 40], most_run_s=100, ran=30)
    schedule = construct(problem)
    assert [setup.takes_s for _, _, setup in setups_in(problem, schedule)] == [0, 7, 0, 7, 0]
    assert not list(violations(problem, schedule))
    assert schedule.slots[-1].end_s == 5 * 40 + 2 * 7
    assert dict(measure_levels(problem, schedule))["cents"] == 200


def test_a_cleaning_that_is_left_out_is_said():
    problem = mixer([40, 40, 40], most_run_s=100)
    early = tuple(
        replace(slot, setup_start_s=40 * n, start_s=40 * n, end_s=40 * n + 40)
        for n, slot in enumerate(construct(problem).slots)
    )
    assert list(violations(problem, Schedule(early))) == [
        f"m has 0 s before {early[2].operations} to change from 'a' to 'a', which takes 7 s."
    ]


def test_a_run_may_be_counted_by_size():
    problem = mixer([10] * 4, sizes=[3, 3, 3, 3], most_run_size=6)
    schedule = construct(problem)
    assert [setup.takes_s for _, _, setup in setups_in(problem, schedule)] == [0, 0, 7, 0]


@pytest.mark.parametrize("seed", range(25))
def test_small_batches_are_filled_or_their_orders_wait(seed):
    rng = Random(seed)
    sizes = [rng.randint(1, 5) for _ in range(rng.randint(1, 9))]
    rules = {"capacity": 10, "least_size": rng.randint(5, 8)}
    problem = mixer([50] * len(sizes), sizes, **rules)
    left = without_held(problem)
    for name, why in left.held.items():
        assert name in why
    schedule = construct(left) if left.tasks else Schedule(())
    assert not list(violations(left, schedule))
    # Nobody waits needlessly: with one more order no batches of these sizes add up.
    if left.held:
        back = list(left.held)[-1]
        kept = [task.size for task in left.tasks.values()] + [problem.tasks[back].size]
        assert not _parts(kept, rules["least_size"], 10)


def _parts(sizes, least, most):
    """Try every way to put sizes together."""
    if not sizes:
        return True
    first, rest = sizes[0], sizes[1:]
    for mask in range(1 << len(rest)):
        portion = first + sum(size for n, size in enumerate(rest) if mask >> n & 1)
        left = [size for n, size in enumerate(rest) if not mask >> n & 1]
        if least <= portion <= most and _parts(left, least, most):
            return True
    return False


def test_nobody_waits_in_a_large_family():
    problem = mixer([50] * 1_500, [1] * 1_500, capacity=10, least_size=4)
    assert not without_held(problem).held


def test_a_batch_that_is_too_small_is_said():
    problem = mixer([50, 50], [4, 4], capacity=10, least_size=6)
    schedule = construct(problem)
    assert len(schedule.slots) == 1
    stricter = replace(problem.resources["m"], least_size=9)
    assert list(violations(replace(problem, resources={"m": stricter}), schedule)) == [
        "The batch of t0, t1 on m has size 8, but the machine begins none below 9."
    ]


def test_limits_that_contradict_each_other_are_faults():
    assert "begins no batch below 11" in faults(mixer([5], capacity=10, least_size=11))[0]
    assert "only one of them" in faults(mixer([5], most_run_s=1, most_run_size=1))[0]


def test_plans_with_runs_are_proven_or_left_open_but_never_wrong():
    problem = mixer([40] * 4, most_run_s=100)
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))
    assert answer.bound <= dict(answer.levels)["cents"]
    # Two batches of 40 s are a run, so there is one cleaning between two runs.
    assert answer.proven
