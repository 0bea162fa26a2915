"""Search for shops so large that whole plans are made anew: other machines, other rules, bounced."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.bounce import Measured, measured, settled
from scheduler.search.dispatch import dispatch
from scheduler.search.graph import Graph, empty_graph
from scheduler.search.kernel import dice, fraction, roll
from scheduler.search.path import Limits, new_memory, tabu
from scheduler.search.rules import Rule
from scheduler.search.shop import Plan, Shop
from scheduler.search.spread import balance

Stop = Callable[[], bool]
Found = Callable[[Plan, int], None]

PATIENCES = (0.0, 0.25, 0.5)
TRIES = 6
"""New plans in a row that may fail before single moves take over."""
MOVES = 2_000
"""Between two looks at the clock."""


def improve_large(
    shop: Shop, plan: Plan, aim: Aim, seed: int, stop: Stop, found: Found
) -> Plan:
    """Return the best plan found until told to stop; `found` hears of each better one and its value."""
    search = _Search(shop, aim, seed, stop, found, plan)
    search.restart()
    if aim is Aim.MAKESPAN:
        search.move()
    else:
        search.restart(for_good=True)
    return search.best.plan


class _Search:
    """The best plan so far, and what may replace it."""

    def __init__(
        self, shop: Shop, aim: Aim, seed: int, stop: Stop, found: Found, plan: Plan
    ) -> None:
        self.shop, self.aim, self.stop, self.found = shop, aim, stop, found
        self.dice = dice(seed)
        self.seed = seed
        self.best: Measured = measured(shop, aim, plan)
        self.machine, bound = balance(shop)
        self.least = bound if aim is Aim.MAKESPAN else 0

    def ended(self) -> bool:
        """Say whether nothing better is wanted or possible."""
        return self.best.value <= self.least or self.stop()

    def offer(self, new: Measured) -> bool:
        """Keep a plan if it is better."""
        if new.value >= self.best.value:
            return False
        self.best = new
        self.found(new.plan, new.value)
        return True
