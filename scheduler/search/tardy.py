"""Simulated annealing for weighted tardiness: a task that makes an order late goes where it costs least.

The order is drawn by its share of the cost, the task from its longest path. All places on all its
machines that close no cycle are weighed, each with a little luck, and the best is taken if the luck of
the moment allows its cost. Sources: Kirkpatrick, Gelatt and Vecchi 1983, Optimization by Simulated
Annealing; Mati, Dauzère-Pérès and Lahlou 2011 (see `late`) for what a place costs; that all places of a
task compete at the present heat is own work, measured against a tabu search and single random moves.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.critical import path_to
from scheduler.search.graph import Graph, build, keep, move
from scheduler.search.kernel import dice, inlined, lean, roll, wide
from scheduler.search.late import (
    Late,
    choose_columns,
    cost_with,
    count_up,
    lengthen,
    new_late,
    put_back,
    reach_after,
    reach_all,
    spread_behind,
    take_out,
)
from scheduler.search.paths import shortest_takes
from scheduler.search.shop import Plan, Shop

NOTHING = 1 << 60
VALUE, COST, MODE, PLACE = range(4)
"""Fields of a choice: its cost with luck, its cost, and the move."""
READY, LEAST, NEEDS, SERVES, OTHERS, HEAT = range(6)
"""What is known of a task that is looked at: when it could start, its least duration, the last rank
that it waits for, the first that waits for it, the cost of orders without a column, the heat."""
STEPS, MOVES, PLACES, MISSED, CYCLES = range(5)
"""Fields of the counts: of moves also those that cost other than was said, or were none."""
LUCKS = 1 << 12
COOLED = 64
"""Steps at one heat."""
BETWEEN = 8_000
"""So many heats, divided by the number of tasks, pass between two looks at the clock."""


class TardyMemory(NamedTuple):
    """What the search remembers over all its runs; owned by one process."""

    late: Late
    dice: NDArray[np.uint64]
    counts: NDArray[np.int64]
    choice: NDArray[np.int64]
    looked: NDArray[np.int64]
    path: NDArray[np.uint32]
    luck: NDArray[np.int64]
    """Exponential draws with mean 1024."""
    unit: float
    """What a task's mean duration of lateness costs at the mean weight: heats are counted in it."""
    best: Plan
    """The best plan of the last run."""


def new_tardy_memory(shop: Shop, seed: int) -> TardyMemory:
    """Allocate for a shop."""
    tasks = shop.tasks
    unit = float((shop.weight[shop.order_of] * shortest_takes(shop)).mean()) if tasks else 0.0
    draws = -np.log((np.arange(LUCKS) + 0.5) / LUCKS)
    return TardyMemory(
        late=new_late(shop),
        dice=dice(seed),
        counts=np.zeros(5, np.int64),
        choice=np.zeros(4, np.int64),
        looked=np.zeros(6, np.int64),
        path=np.zeros(tasks, np.uint32),
        luck=np.rint(1024 * draws).astype(np.int64),
        unit=max(unit, 1.0),
        best=Plan(np.zeros(tasks, np.uint32), np.zeros(tasks, np.uint32)),
    )


class Cooling(NamedTuple):
    """How long a run lasts, and its heat at its begin and at its end, in the memory's units."""

    steps: int
    hot: float
    cold: float
    target: int
    """A cost that is good enough."""


