"""Sequences of machines as one array, heads and tails of all tasks, and a topological order kept.

Words: the head of a task is its earliest start, its tail the longest path from its end to the end of
the plan. `end` is head plus duration; `rest` is duration plus tail, so both paths hold the task.
"""

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import kernel
from scheduler.search.shop import Plan, Shop


@kernel
def sequences(
    shop: Shop,
    plan: Plan,
    row: NDArray[np.uint32],
    length: NDArray[np.int32],
    place: NDArray[np.int32],
    takes: NDArray[np.int32],
) -> None:
    """Write each machine's tasks in the plan's order behind its own index N+1+k, where each task then
    is, and what it takes there."""
    tasks, machines = len(shop.release), len(shop.free)
    for k in range(machines):
        row[shop.row_ptr[k]] = tasks + 1 + k
        length[k] = 1
    for h in range(tasks):
        x = plan.order[h]
        k = plan.machine[x]
        at = shop.row_ptr[k] + length[k]
        row[at] = x
        place[x] = at
        length[k] += 1
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            if shop.mode_machine[mode] == k:
                takes[x] = shop.mode_takes[mode]


@kernel
def ends_of(shop: Shop, plan: Plan) -> NDArray[np.int32]:
    """Return the end of each task when each starts as early as it can."""
    tasks = len(shop.release)
    end = np.zeros(tasks, np.int32)
    clear = shop.free.copy()
    for h in range(tasks):
        x = plan.order[h]
        k = plan.machine[x]
        start = max(shop.release[x], clear[k])
        for at in range(shop.before_ptr[x], shop.before_ptr[x + 1]):
            start = max(start, end[shop.before[at]])
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            if shop.mode_machine[mode] == k:
                end[x] = start + shop.mode_takes[mode]
        clear[k] = end[x]
    return end
