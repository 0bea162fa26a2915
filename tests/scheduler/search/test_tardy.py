"""Annealing for weighted tardiness: what a place is said to cost is what it costs."""

from dataclasses import replace

import numpy as np
from brute import every_plan
from floors import plain_problems, wide_problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.problem import Aim
from scheduler.schedule import violations
from scheduler.search import late as lateness
from scheduler.search.dispatch import dispatch, worth
from scheduler.search.graph import build, empty_graph, ends_of, move
from scheduler.search.late import count_up, new_late, put_back, reach_after, reach_all, take_out
from scheduler.search.rules import Rule
from scheduler.search.shop import LONGEST_S, Plan, to_schedule, to_shop
from scheduler.search.tardy import (
    COST,
    CYCLES,
    HEAT,
    MODE,
    MOVES,
    NOTHING,
    PLACE,
    VALUE,
    Cooling,
    _weigh,
    new_tardy_memory,
    tardy,
)

SHORT = Cooling(steps=640, hot=3.0, cold=0.1, target=0)


def begun(problem, rule=Rule.PATH):
    """Return a shop, its graph of a dispatch, and a memory in which all is worked out."""
    shop = to_shop(problem)
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 5)
    build(shop, dispatch(shop, rule, 0.6, 3), graph)
    count_up(shop, graph, memory.late)
    lateness.choose_columns(shop, memory.late)
    reach_all(shop, graph, memory.late)
    return shop, graph, memory


def value(shop, plan):
    return worth(shop, Aim.TARDINESS, ends_of(shop, plan))


@settings(deadline=None, max_examples=60)
@given(plain_problems(), st.integers(0, 10))
def test_a_run_costs_what_its_plan_costs_and_no_more_than_its_start(problem, seed):
    shop = to_shop(problem)
    graph, memory = empty_graph(shop), new_tardy_memory(shop, seed)
    start = dispatch(shop, Rule.PATH, 0.8, seed)
    cost = tardy(shop, start, graph, memory, SHORT)
    assert cost == value(shop, memory.best) <= value(shop, start)
    schedule = to_schedule(problem, shop, memory.best, ends_of(shop, memory.best))
    assert list(violations(replace(problem, aim=Aim.TARDINESS), schedule)) == []
    assert memory.counts[CYCLES] == 0


@settings(deadline=None, max_examples=40)
@given(plain_problems(most_tasks=5, most_machines=2))
def test_tiny_shops_are_solved(problem):
    shop = to_shop(problem)
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    start = dispatch(shop, Rule.COST)
    least = min(value(shop, plan) for plan in every_plan(shop))
    found = min(tardy(shop, start, graph, memory, SHORT._replace(target=least)) for _ in range(6))
    assert found == least


@settings(deadline=None, max_examples=100)
@given(plain_problems(), st.data())
def test_no_place_costs_more_than_is_said(problem, data):
    """On its own machine a task may be reached again by other machines, and less is then said."""
    shop, graph, memory = begun(problem)
    v = data.draw(st.integers(0, shop.tasks - 1))
    memory.looked[HEAT] = 0
    _weigh(shop, graph, memory, v)
    if memory.choice[VALUE] == NOTHING:
        return
    assert move(shop, graph, v, int(memory.choice[MODE]), int(memory.choice[PLACE]))
    assert count_up(shop, graph, memory.late) <= memory.choice[COST]


@settings(deadline=None, max_examples=100)
@given(plain_problems(), st.data())
def test_a_place_on_another_machine_costs_exactly_what_is_said(problem, data):
    shop, graph, memory = begun(problem)
    v = data.draw(st.integers(0, shop.tasks - 1))
    memory.looked[HEAT] = 0
    _weigh(shop, graph, memory, v)
    assume(memory.choice[VALUE] != NOTHING)
    mode, place = int(memory.choice[MODE]), int(memory.choice[PLACE])
    assume(mode != graph.mode[v])
    assert move(shop, graph, v, mode, place)
    assert count_up(shop, graph, memory.late) == memory.choice[COST]


@settings(deadline=None, max_examples=60)
@given(plain_problems(most_machines=1), st.data())
def test_a_place_in_one_sequence_costs_exactly_what_is_said(problem, data):
    alone = {name: replace(task, after=()) for name, task in problem.tasks.items()}
    shop, graph, memory = begun(replace(problem, tasks=alone))
    v = data.draw(st.integers(0, shop.tasks - 1))
    memory.looked[HEAT] = 0
    _weigh(shop, graph, memory, v)
    assume(memory.choice[VALUE] != NOTHING)
    assert move(shop, graph, v, int(memory.choice[MODE]), int(memory.choice[PLACE]))
    assert count_up(shop, graph, memory.late) == memory.choice[COST]


