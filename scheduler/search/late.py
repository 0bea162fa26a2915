"""What lateness costs in a plan, and how far each task is from the end of each order.

`reach[x, c]` is the longest path from the start of task x to the end of the order of column c. With it
the cost of putting a task elsewhere is known without doing so: every order ends with the longest path
through the task or, without it, where it ends anyway. Source: Mati, Dauzère-Pérès and Lahlou 2011, A
general approach for optimizing regular criteria in the job-shop scheduling problem, section 4; there
the ends without the task are bounded, here they are worked out once for all its places.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.graph import Graph
from scheduler.search.kernel import inlined, lean, wide
from scheduler.search.paths import closing
from scheduler.search.shop import Shop

NEVER = -(1 << 30)
"""No path leads to the end of that order. With the longest time added it is still below 0."""
COLUMNS = 256
"""At most as many orders are told apart; beyond them the costs of the others are taken as they are."""


class Late(NamedTuple):
    """Arrays that one search owns. J orders, of which C have a column."""

    closer_ptr: NDArray[np.int32]
    """[J+1]: the tasks that nothing else of order j waits for."""
    closer: NDArray[np.uint32]
    closes: NDArray[np.bool_]
    done: NDArray[np.int32]
    """[J]: when each order ends."""
    cost: NDArray[np.int64]
    """[J]: what its lateness costs."""
    column: NDArray[np.int32]
    """[J]: -1 without one."""
    due: NDArray[np.int32]
    """[C]: due time and weight, and the end with one task taken out of its machine's sequence."""
    weight: NDArray[np.int32]
    base: NDArray[np.int32]
    end: NDArray[np.int32]
    """[N+1+M]: the graph's ends, and between `take_out` and `put_back` what they are without a task."""
    reach: NDArray[np.int32]
    """[N+2, C]: nothing leads on from task N, and row N+1 is room for `lengthen`."""
    behind: NDArray[np.int32]
    """[C]: the same from the end of the task that is looked at, through what waits for it."""
    dirty: NDArray[np.bool_]
    """[N]: by rank, what must be worked out again."""
    changed: NDArray[np.uint32]


def new_late(shop: Shop) -> Late:
    """Allocate for a shop; `choose_columns` says which orders are told apart."""
    tasks, orders = shop.tasks, len(shop.due)
    closes = closing(shop)
    closer = np.flatnonzero(closes)
    closer = closer[np.argsort(shop.order_of[closer], kind="stable")]
    counts = np.bincount(shop.order_of[closer], minlength=orders)
    columns = min(COLUMNS, int(np.count_nonzero(shop.weight)))

    def row(size: int) -> NDArray[np.int32]:
        return np.zeros(size, np.int32)

    return Late(
        closer_ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        closer=closer.astype(np.uint32),
        closes=closes,
        done=row(orders),
        cost=np.zeros(orders, np.int64),
        column=row(orders),
        due=row(columns),
        weight=row(columns),
        base=row(columns),
        end=row(tasks + 1 + shop.machines),
        reach=np.full((tasks + 2, columns), NEVER, np.int32),
        behind=row(columns),
        dirty=np.zeros(tasks, np.bool_),
        changed=np.zeros(tasks, np.uint32),
    )


def choose_columns(shop: Shop, late: Late) -> None:
    """Tell those orders apart whose lateness costs, or that are the next to be late."""
    late.column[:] = -1
    wanted = np.flatnonzero(shop.weight)
    slack = shop.due[wanted].astype(np.int64) - late.done[wanted]
    chosen = np.sort(wanted[np.argsort(slack, kind="stable")[: len(late.due)]])
    late.column[chosen] = np.arange(len(chosen))
    late.due[:] = shop.due[chosen]
    late.weight[:] = shop.weight[chosen]


@inlined
def cost_of(end: int, due: int, weight: int) -> int:
    """Return what an order costs that ends at a time: its weight for each second late."""
    return max(wide(0), wide(end) - wide(due)) * wide(weight)


@lean
def count_up(shop: Shop, graph: Graph, late: Late) -> int:
    """Take over the graph's ends, and work out when orders end and what that costs; returns the sum."""
    for x in range(len(late.end)):
        late.end[x] = graph.end[x]
    total = wide(0)
    for j in range(len(shop.due)):
        last = shop.floor[j]
        for at in range(late.closer_ptr[j], late.closer_ptr[j + 1]):
            last = max(last, graph.end[late.closer[at]])
        late.done[j] = last
        late.cost[j] = cost_of(last, shop.due[j], shop.weight[j])
        total += late.cost[j]
    return total


@inlined
def spread_behind(shop: Shop, late: Late, x: int, own: bool) -> None:
    """Write into `behind` the longest path from the end of a task through what waits for it."""
    for c in range(len(late.due)):
        late.behind[c] = NEVER
    for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
        y = wide(shop.after[at])
        for c in range(len(late.due)):
            late.behind[c] = max(late.behind[c], late.reach[y, c])
    column = late.column[shop.order_of[x]]
    if own and column >= 0:
        late.behind[column] = max(late.behind[column], np.int32(0))


