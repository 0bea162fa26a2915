"""The graph of a plan: machines' sequences, longest paths to and from each task, a topological order.

Heads and tails: `ready` is when a task could start if its machine were free, `end` when it ends;
`tail` is the longest path behind it through what waits for it, `rest` the longest path from its start
to the end of the plan. A task is critical when end + rest - takes is the makespan.
Source: Brucker 2007, Scheduling Algorithms, 6.4 (disjunctive graphs, heads and tails).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import inlined, lean, wide
from scheduler.search.shop import Plan, Shop


class Graph(NamedTuple):
    """Arrays that one search owns and changes in place; indices as in `Shop`."""

    row: NDArray[np.uint32]
    """Each machine's sequence from row_ptr[k]: N+1+k, its tasks, N."""
    length: NDArray[np.int32]
    """[M]: tasks of a machine."""
    place: NDArray[np.int32]
    """[N]: where a task is in `row`."""
    machine: NDArray[np.uint32]
    mode: NDArray[np.int32]
    takes: NDArray[np.int32]
    ready: NDArray[np.int32]
    tail: NDArray[np.int32]
    end: NDArray[np.int32]
    rest: NDArray[np.int32]
    order: NDArray[np.uint32]
    """A topological order, and where each task is in it."""
    rank: NDArray[np.int32]
    marked: NDArray[np.bool_]
    moved: NDArray[np.uint32]
    """Room for the tasks that a move shifts in the topological order."""
    first_before: NDArray[np.uint32]
    """[N]: the first task that comes before, and after, each task, or N: most have no other, and a loop
    that is hardly ever entered costs less than one that is entered once or not at all."""
    first_after: NDArray[np.uint32]


def empty_graph(shop: Shop) -> Graph:
    """Allocate a graph for a shop; `build` fills it."""
    tasks = shop.tasks
    beyond = tasks + 1 + shop.machines

    def whole(size: int) -> NDArray[np.int32]:
        return np.zeros(size, np.int32)

    def index(size: int) -> NDArray[np.uint32]:
        return np.zeros(size, np.uint32)

    return Graph(
        row=index(int(shop.row_ptr[-1])),
        length=whole(shop.machines),
        place=whole(tasks),
        machine=index(tasks),
        mode=whole(tasks),
        takes=whole(beyond),
        ready=whole(tasks),
        tail=whole(tasks),
        end=whole(beyond),
        rest=whole(beyond),
        order=index(tasks),
        rank=whole(tasks),
        marked=np.zeros(tasks, np.bool_),
        moved=index(tasks),
        first_before=_first(shop.before_ptr, shop.before),
        first_after=_first(shop.after_ptr, shop.after),
    )


def _first(ptr: NDArray[np.int32], flat: NDArray[np.uint32]) -> NDArray[np.uint32]:
    rows = len(ptr) - 1
    first = np.full(rows, rows, np.uint32)
    has_any = ptr[1:] > ptr[:-1]
    first[has_any] = flat[ptr[:-1][has_any]]
    return first


@lean
def build(shop: Shop, plan: Plan, graph: Graph) -> None:
    """Write a plan's sequences, heads and tails."""
    tasks, machines = len(shop.release), len(shop.free)
    for k in range(machines):
        graph.row[shop.row_ptr[k]] = tasks + 1 + k
        graph.length[k] = 0
        graph.end[tasks + 1 + k] = shop.free[k]
    for h in range(tasks):
        x = plan.order[h]
        k = plan.machine[x]
        graph.length[k] += 1
        at = shop.row_ptr[k] + graph.length[k]
        graph.row[at] = x
        graph.place[x] = at
        graph.machine[x] = k
        graph.order[h] = x
        graph.rank[x] = h
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            if shop.mode_machine[mode] == k:
                graph.mode[x] = mode
                graph.takes[x] = shop.mode_takes[mode]
    for k in range(machines):
        graph.row[shop.row_ptr[k] + graph.length[k] + 1] = tasks
    measure(shop, graph)