@settings(deadline=None, max_examples=60)
@given(plain_problems(), st.data())
def test_what_is_brought_up_to_date_is_what_a_full_pass_finds(problem, data):
    shop, graph, memory = begun(problem)
    late = memory.late
    for _ in range(data.draw(st.integers(1, 8))):
        x = data.draw(st.integers(0, shop.tasks - 1))
        mode = data.draw(st.integers(int(shop.mode_ptr[x]), int(shop.mode_ptr[x + 1]) - 1))
        k = shop.mode_machine[mode]
        room = int(graph.length[k]) - (1 if graph.machine[x] == k else 0)
        to = int(shop.row_ptr[k]) + 1 + data.draw(st.integers(0, room))
        leader = int(graph.row[graph.place[x] - 1])
        if move(shop, graph, x, mode, to):
            reach_after(shop, graph, late, x, leader)
            kept = late.reach[: shop.tasks].copy()
            reach_all(shop, graph, late)
            assert (kept == late.reach[: shop.tasks]).all()
            assert not late.dirty.any()


@settings(deadline=None, max_examples=60)
@given(plain_problems())
def test_reach_leads_to_the_cost(problem):
    """An order ends with the longest of all paths to it, each begun by a task that waits for none."""
    shop, graph, memory = begun(problem)
    late = memory.late
    for j in np.flatnonzero(shop.weight):
        paths = late.reach[: shop.tasks, late.column[j]].astype(int)
        starts = graph.end[: shop.tasks] - graph.takes[: shop.tasks]
        longest = max((starts + paths)[paths >= 0], default=0)
        assert max(longest, shop.floor[j]) == late.done[j]


@settings(deadline=None, max_examples=60)
@given(plain_problems(), st.data())
def test_a_task_that_is_taken_out_and_put_back_leaves_no_trace(problem, data):
    shop, graph, memory = begun(problem)
    v = data.draw(st.integers(0, shop.tasks - 1))
    least = int(min(shop.mode_takes[shop.mode_ptr[v] : shop.mode_ptr[v + 1]]))
    count = take_out(shop, graph, memory.late, v, least)
    assert (memory.late.end <= graph.end).all()
    put_back(graph, memory.late, count)
    assert (memory.late.end == graph.end).all()
    assert not memory.late.dirty.any()


def test_orders_without_a_column_still_cost(monkeypatch):
    monkeypatch.setattr(lateness, "COLUMNS", 2)
    shop = to_shop(wide_problem(60))
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    assert memory.late.reach.shape == (62, 2)
    start = dispatch(shop, Rule.COST)
    cost = tardy(shop, start, graph, memory, SHORT)
    assert cost == value(shop, memory.best) < value(shop, start)
    assert memory.counts[MOVES] > 0


def test_costs_beyond_32_bits_are_drawn_from_and_counted():
    problem = wide_problem(40)
    dues = {name: replace(due, due_s=0, weight=1_000_000) for name, due in problem.dues.items()}
    tasks = {name: replace(task, release_s=LONGEST_S >> 4) for name, task in problem.tasks.items()}
    shop = to_shop(replace(problem, dues=dues, tasks=tasks))
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    start = dispatch(shop, Rule.FIRST, 0.9, 4)
    cost = tardy(shop, start, graph, memory, SHORT)
    assert 1 << 45 < cost == value(shop, memory.best) < value(shop, start)


def test_an_order_that_is_late_by_what_runs_now_alone_is_left_alone():
    shop = to_shop(wide_problem(12))
    shop = shop._replace(
        due=np.zeros_like(shop.due), floor=np.full_like(shop.floor, 10_000), weight=shop.weight
    )
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    start = dispatch(shop, Rule.COST)
    assert tardy(shop, start, graph, memory, SHORT) == value(shop, start)


def test_without_due_times_nothing_is_searched():
    shop = to_shop(replace(wide_problem(12), dues={}))
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    assert tardy(shop, dispatch(shop, Rule.COST), graph, memory, SHORT) == 0
    assert new_late(shop).reach.shape == (14, 0)


def test_a_run_that_is_stopped_leaves_a_plan():
    shop = to_shop(wide_problem(60))
    graph, memory = empty_graph(shop), new_tardy_memory(shop, 1)
    start = dispatch(shop, Rule.COST)
    cost = tardy(shop, start, graph, memory, SHORT, lambda: True)
    assert cost == value(shop, start) == value(shop, Plan(*memory.best))
