"""Longest paths in a plan: the tasks that hold up an end, one after the other."""

import numpy as np
from numpy.typing import NDArray

from scheduler.search.graph import Graph
from scheduler.search.kernel import lean, roll, wide
from scheduler.search.shop import Shop


@lean
def path_to(
    shop: Shop, graph: Graph, state: NDArray[np.uint64], last: int, path: NDArray[np.uint32]
) -> int:
    """Write a longest path from its last task back to its first, drawn at random where several lead on;
    returns its length, which is 0 where the last task is none."""
    tasks = len(shop.release)
    x, count = last, 0
    while x < tasks:
        path[count] = x
        count += 1
        start = graph.end[x] - graph.takes[x]
        leader = wide(graph.row[graph.place[x] - 1])
        ties, found = 0, tasks
        if leader < tasks and graph.end[leader] == start:
            ties, found = 1, leader
        for at in range(shop.before_ptr[x], shop.before_ptr[x + 1]):
            earlier = wide(shop.before[at])
            if graph.end[earlier] == start:
                ties += 1
                if roll(state, ties) == 0:
                    found = earlier
        x = found if start > 0 else tasks
    return count
