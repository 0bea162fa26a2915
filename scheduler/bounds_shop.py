"""What every plan of a shop costs at least: paths, loads, and machines that may interrupt tasks."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.paths import paths_into, paths_out, shortest_takes
from scheduler.search.relaxed import jackson, shortest_first
from scheduler.search.shop import Shop
from scheduler.search.spread import balance

MOST_LOOKS = 4_000_000
"""Groups of machines times tasks that are looked at; fewer make a weaker bound, never a wrong one."""
MOST_SETS = 64
SMALL = 3_000
"""Tasks up to which the load program is solved exactly; the kernel's prices come as near above."""


def least_of(shop: Shop, aim: Aim) -> int:
    """Return what no plan goes below."""
    return least_makespan_of(shop) if aim is Aim.MAKESPAN else least_tardiness_of(shop)


def least_makespan_of(shop: Shop) -> int:
    """Return a second before which no plan can end."""
    if not shop.tasks:
        return int(shop.floor.max(initial=0))
    takes = shortest_takes(shop)
    heads, tails = paths_into(shop, takes), paths_out(shop, takes, own=False)
    least = max(int((heads + takes + tails).max()), int(shop.floor.max(initial=0)), _load(shop))
    for machines, tasks in _groups(shop):
        crowd = jackson(
            machines * heads[tasks], takes[tasks].astype(np.int64), machines * tails[tasks]
        )
        least = max(least, -(-crowd // machines))
    return least


def least_tardiness_of(shop: Shop) -> int:
    """Return a sum of weighted seconds late below which no plan comes.

    Weights are cut into layers: a sum of w * T is the sum over layers of its height times the T of
    all orders that reach it. Each layer is bounded by paths alone, or by one group of machines.
    """
    if not shop.tasks:
        return int((shop.weight.astype(np.int64) * np.maximum(0, shop.floor - shop.due)).sum())
    takes = shortest_takes(shop)
    heads = paths_into(shop, takes)
    tails = paths_out(shop, takes, own=True)
    ends = shop.floor.astype(np.int64)
    np.maximum.at(ends, shop.order_of, heads + takes)
    late = np.maximum(0, ends - shop.due)
    groups = [_crowd(shop, heads, takes, tails, group) for group in _groups(shop)]
    total, below = 0, 0
    for height in sorted({int(each) for each in shop.weight if each > 0}):
        layer = shop.weight >= height
        alone = int(late[layer].sum())
        best = max((_crowded_late(crowd, late, layer) for crowd in groups), default=0)
        total += (height - below) * max(alone, best)
        below = height
    return total


class _Crowd(NamedTuple):
    """The orders that need a group of machines, each as one task there. Times are multiplied by the
    number of machines, so that one machine can stand for all."""

    machines: int
    orders: NDArray[np.int32]
    head: NDArray[np.int64]
    takes: NDArray[np.int64]
    due: NDArray[np.int64]


def _crowd(
    shop: Shop,
    heads: NDArray[np.int64],
    takes: NDArray[np.int32],
    tails: NDArray[np.int64],
    group: tuple[int, NDArray[np.int64]],
) -> _Crowd:
    machines, tasks = group
    orders, place = np.unique(shop.order_of[tasks], return_inverse=True)
    head = np.full(len(orders), 1 << 60, np.int64)
    tail = head.copy()
    work = np.zeros(len(orders), np.int64)
    np.minimum.at(head, place, heads[tasks])
    np.minimum.at(tail, place, tails[tasks])
    np.add.at(work, place, takes[tasks])
    due = shop.due[orders].astype(np.int64) - tail
    return _Crowd(machines, orders, head * machines, work, due * machines)


def _crowded_late(crowd: _Crowd, late: NDArray[np.int64], layer: NDArray[np.bool_]) -> int:
    """Return seconds late of a layer's orders when those of a crowd share its machines.

    Pairing ends and due times in ascending order gives the least sum. Source: Chu 1992 (Naval
    Research Logistics 39, a branch and bound algorithm to minimize total tardiness), section 3.
    """
    within = layer[crowd.orders]
    outside = layer.copy()
    outside[crowd.orders] = False
    ends = shortest_first(crowd.head[within], crowd.takes[within])
    over = int(np.maximum(0, ends - np.sort(crowd.due[within])).sum())
    return -(-over // crowd.machines) + int(late[outside].sum())


def _load(shop: Shop) -> int:
    if shop.tasks > SMALL:
        return balance(shop)[1]
    from scheduler.balance_shop import least_load  # noqa: PLC0415 (OR-Tools takes its time)

    return least_load(shop)


def _groups(shop: Shop) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield sets of machines, as their number, with all tasks that can go nowhere else; each machine
    first, then sets that tasks name, then all."""
    counts = np.diff(shop.mode_ptr)
    single = np.flatnonzero(counts == 1)
    where = shop.mode_machine[shop.mode_ptr[single]]
    by_machine = single[np.argsort(where, kind="stable")]
    cuts = np.cumsum(np.bincount(where, minlength=shop.machines))
    for tasks in np.split(by_machine, cuts[:-1]):
        if len(tasks):
            yield 1, tasks
    owner = np.repeat(np.arange(shop.tasks), counts)
    for name in _named_sets(shop, counts):
        inside = np.zeros(shop.machines, np.int64)
        inside[list(name)] = 1
        ways = np.bincount(owner, weights=inside[shop.mode_machine], minlength=shop.tasks)
        yield len(name), np.flatnonzero(ways == counts)
    yield shop.machines, np.arange(shop.tasks)


def _named_sets(shop: Shop, counts: NDArray[np.int32]) -> list[tuple[int, ...]]:
    """Return the sets of two machines and more that most tasks have as their choice."""
    machine = shop.mode_machine.tolist()
    ptr = shop.mode_ptr.tolist()
    several = np.flatnonzero(counts > 1).tolist()
    named = Counter(tuple(machine[ptr[x] : ptr[x + 1]]) for x in several)
    return [name for name, _ in named.most_common(min(MOST_SETS, MOST_LOOKS // shop.tasks))]
