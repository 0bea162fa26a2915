"""Small problems with batches, setups and crews are solved to the end for every aim."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from shops import LASTING, every_schedule, problems, with_kits

from scheduler import measure_levels, violations
from scheduler.construct import best_start
from scheduler.exact import solve_exactly
from scheduler.indexed import index
from scheduler.problem import Aim


@pytest.mark.parametrize("aim", [Aim.MAKESPAN, Aim.TARDINESS])
@given(problem=problems(most_tasks=4, crews=False))
@settings(LASTING, max_examples=15)
def test_the_exact_solver_finds_the_best_for_an_aim(aim, problem):
    problem = replace(problem, aim=aim)
    rows, times = best_start(index(problem))
    answer = solve_exactly(problem, rows, times, lambda: False)
    best = min(measure_levels(problem, each)[1][1] for each in every_schedule(problem))
    assert answer.proven
    assert answer.bound == best
    assert measure_levels(problem, answer.schedule) == (("broken_rules", 0), (str(aim), best))
    assert list(violations(problem, answer.schedule)) == []


@given(problem=problems(most_tasks=4, crews=False))
@settings(LASTING, max_examples=15)
def test_what_the_exact_solver_says_kits_cost_is_what_they_cost(problem):
    problem = with_kits(problem)
    rows, times = best_start(index(problem))
    answer = solve_exactly(problem, rows, times, lambda: False)
    assert answer.proven
    assert dict(measure_levels(problem, answer.schedule))["cents"] == answer.bound
    # To begin as early as can be is no longer best, so that no list of sequences has the best plan.
    plans = every_schedule(problem)
    assert answer.bound <= min(dict(measure_levels(problem, each))["cents"] for each in plans)
