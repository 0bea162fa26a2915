"""Tabu search and the pool: never worse than the start, the same seed the same plan, compiled or not."""

from floors import plain_problems, wide_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from uncompiled import uncompiled

from scheduler.problem import Aim
from scheduler.schedule import violations
from scheduler.search.dispatch import dispatch, worth
from scheduler.search.graph import empty_graph, ends_of
from scheduler.search.path import Limits, new_memory, tabu
from scheduler.search.pool import Ports, Settings, evolve
from scheduler.search.rules import Rule
from scheduler.search.shop import to_schedule, to_shop
from scheduler.search.tardy import Cooling, new_tardy_memory, tardy

SMALL = Settings(members=3, idle=20, tenure=3, spread=4)
LIMITS = Limits(moves=200, idle=60, target=0, tenure=4, spread=4)
AIMS = (Aim.MAKESPAN, Aim.TARDINESS)


def counting(times):
    """Return a stop() that lets this many calls pass."""
    left = [times]

    def stop():
        left[0] -= 1
        return left[0] < 0

    return stop


def evolved(shop, aim, seed, times, target=0, visitor=lambda: None):
    """Return all that a pool finds, better and better."""
    found = []
    start = dispatch(shop, Rule.SHORT, 0.5, seed)
    ports = Ports(counting(times), lambda plan, cost: found.append((plan, int(cost))), visitor)
    evolve(shop, start, SMALL, target, seed, ports, aim)
    return found


@settings(deadline=None, max_examples=60)
@given(plain_problems(), st.integers(0, 9))
def test_tabu_returns_what_its_plan_is_worth_and_never_more_than_its_start(problem, seed):
    shop = to_shop(problem)
    graph, memory = empty_graph(shop), new_memory(shop, seed)
    start = dispatch(shop, Rule.SHORT, 0.5, seed)
    makespan = tabu(shop, start, graph, memory, LIMITS)
    ends = ends_of(shop, memory.best)
    assert makespan == ends.max() <= ends_of(shop, start).max()
    assert list(violations(problem, to_schedule(problem, shop, memory.best, ends))) == []


@settings(deadline=None, max_examples=8)
@given(plain_problems(), st.sampled_from(AIMS))
def test_a_pool_finds_better_and_better_plans_that_break_nothing(problem, aim):
    shop = to_shop(problem)
    found = evolved(shop, aim, 3, 12, target=-1)
    costs = [cost for _, cost in found]
    assert costs == sorted(set(costs), reverse=True)
    for plan, cost in found:
        ends = ends_of(shop, plan)
        assert list(violations(problem, to_schedule(problem, shop, plan, ends))) == []
        wanted = int(ends.max()) if aim is Aim.MAKESPAN else worth(shop, aim, ends)
        assert cost == wanted


def test_a_plan_from_elsewhere_is_searched_too():
    shop = to_shop(wide_problem(30))
    best = evolved(shop, Aim.TARDINESS, 1, 100)[-1]
    came = [best[0]]
    found = evolved(shop, Aim.TARDINESS, 2, 40, visitor=lambda: came.pop() if came else None)
    assert not came
    assert found[-1][1] <= best[1]


def test_the_same_seed_gives_the_same_plan():
    shop = to_shop(wide_problem(60))
    for aim in AIMS:
        one, again, other = (evolved(shop, aim, seed, 60) for seed in (1, 1, 2))
        assert said(one[-1]) == said(again[-1])
        assert said(one[-1])[:2] != said(other[-1])[:2]


def said(found):
    plan, cost = found
    return [plan.machine.tolist(), plan.order.tolist(), cost]


def all_searches():
    """Return what each search makes of one small problem."""
    shop = to_shop(wide_problem(24, machines=3))
    graph, start = empty_graph(shop), dispatch(shop, Rule.SHORT, 0.5, 1)
    memory, late_memory = new_memory(shop, 4), new_tardy_memory(shop, 4)
    makespan = int(tabu(shop, start, graph, memory, LIMITS))
    cost = tardy(shop, start, graph, late_memory, Cooling(640, 3.0, 0.1, 0))
    return [
        said((memory.best, makespan)),
        said((late_memory.best, cost)),
        said(evolved(shop, Aim.MAKESPAN, 7, 8)[-1]),
        said(evolved(shop, Aim.TARDINESS, 7, 20)[-1]),
    ]


def test_compiled_and_plain_runs_agree():
    assert uncompiled("test_pool", "all_searches") == all_searches()