def tardy(
    shop: Shop,
    plan: Plan,
    graph: Graph,
    memory: TardyMemory,
    cooling: Cooling,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Search from a plan; returns the least weighted tardiness and leaves that plan in `memory.best`.
    `stop` is asked every few milliseconds."""
    build(shop, plan, graph)
    best = count_up(shop, graph, memory.late)
    choose_columns(shop, memory.late)
    reach_all(shop, graph, memory.late)
    keep(graph, memory.best)
    rounds = max(1, cooling.steps // COOLED)
    ratio = (cooling.cold / cooling.hot) ** (np.arange(rounds) / rounds)
    heats = np.rint(ratio * cooling.hot * memory.unit).astype(np.int64)
    between = max(1, BETWEEN // max(1, shop.tasks))
    for begin in range(0, rounds, between):
        if best <= cooling.target or stop():
            break
        best = _anneal(shop, graph, memory, heats[begin : begin + between], best, cooling.target)
    return int(best)


@lean
def _anneal(
    shop: Shop,
    graph: Graph,
    memory: TardyMemory,
    heats: NDArray[np.int64],
    best: int,
    target: int,
) -> int:
    cost = count_up(shop, graph, memory.late)
    left = length = 0
    for n in range(len(heats) * COOLED):
        if best <= target or cost == 0:
            break
        if left == 0:
            left = length = _late_path(shop, graph, memory, cost)
        if length == 0:
            break
        left -= 1
        memory.counts[STEPS] += 1
        heat = heats[n // COOLED]
        v = wide(memory.path[roll(memory.dice, length)])
        limit = cost + _luck(memory, heat)
        memory.looked[HEAT] = heat
        _weigh(shop, graph, memory, v)
        if memory.choice[VALUE] == NOTHING or memory.choice[COST] > limit:
            continue
        new = _go(shop, graph, memory, v, limit)
        if new >= 0:
            cost, left = new, 0
            if cost < best:
                best = cost
                keep(graph, memory.best)
    return wide(best)


@inlined
def _luck(memory: TardyMemory, heat: int) -> int:
    return wide((heat * memory.luck[roll(memory.dice, LUCKS)]) >> 10)


@inlined
def _weigh(shop: Shop, graph: Graph, memory: TardyMemory, v: int) -> None:
    """Choose among all other places for a task."""
    late, looked = memory.late, memory.looked
    first, until = wide(shop.mode_ptr[v]), wide(shop.mode_ptr[v + 1])
    least = wide(shop.mode_takes[first])
    for mode in range(first, until):
        least = min(least, wide(shop.mode_takes[mode]))
    memory.choice[VALUE] = NOTHING
    count = take_out(shop, graph, late, v, least)
    spread_behind(shop, late, v, late.closes[v])
    looked[LEAST] = least
    looked[READY], looked[NEEDS], looked[SERVES] = shop.release[v], -1, len(graph.place)
    for at in range(shop.before_ptr[v], shop.before_ptr[v + 1]):
        y = shop.before[at]
        looked[READY] = max(looked[READY], wide(memory.late.end[y]))
        looked[NEEDS] = max(looked[NEEDS], wide(graph.rank[y]))
    for at in range(shop.after_ptr[v], shop.after_ptr[v + 1]):
        looked[SERVES] = min(looked[SERVES], wide(graph.rank[shop.after[at]]))
    looked[OTHERS] = 0
    for j in range(len(late.column)):
        if late.column[j] < 0:
            looked[OTHERS] += late.cost[j]
    _weigh_later(graph, memory, v)
    _weigh_earlier(shop, graph, memory, v)
    for mode in range(first, until):
        if mode != graph.mode[v]:
            _weigh_there(shop, graph, memory, mode)
    put_back(graph, late, count)


@inlined
def _may_lead(graph: Graph, memory: TardyMemory, y: int) -> bool:
    """Say that a task surely does not wait for the one that is looked at: it starts too early, or
    stands before all that does in the topological order."""
    start = memory.late.end[y] - graph.takes[y]
    looked = memory.looked
    return bool(start < looked[READY] + looked[LEAST] or graph.rank[y] < looked[SERVES])


@inlined
def _may_follow(graph: Graph, memory: TardyMemory, x: int) -> bool:
    """Say that the one that is looked at surely does not wait for a task."""
    looked = memory.looked
    return bool(memory.late.end[x] > looked[READY] or graph.rank[x] > looked[NEEDS])


@inlined
def _weigh_later(graph: Graph, memory: TardyMemory, v: int) -> None:
    tasks, mode, takes = len(graph.place), wide(graph.mode[v]), graph.takes[v]
    at = wide(graph.place[v]) + 1
    y = graph.row[at]
    while y < tasks and _may_lead(graph, memory, y):
        x = wide(graph.row[at + 1])
        end = max(memory.looked[READY], wide(memory.late.end[y])) + takes
        _offer(memory, cost_with(memory.late, end, x), mode, at)
        at += 1
        y = graph.row[at]


@inlined
def _weigh_earlier(shop: Shop, graph: Graph, memory: TardyMemory, v: int) -> None:
    """Tasks that v gets ahead of are reached without it: their paths are put together anew."""
    tasks, mode, takes = len(graph.place), wide(graph.mode[v]), graph.takes[v]
    late = memory.late
    at = wide(graph.place[v])
    follower = wide(graph.row[at + 1])
    for c in range(len(late.due)):
        late.reach[tasks + 1, c] = late.reach[follower, c]
    at -= 1
    x = wide(graph.row[at])
    while x < tasks and _may_follow(graph, memory, x):
        lengthen(shop, graph, late, x)
        y = wide(graph.row[at - 1])
        end = max(memory.looked[READY], wide(memory.late.end[y])) + takes
        _offer(memory, cost_with(late, end, tasks + 1), mode, at)
        at -= 1
        x = y


@inlined
def _weigh_there(shop: Shop, graph: Graph, memory: TardyMemory, mode: int) -> None:
    """Weigh the places on another machine, from the first whose task may follow."""
    tasks, takes = len(graph.place), shop.mode_takes[mode]
    k = shop.mode_machine[mode]
    low = wide(shop.row_ptr[k]) + 1
    behind = low + wide(graph.length[k])
    high = behind
    while low < high:
        middle = (low + high) >> 1
        if _may_follow(graph, memory, graph.row[middle]):
            high = middle
        else:
            low = middle + 1
    for at in range(low, behind + 1):
        y = graph.row[at - 1]
        if y < tasks and not _may_lead(graph, memory, y):
            break
        end = max(memory.looked[READY], wide(memory.late.end[y])) + takes
        _offer(memory, cost_with(memory.late, end, wide(graph.row[at])), mode, at)


@inlined
def _offer(memory: TardyMemory, cost: int, mode: int, place: int) -> None:
    choice = memory.choice
    memory.counts[PLACES] += 1
    whole = cost + memory.looked[OTHERS]
    value = whole + _luck(memory, memory.looked[HEAT])
    if value < choice[VALUE]:
        choice[VALUE], choice[COST], choice[MODE], choice[PLACE] = value, whole, mode, place


@inlined
def _go(shop: Shop, graph: Graph, memory: TardyMemory, v: int, limit: int) -> int:
    """Make the chosen move; returns the cost, or -1 and leaves all as it was if it is above a limit."""
    late = memory.late
    old_mode, old_place = wide(graph.mode[v]), wide(graph.place[v])
    leader = wide(graph.row[old_place - 1])
    if not move(shop, graph, v, memory.choice[MODE], memory.choice[PLACE]):
        memory.counts[CYCLES] += 1
        return wide(-1)
    cost = count_up(shop, graph, late)
    memory.counts[MOVES] += 1
    if cost != memory.choice[COST]:
        memory.counts[MISSED] += 1
    if cost > limit:
        move(shop, graph, v, old_mode, old_place)
        count_up(shop, graph, late)
        return wide(-1)
    reach_after(shop, graph, late, v, leader)
    return cost


@inlined
def _late_path(shop: Shop, graph: Graph, memory: TardyMemory, cost: int) -> int:
    """Write a longest path to the end of a late order, drawn by its cost; returns its length."""
    late, tasks = memory.late, len(graph.place)
    draw = roll(memory.dice, min(cost, 1 << 31))
    if cost > 1 << 31:
        draw = (draw * (cost >> 20)) >> 11
    j = 0
    while draw >= late.cost[j]:
        draw -= late.cost[j]
        j += 1
    x = tasks
    for at in range(late.closer_ptr[j], late.closer_ptr[j + 1]):
        if graph.end[late.closer[at]] == late.done[j]:
            x = wide(late.closer[at])
    return path_to(shop, graph, memory.dice, x, memory.path)
