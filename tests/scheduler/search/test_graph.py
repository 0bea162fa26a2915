"""The graph of a plan: moves keep what a full measurement would find, and refuse what closes a cycle."""

from itertools import pairwise

import numpy as np
from floors import plain_problems
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.problem import Mode, Problem, Resource, Task
from scheduler.search.dispatch import dispatch
from scheduler.search.graph import build, empty_graph, ends_of, makespan_of, measure, move
from scheduler.search.rules import Rule
from scheduler.search.shop import Plan, to_shop

KEPT = ("ready", "tail", "end", "rest")


def any_move(draw, shop, graph):
    """Draw a task, one of its modes, and a place in that machine's row."""
    x = draw(st.integers(0, shop.tasks - 1))
    mode = draw(st.integers(int(shop.mode_ptr[x]), int(shop.mode_ptr[x + 1]) - 1))
    k = shop.mode_machine[mode]
    room = int(graph.length[k]) - (1 if graph.machine[x] == k else 0)
    return x, mode, int(shop.row_ptr[k]) + 1 + draw(st.integers(0, room))


def copied(graph):
    """Copy all but the sequences, whose arrays have room for more than they hold."""
    return {
        name: getattr(graph, name).copy() for name in graph._fields if name not in {"row", "moved"}
    }


def rows(shop, graph):
    return [
        graph.row[shop.row_ptr[k] : shop.row_ptr[k] + graph.length[k] + 2].tolist()
        for k in range(shop.machines)
    ]


def closes_a_cycle(shop, row_of):
    """Say whether sequences contradict the order of work, by taking away what waits for nothing."""
    waits = {
        x: set(shop.before[shop.before_ptr[x] : shop.before_ptr[x + 1]].tolist())
        for x in range(shop.tasks)
    }
    for row in row_of:
        for y, x in pairwise(row):
            waits[x].add(y)
    while waits:
        free = [x for x, earlier in waits.items() if not earlier & waits.keys()]
        if not free:
            return True
        for x in free:
            del waits[x]
    return False


def wanted_rows(shop, graph, x, mode, to):
    """Return the sequences after a move as lists, in the plainest way."""
    made = [row[1:-1] for row in rows(shop, graph)]
    made[int(graph.machine[x])].remove(x)
    k = int(shop.mode_machine[mode])
    made[k].insert(to - int(shop.row_ptr[k]) - 1, x)
    return made


@settings(deadline=None, max_examples=80)
@given(plain_problems(longest=5), st.data())
def test_a_move_leaves_what_a_full_measurement_finds_or_nothing_changed(problem, data):
    shop = to_shop(problem)
    graph = empty_graph(shop)
    build(shop, dispatch(shop, Rule.PATH, 0.5, 3), graph)
    for _ in range(data.draw(st.integers(1, 12))):
        x, mode, to = any_move(data.draw, shop, graph)
        before, old_rows = copied(graph), rows(shop, graph)
        wanted = wanted_rows(shop, graph, x, mode, to)
        if not move(shop, graph, x, mode, to):
            assert closes_a_cycle(shop, wanted)
            assert rows(shop, graph) == old_rows
            for name, value in before.items():
                assert (value == getattr(graph, name)).all(), name
            continue
        assert [row[1:-1] for row in rows(shop, graph)] == wanted
        assert graph.order[graph.rank].tolist() == list(range(shop.tasks))
        assert not graph.marked.any()
        after = copied(graph)
        measure(shop, graph)
        for name in KEPT:
            assert (after[name] == getattr(graph, name)).all(), name
        plan = Plan(graph.machine.copy(), graph.order.copy())
        ends = ends_of(shop, plan)
        assert (ends == graph.end[: shop.tasks]).all()
        assert makespan_of(graph) == ends.max()


@settings(deadline=None, max_examples=60)
@given(plain_problems(longest=5), st.data())
def test_a_move_and_its_way_back_leave_the_plan_as_it_was(problem, data):
    shop = to_shop(problem)
    graph = empty_graph(shop)
    build(shop, dispatch(shop, Rule.SHORT), graph)
    x, mode, to = any_move(data.draw, shop, graph)
    old_rows, old_end = rows(shop, graph), graph.end.copy()
    old_mode, old_place = int(graph.mode[x]), int(graph.place[x])
    if move(shop, graph, x, mode, to):
        assert move(shop, graph, x, old_mode, old_place)
    assert rows(shop, graph) == old_rows
    assert (graph.end == old_end).all()


def test_a_task_may_not_go_behind_what_waits_for_it():
    shop = to_shop(two_in_a_row())
    graph = empty_graph(shop)
    build(shop, Plan(np.zeros(2, np.uint32), np.array([0, 1], np.uint32)), graph)
    assert not move(shop, graph, 0, 0, 2)
    assert not move(shop, graph, 1, 1, 1)
    assert rows(shop, graph) == [[3, 0, 1, 2]]


def two_in_a_row():
    return Problem(
        now_s=0,
        tasks={
            "a": Task(id="a", order="o", modes=(Mode("m", 0),)),
            "b": Task(id="b", order="o", modes=(Mode("m", 0),), after=("a",)),
        },
        resources={"m": Resource(id="m", group="", windows=((0, 1 << 30),))},
        setups={},
        dues={},
    )
