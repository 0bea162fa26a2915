"""Search for large shops: plans bounced and made anew are right, never worse, and soon near the bound."""

from collections.abc import Callable

from floors import plain_problems, wide_problem
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.problem import Aim
from scheduler.schedule import violations
from scheduler.search.bounce import bounced, measured, settled
from scheduler.search.dispatch import dispatch, worth
from scheduler.search.graph import ends_of
from scheduler.search.large import improve_large
from scheduler.search.rules import Rule
from scheduler.search.shop import to_schedule, to_shop
from scheduler.search.spread import balance

AIMS = st.sampled_from((Aim.MAKESPAN, Aim.TARDINESS))


def after(looks: int) -> Callable[[], bool]:
    """Say stop at the n-th look."""
    left = [looks]

    def stop() -> bool:
        left[0] -= 1
        return left[0] < 0

    return stop


@settings(deadline=None, max_examples=80)
@given(plain_problems(), AIMS, st.sampled_from((0.0, 0.5)), st.sampled_from((0.0, 0.6, 1.0)))
def test_a_bounced_plan_breaks_nothing_and_keeps_its_machines(problem, aim, patience, lenience):
    shop = to_shop(problem)
    begun = measured(shop, aim, dispatch(shop, Rule.PATH, 0.4, 1))
    new = bounced(shop, aim, begun, patience, lenience)
    assert (new.plan.machine == begun.plan.machine).all()
    assert new.value == worth(shop, aim, ends_of(shop, new.plan))
    assert list(violations(problem, to_schedule(problem, shop, new.plan, new.ends))) == []
    assert settled(shop, aim, begun, patience, lenience).value <= begun.value


@settings(deadline=None, max_examples=25)
@given(plain_problems(most_tasks=25), AIMS, st.integers(0, 3))
def test_what_is_found_is_right_and_better_each_time(problem, aim, seed):
    shop = to_shop(problem)
    start = dispatch(shop, Rule.FIRST)
    told = [worth(shop, aim, ends_of(shop, start))]

    def found(plan, value):
        schedule = to_schedule(problem, shop, plan, ends_of(shop, plan))
        assert list(violations(problem, schedule)) == []
        assert worth(shop, aim, ends_of(shop, plan)) == value < told[-1]
        told.append(value)

    best = improve_large(shop, start, aim, seed, after(25), found)
    assert worth(shop, aim, ends_of(shop, best)) == told[-1]


def test_a_loaded_shop_comes_near_its_bound():
    shop = to_shop(wide_problem(600, machines=6))
    start = dispatch(shop)
    best = improve_large(shop, start, Aim.MAKESPAN, 1, after(60), lambda plan, value: None)
    bound = balance(shop)[1]
    assert ends_of(shop, best).max() <= 1.01 * bound
    assert ends_of(shop, start).max() > 1.05 * bound


def test_a_lot_less_is_late_than_after_dispatch():
    shop = to_shop(wide_problem(300, machines=6))
    start = dispatch(shop, Rule.COST)
    best = improve_large(shop, start, Aim.TARDINESS, 1, after(60), lambda plan, value: None)
    before, now = (worth(shop, Aim.TARDINESS, ends_of(shop, each)) for each in (start, best))
    assert now < 0.9 * before


def test_the_same_seed_with_the_same_looks_gives_the_same_plan():
    shop = to_shop(wide_problem(200))
    plans = [
        improve_large(shop, dispatch(shop), aim, 3, after(30), lambda plan, value: None)
        for aim in (Aim.MAKESPAN, Aim.TARDINESS)
        for _ in range(2)
    ]
    for one, again in (plans[:2], plans[2:]):
        assert one.order.tolist() == again.order.tolist()
        assert one.machine.tolist() == again.machine.tolist()