@lean
def measure(shop: Shop, graph: Graph) -> None:
    """Work out all heads and tails from the sequences and the topological order."""
    _measure_heads(shop, graph, 0)
    _measure_tails(shop, graph, len(shop.release) - 1)


@inlined
def _measure_heads(shop: Shop, graph: Graph, low: int) -> None:
    """Work out heads in topological order from `low`. To ask on the way what has changed costs more
    than it saves."""
    for h in range(low, len(shop.release)):
        x = graph.order[h]
        ready = max(shop.release[x], graph.end[graph.first_before[x]])
        for at in range(shop.before_ptr[x] + 1, shop.before_ptr[x + 1]):
            ready = max(ready, graph.end[shop.before[at]])
        graph.ready[x] = ready
        graph.end[x] = max(ready, graph.end[graph.row[graph.place[x] - 1]]) + graph.takes[x]


@inlined
def _measure_tails(shop: Shop, graph: Graph, high: int) -> None:
    """Work out tails against the topological order from `high`."""
    for h in range(high, -1, -1):
        x = graph.order[h]
        tail = graph.rest[graph.first_after[x]]
        for at in range(shop.after_ptr[x] + 1, shop.after_ptr[x + 1]):
            tail = max(tail, graph.rest[shop.after[at]])
        graph.tail[x] = tail
        graph.rest[x] = max(tail, graph.rest[graph.row[graph.place[x] + 1]]) + graph.takes[x]


@lean
def keep(graph: Graph, plan: Plan) -> None:
    """Write the graph's plan into another's arrays."""
    for h in range(len(graph.order)):
        plan.machine[h] = graph.machine[h]
        plan.order[h] = graph.order[h]


@lean
def makespan_of(graph: Graph) -> int:
    """Return the last end of all tasks."""
    tasks = len(graph.order)
    last = np.int32(0)
    for x in range(tasks):
        last = max(last, graph.end[x])
    return wide(last)


@inlined
def move(shop: Shop, graph: Graph, x: int, mode: int, to: int) -> bool:
    """Put a task into place `to` of the row of a mode's machine, and bring everything up to date.

    Within its machine `to` counts as if it were still there. Returns False, with the sequences
    changed back and everything else untouched, where the move would close a cycle.
    """
    old_mode, old_place = graph.mode[x], graph.place[x]
    shift(shop, graph, x, mode, to)
    low = high = wide(graph.rank[x])
    before, after = graph.row[graph.place[x] - 1], graph.row[graph.place[x] + 1]
    tasks = len(shop.release)
    right = True
    if before < tasks and graph.rank[before] > low:
        high = wide(graph.rank[before])
        right = _pull_behind(shop, graph, x, low, high)
    elif after < tasks and graph.rank[after] < low:
        low = wide(graph.rank[after])
        right = _pull_before(shop, graph, x, low, high)
    if not right:
        shift(shop, graph, x, old_mode, old_place)
        return False
    for h in range(low, high + 1):
        graph.rank[graph.order[h]] = h
    _measure_heads(shop, graph, low)
    _measure_tails(shop, graph, high)
    return True


@inlined
def shift(shop: Shop, graph: Graph, x: int, mode: int, to: int) -> None:
    """Take a task out of its row and put it into place `to` of a mode's row, times untouched."""
    row, place = graph.row, graph.place
    at = wide(place[x])
    k, target = graph.machine[x], shop.mode_machine[mode]
    if k == target:
        step = 1 if to > at else -1
        while at != to:
            row[at] = row[at + step]
            place[row[at]] = at
            at += step
    else:
        last = shop.row_ptr[k] + graph.length[k]
        while at < last:
            row[at] = row[at + 1]
            place[row[at]] = at
            at += 1
        row[last] = len(shop.release)
        graph.length[k] -= 1
        graph.length[target] += 1
        at = wide(shop.row_ptr[target] + graph.length[target])
        row[at + 1] = len(shop.release)
        while at > to:
            row[at] = row[at - 1]
            place[row[at]] = at
            at -= 1
    row[at] = x
    place[x] = at
    graph.machine[x] = target
    graph.mode[x] = mode
    graph.takes[x] = shop.mode_takes[mode]


