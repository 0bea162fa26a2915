"""What comes before what, machines left aside: orders, and the longest paths into and out of tasks."""

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import kernel
from scheduler.search.shop import Plan, Shop


def shortest_takes(shop: Shop) -> NDArray[np.int32]:
    """Return what each task takes at least."""
    if not len(shop.mode_takes):
        return np.zeros(0, np.int32)
    least: NDArray[np.int32] = np.minimum.reduceat(shop.mode_takes, shop.mode_ptr[:-1])
    return least


@kernel
def topological(shop: Shop) -> NDArray[np.uint32]:
    """Return all tasks so that what comes before a task stands before it; fewer if there is a cycle."""
    tasks = len(shop.release)
    order = np.zeros(tasks, np.uint32)
    missing = np.zeros(tasks, np.int64)
    filled = 0
    for x in range(tasks):
        missing[x] = shop.before_ptr[x + 1] - shop.before_ptr[x]
        if missing[x] == 0:
            order[filled] = x
            filled += 1
    read = 0
    while read < filled:
        x = int(order[read])
        read += 1
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            y = int(shop.after[at])
            missing[y] -= 1
            if missing[y] == 0:
                order[filled] = y
                filled += 1
    return order[:filled]


def closing(shop: Shop) -> NDArray[np.bool_]:
    """Return for each task whether nothing of its own order waits for it."""
    follower = np.repeat(np.arange(shop.tasks), np.diff(shop.before_ptr))
    is_inside = shop.order_of[follower] == shop.order_of[shop.before]
    closes = np.ones(shop.tasks, np.bool_)
    closes[shop.before[is_inside]] = False
    return closes


def plan_in_time(
    shop: Shop, machine: NDArray[np.uint32], start: NDArray[np.int64], end: NDArray[np.int64]
) -> Plan:
    """Return the plan of a right schedule: tasks by their starts, and at one moment as they depend."""
    rank = np.empty(shop.tasks, np.int64)
    rank[topological(shop)] = np.arange(shop.tasks)
    return Plan(machine, np.lexsort((rank, end, start)).astype(np.uint32))


@kernel
def paths_from(shop: Shop, takes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the longest path from the start of each task, its own duration with it."""
    order = topological(shop)
    path = np.zeros(len(takes))
    for h in range(len(order) - 1, -1, -1):
        x = int(order[h])
        longest = 0.0
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            longest = max(longest, path[shop.after[at]])
        path[x] = longest + takes[x]
    return path


@kernel
def latest_starts(shop: Shop, takes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the latest start of each task at which no order that waits for it must be late."""
    order = topological(shop)
    latest = np.zeros(len(takes), np.int64)
    for h in range(len(order) - 1, -1, -1):
        x = int(order[h])
        end = int(shop.due[shop.order_of[x]])
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            end = min(end, latest[shop.after[at]])
        latest[x] = end - int(takes[x])
    return latest


@kernel
def paths_into(shop: Shop, takes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the earliest start of each task if every machine had room at any time once it is free."""
    order = topological(shop)
    head = np.zeros(len(takes), np.int64)
    for h in range(len(order)):
        x = order[h]
        soonest = np.int64(-1)
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            free = np.int64(shop.free[shop.mode_machine[mode]])
            soonest = free if soonest < 0 else min(soonest, free)
        head[x] = max(np.int64(shop.release[x]), soonest)
        for at in range(shop.before_ptr[x], shop.before_ptr[x + 1]):
            y = shop.before[at]
            head[x] = max(head[x], head[y] + takes[y])
    return head


@kernel
def paths_out(shop: Shop, takes: NDArray[np.int32], *, own: bool) -> NDArray[np.int64]:
    """Return the longest path from the end of each task, or the longest through its own order's."""
    order = topological(shop)
    tail = np.zeros(len(takes), np.int64)
    for h in range(len(order) - 1, -1, -1):
        x = order[h]
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            y = shop.after[at]
            if not own or shop.order_of[x] == shop.order_of[y]:
                tail[x] = max(tail[x], tail[y] + takes[y])
    return tail
