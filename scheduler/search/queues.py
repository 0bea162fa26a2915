"""Rows of priority queues in flat arrays: the least key first, the lesser number first among equals."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import lean


class Queues(NamedTuple):
    """Binary heaps side by side: heap k fills its arrays from base[k] on."""

    base: NDArray[np.int64]
    size: NDArray[np.int64]
    key: NDArray[np.float64]
    item: NDArray[np.int64]


@lean
def put(queues: Queues, k: int, key: float, item: int) -> None:
    """Add an item to heap k."""
    queues.size[k] += 1
    _rise(queues, k, queues.size[k] - 1, key, item)


@lean
def take(queues: Queues, k: int, place: int) -> int:
    """Remove and return the item at some place of heap k; the least stands at place 0."""
    base = queues.base[k]
    taken = queues.item[base + place]
    queues.size[k] -= 1
    last = queues.size[k]
    if place < last:
        key, item = queues.key[base + last], queues.item[base + last]
        up = (place - 1) >> 1
        if place > 0 and _before(queues, base + up, key, item) < 0:
            _rise(queues, k, place, key, item)
        else:
            _sink(queues, k, place, key, item)
    return int(taken)


@lean
def _before(queues: Queues, at: int, key: float, item: int) -> int:
    """Return 1 if what stands at a place comes before an item, -1 if the item comes before it."""
    if queues.key[at] < key or (queues.key[at] == key and queues.item[at] < item):
        return 1
    return -1


@lean
def _rise(queues: Queues, k: int, place: int, key: float, item: int) -> None:
    base = queues.base[k]
    while place > 0:
        up = (place - 1) >> 1
        if _before(queues, base + up, key, item) > 0:
            break
        queues.key[base + place] = queues.key[base + up]
        queues.item[base + place] = queues.item[base + up]
        place = up
    queues.key[base + place] = key
    queues.item[base + place] = item


@lean
def _sink(queues: Queues, k: int, place: int, key: float, item: int) -> None:
    base, size = queues.base[k], queues.size[k]
    while True:
        down = 2 * place + 1
        if down >= size:
            break
        if down + 1 < size:
            right = base + down + 1
            if _before(queues, right, queues.key[base + down], queues.item[base + down]) > 0:
                down += 1
        if _before(queues, base + down, key, item) < 0:
            break
        queues.key[base + place] = queues.key[base + down]
        queues.item[base + place] = queues.item[base + down]
        place = down
    queues.key[base + place] = key
    queues.item[base + place] = item
