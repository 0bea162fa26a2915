"""Search for shops so large that whole plans are made anew: other machines, other rules, bounced."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.bounce import Measured, measured, settled
from scheduler.search.dispatch import dispatch
from scheduler.search.graph import empty_graph
from scheduler.search.kernel import dice, fraction, roll
from scheduler.search.path import Limits, new_memory, tabu
from scheduler.search.rules import rules_for
from scheduler.search.shop import Plan, Shop, copied
from scheduler.search.spread import balance

Stop = Callable[[], bool]
Found = Callable[[Plan, int], None]

PATIENCES = (0.0, 0.25, 0.5)
TRIES = 6
"""New plans in a row that may fail before single moves take over."""
MOVES = 1_000
"""Between two looks at the clock."""
TENURES = (60, 150)
"""Of neighbouring seeds: with the short ones of small shops a search among thousands of tasks walks
in circles. Source: own trials on 10,000 operations."""
RESTLESS = 0.08
"""Most noise in what is urgent, and in durations when work is spread."""


def improve_large(shop: Shop, plan: Plan, aim: Aim, seed: int, stop: Stop, found: Found) -> Plan:
    """Return the best plan found until told to stop; `found` hears of each better one and its value."""
    search = _Search(shop, aim, seed, stop, found, plan)
    search.begin()
    search.try_others(TRIES if aim is Aim.MAKESPAN else -1)
    if aim is Aim.MAKESPAN:
        search.move()
    return search.best.plan


class _Search:
    """The best plan so far, and what may replace it."""

    def __init__(
        self, shop: Shop, aim: Aim, seed: int, stop: Stop, found: Found, plan: Plan
    ) -> None:
        self.shop, self.aim, self.stop, self.found = shop, aim, stop, found
        self.dice, self.tenure = dice(seed), TENURES[seed % len(TENURES)]
        self.best: Measured = measured(shop, aim, plan)
        self.machine, bound = balance(shop)
        self.least = bound if aim is Aim.MAKESPAN else 0
        self.rules = rules_for(aim)

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

    def begin(self) -> None:
        """Bounce the plan so far, and one of each rule on evenly loaded machines."""
        for patience in PATIENCES:
            if self.ended():
                return
            self.offer(settled(self.shop, self.aim, self.best, patience))
        for rule in self.rules:
            for patience in PATIENCES:
                if self.ended():
                    return
                plan = dispatch(self.shop, rule, 0.0, 0, self.machine, patience)
                self.settle(plan, patience, 1.0)

    def settle(self, plan: Plan, patience: float, lenience: float) -> bool:
        """Bounce a new plan; say whether it became the best."""
        new = measured(self.shop, self.aim, plan)
        is_better = self.offer(new)
        return self.offer(settled(self.shop, self.aim, new, patience, lenience)) or is_better

    def try_others(self, failures: int) -> None:
        """Make other plans at random until so many in a row were no better; with -1 until the end."""
        failed = 0
        while failed != failures and not self.ended():
            noise = RESTLESS * fraction(self.dice)
            rule = self.rules[roll(self.dice, len(self.rules))]
            patience = PATIENCES[roll(self.dice, len(PATIENCES))]
            plan = dispatch(
                self.shop,
                rule,
                noise,
                roll(self.dice, 1 << 30),
                self.machines(noise),
                patience,
            )
            failed = 0 if self.settle(plan, patience, fraction(self.dice)) else failed + 1

    def machines(self, noise: float) -> NDArray[np.uint32] | None:
        """Return the best plan's machines, others as evenly loaded, or none."""
        draw = fraction(self.dice)
        if draw < KEPT or not self.shop.is_flexible:
            return self.best.plan.machine
        if draw < KEPT + SPREAD or self.aim is Aim.MAKESPAN:
            return balance(self.shop, roll(self.dice, 1 << 30), noise)[0]
        return None

    def move(self) -> None:
        """Search by single moves on critical paths; in pieces, each from where the last one stopped."""
        if self.ended():
            return
        graph = empty_graph(self.shop)
        memory = new_memory(self.shop, roll(self.dice, 1 << 30))
        limits = Limits(MOVES, MOVES, self.least, self.tenure, self.tenure)
        current = self.best.plan
        while not self.ended():
            if tabu(self.shop, current, graph, memory, limits) < self.best.value:
                self.offer(measured(self.shop, self.aim, copied(memory.best)))
            current = copied(Plan(graph.machine, graph.order))


KEPT = 0.4
"""How often other plans stay on the best one's machines, and how often work is spread anew."""
SPREAD = 0.4
