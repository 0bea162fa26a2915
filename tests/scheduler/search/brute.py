"""Every semi-active plan of a tiny shop, for what is claimed about the best."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from scheduler.search.shop import Plan


def every_plan(shop) -> Iterator[Plan]:
    """Yield each choice of machines with each topological order."""
    choices = [
        shop.mode_machine[shop.mode_ptr[x] : shop.mode_ptr[x + 1]].tolist()
        for x in range(shop.tasks)
    ]
    orders = list(_orders(shop, []))
    for machine in product(*choices):
        for order in orders:
            yield Plan(np.array(machine, np.uint32), order)


def _orders(shop, begun):
    if len(begun) == shop.tasks:
        yield np.array(begun, np.uint32)
        return
    for x in range(shop.tasks):
        earlier = shop.before[shop.before_ptr[x] : shop.before_ptr[x + 1]].tolist()
        if x not in begun and all(y in begun for y in earlier):
            yield from _orders(shop, [*begun, x])
