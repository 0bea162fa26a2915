"""Which of the tasks that wait for a machine goes first: a key for each task, the least first."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import dice, fraction, kernel
from scheduler.search.shop import Shop


class Rule(IntEnum):
    """What makes a task urgent."""

    PATH = 0
    """Most work remaining, as the longest path to the end of all work."""
    LOAD = 1
    """The same, where seconds count as much as their machine is loaded."""
    DUE = 2
    """The latest start at which nothing behind it is late."""
    COST = 3
    """Apparent tardiness cost: weight over duration, fading with slack."""
    FIRST = 4
    """First come, first served."""
    SHORT = 5
    """Shortest first."""
    PLACE = 6
    """How far along the longest path through it a task stands: work in step with the whole."""


class Urgency(NamedTuple):
    """What a dispatch asks about a task: the key by which it queues, and for a cost that changes with
    time (patience above 0) its weight; `by_arrival` puts the time of arrival before all."""

    key: NDArray[np.float64]
    weight: NDArray[np.float64]
    patience: float
    by_arrival: bool


def urgency(
    shop: Shop, takes: NDArray[np.int32], rule: Rule, noise: float = 0.0, seed: int = 0
) -> Urgency:
    """Return the keys of a rule; `takes` holds what each task takes, or may take where it is open."""
    weight = shop.weight[shop.order_of].astype(np.float64)
    patience = 0.0
    match rule:
        case Rule.PATH:
            key = -paths_from(shop, takes.astype(np.float64))
        case Rule.LOAD:
            key = -paths_from(shop, takes * _stress(shop, takes))
        case Rule.DUE:
            key = latest_starts(shop, takes).astype(np.float64)
        case Rule.COST:
            key = latest_starts(shop, takes).astype(np.float64)
            patience = PATIENCE * max(1.0, float(takes.mean()) if len(takes) else 1.0)
        case Rule.FIRST:
            key = np.zeros(len(takes))
        case Rule.SHORT:
            key = takes.astype(np.float64)
        case Rule.PLACE:
            heads, tails = paths_into(shop, takes), paths_out(shop, takes)
            key = (heads + takes / 2) / np.maximum(1, heads + takes + tails)
    if noise > 0.0:
        _shake(key, noise, dice(seed))
    return Urgency(key, weight, patience, rule is Rule.FIRST)


PATIENCE = 2.0
"""The look-ahead k of apparent tardiness cost, in mean durations."""


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
def paths_out(shop: Shop, takes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the longest path from the end of each task."""
    order = topological(shop)
    tail = np.zeros(len(takes), np.int64)
    for h in range(len(order) - 1, -1, -1):
        x = order[h]
        for at in range(shop.after_ptr[x], shop.after_ptr[x + 1]):
            y = shop.after[at]
            tail[x] = max(tail[x], tail[y] + takes[y])
    return tail


@kernel
def _stress(shop: Shop, takes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how loaded the machines of each task are, against the most loaded; even shares."""
    tasks = len(shop.release)
    load = np.zeros(len(shop.free))
    for x in range(tasks):
        modes = shop.mode_ptr[x + 1] - shop.mode_ptr[x]
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            load[shop.mode_machine[mode]] += takes[x] / modes
    most = 1.0
    for k in range(len(load)):
        most = max(most, load[k])
    stress = np.zeros(tasks)
    for x in range(tasks):
        modes = shop.mode_ptr[x + 1] - shop.mode_ptr[x]
        for mode in range(shop.mode_ptr[x], shop.mode_ptr[x + 1]):
            stress[x] += load[shop.mode_machine[mode]] / (most * modes)
    return stress


@kernel
def _shake(key: NDArray[np.float64], noise: float, state: NDArray[np.uint64]) -> None:
    """Move each key at random by at most `noise` times the span of the keys, halved to both sides."""
    if len(key) == 0:
        return
    low, high = key[0], key[0]
    for x in range(len(key)):
        low, high = min(low, key[x]), max(high, key[x])
    span = max(high - low, 1.0)
    for x in range(len(key)):
        key[x] += noise * span * (fraction(state) - 0.5)
