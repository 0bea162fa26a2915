"""What a plan that is to be better than the best one leaves of each task's machines and times."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.paths import topological
from scheduler.search.shop import LONGEST_S, Shop

ROUNDS = 20
"""Passes over all tasks; each drops modes that the one before has made too late."""


class Way(NamedTuple):
    """A machine that can still do a task, between the earliest start and the latest end there."""

    machine: int
    takes_s: int
    begin_s: int
    end_s: int


class Limits(NamedTuple):
    """For each task the ways that are left: with an empty row no better plan exists."""

    ways: list[list[Way]]
    begin_s: list[int]
    """The earliest start of each task on any machine."""
    end_s: list[int]
    """The latest end of each."""


def limits(shop: Shop, aim: Aim, most: int) -> Limits:
    """Cut off whatever makes a plan worth more than `most`, by paths through the partial order."""
    order = topological(shop).tolist()
    before = _rows(shop.before_ptr, shop.before)
    after = _rows(shop.after_ptr, shop.after)
    ways = _all_ways(shop)
    late = _latest(shop, aim, most)
    begin = shop.release.tolist()
    for _ in range(ROUNDS):
        for x in order:
            begin[x] = max(begin[x], *(_first_end(ways[e], begin[e]) for e in before[x]), 0)
        for x in reversed(order):
            late[x] = min(late[x], *(_last_begin(ways[y], late[y]) for y in after[x]), LONGEST_S)
        kept = [_kept(row, begin[x], late[x]) for x, row in enumerate(ways)]
        same = all(len(row) == len(old) for row, old in zip(kept, ways, strict=True))
        ways = kept
        if same or not all(ways):
            break
    return Limits(ways, begin, late)


def _latest(shop: Shop, aim: Aim, most: int) -> list[int]:
    """Return the end of each task beyond which its order alone costs too much."""
    if aim is Aim.MAKESPAN:
        return [min(most, LONGEST_S)] * shop.tasks
    own = [
        min(LONGEST_S, due + most // weight) if weight else LONGEST_S
        for due, weight in zip(shop.due.tolist(), shop.weight.tolist(), strict=True)
    ]
    longest = np.maximum.reduceat(shop.mode_takes, shop.mode_ptr[:-1]).astype(np.int64)
    begin = max(int(shop.release.max(initial=0)), int(shop.free.max(initial=0)))
    # No plan that begins everything as early as it can ends later than all work one by one.
    all_s = begin + int(longest.sum())
    return [min(own[j], all_s) for j in shop.order_of.tolist()]


def _all_ways(shop: Shop) -> list[list[Way]]:
    machine, takes = shop.mode_machine.tolist(), shop.mode_takes.tolist()
    free, ptr = shop.free.tolist(), shop.mode_ptr.tolist()
    return [
        [Way(machine[at], takes[at], free[machine[at]], LONGEST_S) for at in range(a, b)]
        for a, b in pairwise(ptr)
    ]


def _first_end(ways: list[Way], begin: int) -> int:
    return min((max(begin, way.begin_s) + way.takes_s for way in ways), default=LONGEST_S)


def _last_begin(ways: list[Way], late: int) -> int:
    return max((min(late, way.end_s) - way.takes_s for way in ways), default=-1)


def _kept(ways: list[Way], begin: int, late: int) -> list[Way]:
    tight = (
        Way(way.machine, way.takes_s, max(begin, way.begin_s), min(late, way.end_s)) for way in ways
    )
    return [way for way in tight if way.begin_s + way.takes_s <= way.end_s]


def _rows(pointers: NDArray[np.int32], flat: NDArray[np.uint32]) -> list[list[int]]:
    ptr, values = pointers.tolist(), flat.tolist()
    return [values[a:b] for a, b in pairwise(ptr)]
