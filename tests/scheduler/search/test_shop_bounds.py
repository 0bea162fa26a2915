"""Bounds of shops: never above the best plan, and as high as theory says."""

from itertools import combinations

import numpy as np
from brute import every_plan
from floors import plain_problems, wide_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.balance_shop import least_load
from scheduler.bounds_shop import least_makespan_of, least_tardiness_of
from scheduler.problem import Aim, Mode, Problem, Resource, Task
from scheduler.search.dispatch import worth
from scheduler.search.graph import ends_of
from scheduler.search.relaxed import jackson, shortest_first
from scheduler.search.shop import LONGEST_S, durations, to_shop
from scheduler.search.spread import balance, certified, set_aside
from scheduler.search.start import best_dispatch


@settings(deadline=None, max_examples=60)
@given(plain_problems(most_tasks=5, most_machines=3))
def test_no_plan_is_better_than_the_bounds(problem):
    shop = to_shop(problem)
    ends = [ends_of(shop, plan) for plan in every_plan(shop)]
    shortest = min(worth(shop, Aim.MAKESPAN, each) for each in ends)
    assert least_makespan_of(shop) <= shortest
    assert balance(shop)[1] <= shortest
    assert least_tardiness_of(shop) <= min(worth(shop, Aim.TARDINESS, each) for each in ends)


@settings(deadline=None, max_examples=60)
@given(plain_problems(most_tasks=30), st.integers(0, 5))
def test_machines_of_a_balance_are_allowed_and_no_weights_prove_too_much(problem, seed):
    shop = to_shop(problem)
    machine, bound = balance(shop, seed, 0.2)
    assert len(durations(shop, machine)) == shop.tasks
    weight = np.random.default_rng(seed).integers(0, 9, shop.machines)
    plan = best_dispatch(shop, Aim.MAKESPAN, 1)
    reached = worth(shop, Aim.MAKESPAN, ends_of(shop, plan))
    assert bound <= reached
    assert certified(shop, weight, set_aside(shop)) <= reached
    assert least_load(shop) <= reached


def test_a_balance_comes_near_the_program():
    shop = to_shop(wide_problem(400, machines=6))
    machine, bound = balance(shop)
    load = np.bincount(machine, weights=durations(shop, machine)) + set_aside(shop)
    assert 0.99 * least_load(shop) <= bound <= least_load(shop)
    assert load.max() <= 1.03 * least_load(shop)


def test_another_seed_spreads_otherwise_and_as_well():
    shop = to_shop(wide_problem(400, machines=6))
    one, other = (balance(shop, seed, 0.1)[0] for seed in (1, 2))
    assert (one == balance(shop, 1, 0.1)[0]).all()
    assert 0 < (one != other).sum() < 200


@settings(deadline=None)  # the first example waits for the compiler
@given(st.lists(st.tuples(*(st.integers(low, 20) for low in (0, 1, 0))), min_size=1, max_size=7))
def test_the_interrupted_machine_needs_what_its_worst_set_of_tasks_needs(rows):
    # Carlier 1982: Jackson's preemptive schedule reaches the largest bound of any set of tasks.
    head, takes, tail = np.array(rows, np.int64).T
    sets = [
        subset
        for size in range(1, len(rows) + 1)
        for subset in combinations(range(len(rows)), size)
    ]
    worst = max(head[[*s]].min() + takes[[*s]].sum() + tail[[*s]].min() for s in sets)
    assert jackson(head.copy(), takes.copy(), tail.copy()) == worst
    assert jackson(head[:0].copy(), takes[:0].copy(), tail[:0].copy()) == -1


def test_the_shortest_rest_goes_first():
    ends = shortest_first(np.array([0, 2, 3]), np.array([9, 2, 1]))
    assert ends.tolist() == [4, 5, 12]


def test_two_machines_of_one_group_bound_what_only_they_can_do():
    modes = (Mode("a", 4), Mode("b", 4))
    tasks = {
        f"t{x}": Task(id=f"t{x}", order="o", modes=modes, release_s=10 if x else 0)
        for x in range(6)
    }
    tasks["long"] = Task(id="long", order="o", modes=(Mode("c", 1),))
    machines = {
        name: Resource(id=name, group="", windows=((0, LONGEST_S),)) for name in ("a", "b", "c")
    }
    shop = to_shop(Problem(now_s=0, tasks=tasks, resources=machines, setups={}, dues={}))
    assert least_makespan_of(shop) == 20
