"""Dispatch: always a plan that breaks no rule, and never an idle machine beside waiting work."""

import numpy as np
from floors import plain_problems, wide_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from uncompiled import uncompiled

from scheduler.problem import Aim
from scheduler.schedule import violations
from scheduler.search.dispatch import dispatch, mirrored, turned, worth
from scheduler.search.graph import ends_of
from scheduler.search.paths import topological
from scheduler.search.rules import Rule
from scheduler.search.shop import durations, to_schedule, to_shop
from scheduler.search.start import best_dispatch

RULES = st.sampled_from(tuple(Rule))


def breaches(problem, shop, plan):
    """Return all that is wrong with a plan."""
    return list(violations(problem, to_schedule(problem, shop, plan, ends_of(shop, plan))))


@settings(deadline=None, max_examples=150)
@given(plain_problems(), RULES, st.sampled_from((0.0, 0.4)), st.sampled_from((0.0, 1.0)))
def test_every_rule_makes_a_plan_that_breaks_nothing(problem, rule, noise, patience):
    shop = to_shop(problem)
    assert breaches(problem, shop, dispatch(shop, rule, noise, 3, None, patience)) == []


@settings(deadline=None, max_examples=100)
@given(plain_problems(), RULES, st.data())
def test_given_machines_are_kept(problem, rule, data):
    shop = to_shop(problem)
    chosen = [
        data.draw(st.sampled_from(list(shop.mode_machine[shop.mode_ptr[x] : shop.mode_ptr[x + 1]])))
        for x in range(shop.tasks)
    ]
    machine = np.array(chosen, np.uint32)
    plan = dispatch(shop, rule, 0.3, 5, machine)
    assert (plan.machine == machine).all()
    assert breaches(problem, shop, plan) == []


@settings(deadline=None, max_examples=100)
@given(plain_problems(), RULES, st.sampled_from((0.0, 1.0)))
def test_a_plan_from_the_back_is_a_plan(problem, rule, patience):
    shop = to_shop(problem)
    plan = turned(dispatch(mirrored(shop), rule, 0.2, 7, None, patience))
    assert breaches(problem, shop, plan) == []


@settings(deadline=None, max_examples=60)
@given(plain_problems(), st.sampled_from((Aim.MAKESPAN, Aim.TARDINESS)))
def test_the_best_dispatch_is_no_worse_than_its_first_rule(problem, aim):
    shop = to_shop(problem)
    plan = best_dispatch(shop, aim, 1)
    assert breaches(problem, shop, plan) == []
    first = dispatch(shop, Rule.PATH if aim is Aim.MAKESPAN else Rule.COST)
    assert worth(shop, aim, ends_of(shop, plan)) <= worth(shop, aim, ends_of(shop, first))


@settings(deadline=None, max_examples=60)
@given(plain_problems(longest=6), RULES)
def test_no_machine_idles_while_a_task_waits_for_it(problem, rule):
    shop = to_shop(problem)
    plan = dispatch(shop, rule)
    ends = ends_of(shop, plan).astype(int)
    starts = ends - durations(shop, plan.machine)
    for x in range(shop.tasks):
        arrived = max(
            [shop.release[x], shop.free[plan.machine[x]]]
            + [ends[y] for y in shop.before[shop.before_ptr[x] : shop.before_ptr[x + 1]]]
        )
        busy = sum(
            min(starts[x], ends[y]) - max(arrived, starts[y])
            for y in range(shop.tasks)
            if plan.machine[y] == plan.machine[x] and arrived < ends[y] and starts[y] < starts[x]
        )
        assert busy == starts[x] - arrived


def test_the_same_seed_gives_the_same_plan_and_another_one_another():
    shop = to_shop(wide_problem(60))
    one, again, other = (dispatch(shop, Rule.PATH, 0.5, seed) for seed in (1, 1, 2))
    assert (one.order == again.order).all()
    assert not (one.order == other.order).all()


def all_rules():
    """Return what every rule makes of one problem."""
    shop = to_shop(wide_problem(60))
    plans = [dispatch(shop, rule, 0.3, 9, None, 0.5) for rule in Rule]
    return [[plan.machine.tolist(), plan.order.tolist()] for plan in plans]


def test_compiled_and_plain_runs_agree():
    assert uncompiled("test_dispatch", "all_rules") == all_rules()


@settings(deadline=None, max_examples=50)
@given(plain_problems())
def test_the_topological_order_holds_every_task_behind_what_comes_before(problem):
    shop = to_shop(problem)
    place = {int(x): h for h, x in enumerate(topological(shop))}
    assert sorted(place) == list(range(shop.tasks))
    for x in range(shop.tasks):
        for y in shop.before[shop.before_ptr[x] : shop.before_ptr[x + 1]]:
            assert place[int(y)] < place[x]