@inlined
def _work_out(shop: Shop, graph: Graph, late: Late, x: int) -> bool:
    """Work out a task's row of `reach`; says whether it has changed."""
    reach, behind, takes = late.reach, late.behind, graph.takes[x]
    follower = wide(graph.row[graph.place[x] + 1])
    spread_behind(shop, late, x, late.closes[x])
    apart = np.int32(0)
    for c in range(len(late.due)):
        longest = max(behind[c], reach[follower, c])
        new = NEVER if longest < 0 else longest + takes
        apart |= new ^ reach[x, c]
        reach[x, c] = new
    return bool(apart != 0)


@inlined
def lengthen(shop: Shop, graph: Graph, late: Late, x: int) -> None:
    """Let row N+1 of `reach` begin with task x on its machine, and not with what it was of."""
    reach, takes, room = late.reach, graph.takes[x], len(graph.place) + 1
    for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
        y = wide(shop.after[at])
        for c in range(len(late.due)):
            reach[room, c] = max(reach[room, c], reach[y, c])
    column = late.column[shop.order_of[x]]
    if late.closes[x] and column >= 0:
        reach[room, column] = max(reach[room, column], np.int32(0))
    for c in range(len(late.due)):
        longest = reach[room, c]
        reach[room, c] = NEVER if longest < 0 else longest + takes


@inlined
def cost_with(late: Late, end: int, row: int) -> int:
    """Return the cost of all columns where the task that is taken out ends at a time and is followed by
    the task of a row of `reach`."""
    total = wide(0)
    for c in range(len(late.due)):
        through = end + max(late.behind[c], late.reach[row, c])
        total += cost_of(max(through, late.base[c]), late.due[c], late.weight[c])
    return total


@lean
def reach_all(shop: Shop, graph: Graph, late: Late) -> None:
    """Work out all of `reach`."""
    for h in range(len(graph.order) - 1, -1, -1):
        _work_out(shop, graph, late, wide(graph.order[h]))


@inlined
def reach_after(shop: Shop, graph: Graph, late: Late, x: int, leader: int) -> None:
    """Bring `reach` up to date where task x has moved, and once followed `leader`."""
    tasks = len(graph.place)
    rank, dirty = graph.rank, late.dirty
    high = low = wide(rank[x])
    dirty[high] = True
    for y in (leader, wide(graph.row[graph.place[x] - 1])):
        if y < tasks:
            dirty[rank[y]] = True
            high, low = max(high, wide(rank[y])), min(low, wide(rank[y]))
    h = high
    while h >= low:
        if dirty[h]:
            dirty[h] = False
            z = wide(graph.order[h])
            if _work_out(shop, graph, late, z):
                y = wide(graph.row[graph.place[z] - 1])
                if y < tasks:
                    dirty[rank[y]] = True
                    low = min(low, wide(rank[y]))
                for at in range(shop.before_ptr[z], shop.before_ptr[z + 1]):
                    r = wide(rank[shop.before[at]])
                    dirty[r] = True
                    low = min(low, r)
        h -= 1


@inlined
def take_out(shop: Shop, graph: Graph, late: Late, v: int, least: int) -> int:
    """Work out `end` and `base` as if task v took `least` and no machine; returns how many
    ends have changed, for `put_back`."""
    tasks = len(graph.place)
    rank, end, dirty = graph.rank, late.end, late.dirty
    follower = wide(graph.row[graph.place[v] + 1])
    for j in range(len(late.column)):
        if late.column[j] >= 0:
            late.base[late.column[j]] = late.done[j]
    count = 0
    h = high = wide(rank[v])
    dirty[h] = True
    if follower < tasks:
        high = wide(rank[follower])
        dirty[high] = True
    while h <= high:
        if dirty[h]:
            dirty[h] = False
            z = wide(graph.order[h])
            new = _end_without(shop, graph, late, z, v, least)
            if new != end[z]:
                end[z] = new
                late.changed[count] = z
                count += 1
                y = wide(graph.row[graph.place[z] + 1]) if z != v else tasks
                if y < tasks:
                    dirty[rank[y]] = True
                    high = max(high, wide(rank[y]))
                for at in range(shop.after_ptr[z], shop.after_ptr[z + 1]):
                    r = wide(rank[shop.after[at]])
                    dirty[r] = True
                    high = max(high, r)
        h += 1
    _settle_base(shop, graph, late, count)
    return count


@inlined
def _end_without(shop: Shop, graph: Graph, late: Late, z: int, v: int, least: int) -> int:
    end = late.end
    ready = shop.release[z]
    for at in range(shop.before_ptr[z], shop.before_ptr[z + 1]):
        ready = max(ready, end[shop.before[at]])
    if z == v:
        return wide(ready) + least
    leader = graph.row[graph.place[z] - 1]
    if leader == v:
        leader = graph.row[graph.place[v] - 1]
    return wide(max(ready, end[leader])) + wide(graph.takes[z])


@inlined
def _settle_base(shop: Shop, graph: Graph, late: Late, count: int) -> None:
    for n in range(count):
        z = late.changed[n]
        j = shop.order_of[z]
        if late.closes[z] and late.column[j] >= 0:
            last = shop.floor[j]
            for at in range(late.closer_ptr[j], late.closer_ptr[j + 1]):
                last = max(last, late.end[late.closer[at]])
            late.base[late.column[j]] = last


@inlined
def put_back(graph: Graph, late: Late, count: int) -> None:
    """Undo `take_out`."""
    for n in range(count):
        z = late.changed[n]
        late.end[z] = graph.end[z]
