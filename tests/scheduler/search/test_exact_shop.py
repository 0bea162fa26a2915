"""The exact solver of plain shops, held against every plan of tiny ones."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from brute import every_plan
from floors import plain_problems, wide_problem
from hypothesis import given, settings

from scheduler import violations
from scheduler.exact_limits import limits
from scheduler.exact_shop import Ports, Proof, prove
from scheduler.problem import Aim
from scheduler.proof import is_worth_it
from scheduler.search.dispatch import worth
from scheduler.search.graph import ends_of
from scheduler.search.shop import Plan, to_schedule, to_shop

LASTING = settings(deadline=None, derandomize=True)
AIMS = (Aim.MAKESPAN, Aim.TARDINESS)


def quiet(stop=lambda: False, visitor=lambda: None):
    return Ports(stop, lambda plan, value: None, lambda bound: None, visitor)


def counting(calls):
    """Return a stop() that lets this many calls pass."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


def value(shop, aim, plan):
    return worth(shop, aim, ends_of(shop, plan))


def first(shop):
    """Take the first machine of each task, and the tasks as they come."""
    order = np.arange(shop.tasks, dtype=np.uint32)
    return Plan(shop.mode_machine[shop.mode_ptr[:-1]], order)


def worst(shop, aim):
    """Start from the worst plan, so that there is something to improve."""
    return max(every_plan(shop), key=lambda plan: value(shop, aim, plan))


@pytest.mark.parametrize("aim", AIMS)
@given(problem=plain_problems(most_tasks=5, most_machines=3))
@settings(LASTING, max_examples=40)
def test_what_is_proven_is_the_best_of_all_plans(aim, problem):
    shop = to_shop(problem)
    best = min(value(shop, aim, plan) for plan in every_plan(shop))
    proof = prove(shop, worst(shop, aim), aim, 0, quiet())
    assert (proof.proven, proof.bound) == (True, best)
    assert value(shop, aim, proof.plan) == best
    schedule = to_schedule(problem, shop, proof.plan, ends_of(shop, proof.plan))
    assert list(violations(problem, schedule)) == []


@pytest.mark.parametrize("aim", AIMS)
@given(problem=plain_problems(most_tasks=5, most_machines=3))
@settings(LASTING, max_examples=60)
def test_limits_leave_every_better_plan_alone(aim, problem):
    shop = to_shop(problem)
    plans = list(every_plan(shop))
    values = sorted({value(shop, aim, plan) for plan in plans})
    most = Random(len(plans)).choice([values[0] - 1, *values])
    left = limits(shop, aim, most)
    for plan in plans:
        ends = ends_of(shop, plan)
        if worth(shop, aim, ends) <= most:
            for x, ways in enumerate(left.ways):
                way = next(each for each in ways if each.machine == plan.machine[x])
                assert way.begin_s + way.takes_s <= ends[x] <= way.end_s


def test_a_start_that_is_as_good_as_the_bound_is_proven_at_once():
    shop = to_shop(wide_problem(30))
    plan = first(shop)
    best = value(shop, Aim.MAKESPAN, plan)
    assert prove(shop, plan, Aim.MAKESPAN, best, quiet()) == Proof(plan, best, proven=True)


def test_a_proof_that_is_stopped_keeps_what_it_was_given():
    shop = to_shop(wide_problem(30))
    plan = first(shop)
    assert prove(shop, plan, Aim.MAKESPAN, 3, quiet(stop=lambda: True)) == Proof(plan, 3, False)


def test_better_plans_and_bounds_are_told_as_they_come():
    shop = to_shop(wide_problem(24, machines=4, seed=3))
    plan = first(shop)
    values, bounds = [], []
    ports = Ports(
        counting(60),
        lambda found, told: values.append((value(shop, Aim.MAKESPAN, found), told)),
        bounds.append,
        lambda: None,
    )
    proof = prove(shop, plan, Aim.MAKESPAN, 0, ports)
    assert values == sorted(values, reverse=True)
    assert all(truth == told for truth, told in values)
    assert bounds == sorted(set(bounds))
    assert bounds[-1] == proof.bound <= value(shop, Aim.MAKESPAN, proof.plan)


def test_a_plan_that_was_found_beside_is_taken_over():
    problem = wide_problem(8, machines=2, seed=2)
    shop = to_shop(problem)
    good = prove(shop, first(shop), Aim.MAKESPAN, 0, quiet()).plan
    bad = first(shop)
    assert value(shop, Aim.MAKESPAN, bad) > value(shop, Aim.MAKESPAN, good)
    given_plans = [good]
    heard = []
    ports = Ports(
        lambda: False,
        lambda plan, value: heard.append(value),
        lambda bound: None,
        lambda: given_plans.pop() if given_plans else None,
    )
    proof = prove(shop, bad, Aim.MAKESPAN, 0, ports)
    assert proof.proven
    assert heard == [], "the best was given, so nothing better was found"
    assert value(shop, Aim.MAKESPAN, proof.plan) == value(shop, Aim.MAKESPAN, good)


def test_the_same_seed_gives_the_same_proof():
    shop = to_shop(replace(wide_problem(20, machines=3, seed=5), aim=Aim.TARDINESS))
    plan = first(shop)
    one, other = (prove(shop, plan, Aim.TARDINESS, 0, quiet(counting(3)), seed=4) for _ in "ab")
    assert one.bound == other.bound
    assert one.plan.order.tolist() == other.plan.order.tolist()
    assert one.plan.machine.tolist() == other.plan.machine.tolist()


def test_only_shops_of_a_few_thousand_modes_are_tried():
    assert is_worth_it(replace(wide_problem(100), aim=Aim.MAKESPAN))
    assert not is_worth_it(replace(wide_problem(6_000), aim=Aim.MAKESPAN))
    assert is_worth_it(replace(wide_problem(6_000), aim=Aim.SCORE))