@lean
def _pull_behind(shop: Shop, graph: Graph, x: int, low: int, high: int) -> bool:
    """Move a task and what depends on it behind the end of a window of the topological order; False
    if what ends the window depends on it, the order untouched.

    Source: Pearce and Kelly 2006, A Dynamic Topological Sort Algorithm, section 3 (affected region).
    """
    order, marked, moved = graph.order, graph.marked, graph.moved
    marked[x] = True
    moved[0] = x
    count = 1
    free = low
    for h in range(low + 1, high + 1):
        z = order[h]
        depends = _leads(graph, z, len(shop.release))
        at, until = shop.before_ptr[z], shop.before_ptr[z + 1]
        while not depends and at < until:
            depends = marked[shop.before[at]]
            at += 1
        if depends:
            marked[z] = True
            moved[count] = z
            count += 1
        else:
            order[free] = z
            free += 1
    closed = marked[graph.row[graph.place[x] - 1]]
    for n in range(count):
        marked[moved[n]] = False
        order[free + n] = moved[n]
    if closed:
        _restore(graph, low, high)
    return not closed


@lean
def _pull_before(shop: Shop, graph: Graph, x: int, low: int, high: int) -> bool:
    """Move a task and what it depends on before the begin of a window; otherwise as `_pull_behind`."""
    order, marked, moved = graph.order, graph.marked, graph.moved
    tasks = len(shop.release)
    marked[x] = True
    moved[0] = x
    count = 1
    free = high
    for h in range(high - 1, low - 1, -1):
        z = order[h]
        follower = graph.row[graph.place[z] + 1]
        needed = follower < tasks and marked[follower]
        at, until = shop.after_ptr[z], shop.after_ptr[z + 1]
        while not needed and at < until:
            needed = marked[shop.after[at]]
            at += 1
        if needed:
            marked[z] = True
            moved[count] = z
            count += 1
        else:
            order[free] = z
            free -= 1
    closed = marked[graph.row[graph.place[x] + 1]]
    for n in range(count):
        marked[moved[n]] = False
        order[free - n] = moved[n]
    if closed:
        _restore(graph, low, high)
    return not closed


@inlined
def _leads(graph: Graph, z: int, tasks: int) -> bool:
    leader = graph.row[graph.place[z] - 1]
    return bool(leader < tasks and graph.marked[leader])


@lean
def _restore(graph: Graph, low: int, high: int) -> None:
    """Sort a window of the topological order by the ranks that its tasks still have."""
    for h in range(low, high + 1):
        graph.moved[h - low] = graph.order[h]
    for n in range(high - low + 1):
        z = graph.moved[n]
        graph.order[graph.rank[z]] = z


def ends_of(shop: Shop, plan: Plan) -> NDArray[np.int32]:
    """Return the end of each task when each starts as early as it can."""
    end = np.zeros(shop.tasks, np.int32)
    run(shop, plan, end, shop.free.copy())
    return end


@lean
def run(shop: Shop, plan: Plan, end: NDArray[np.int32], clear: NDArray[np.int32]) -> int:
    """Write the end of each task into `end`, which is 0; `clear` tells when each machine is free, and
    then when it has become so. Returns the last end."""
    last = np.int32(0)
    for h in range(len(plan.order)):
        x = plan.order[h]
        k = plan.machine[x]
        start = max(shop.release[x], clear[k])
        for at in range(shop.before_ptr[x], shop.before_ptr[x + 1]):
            start = max(start, end[shop.before[at]])
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            if shop.mode_machine[mode] == k:
                end[x] = start + shop.mode_takes[mode]
        clear[k] = end[x]
        last = max(last, end[x])
    return wide(last)
