"""One stream of search for a plain problem: dispatch, bound, then what suits its size."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from scheduler.bounds_shop import least_of
from scheduler.objectives import measure_levels
from scheduler.problem import Problem
from scheduler.schedule import Schedule
from scheduler.search.graph import ends_of
from scheduler.search.large import improve_large
from scheduler.search.paths import plan_in_time
from scheduler.search.pool import Ports, evolve, settings_of
from scheduler.search.shop import Plan, Shop, to_schedule, to_shop
from scheduler.search.start import best_dispatch
from scheduler.solution import Solution

Progress = Callable[[Solution], None]
Visitor = Callable[[], Schedule | None]
LARGE = 3_000
"""Tasks from which one plan is made better for as long as there is time. Source: own trials."""


def solve_plain(
    problem: Problem,
    stop: Callable[[], bool],
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Progress | None = None,
    visitor: Visitor | None = None,
) -> Solution:
    """Return the best plan that is found until `stop()` says yes; it is asked every few milliseconds.

    Two streams with neighbouring seeds search differently. `visitor` gives what another stream has
    found, each plan once. `progress` hears of each better plan, verified.
    """
    shop = to_shop(problem)
    stream = _Stream(problem, shop, progress)
    start = first_plan(problem, shop, seed, hint)
    stream.offer(start)
    stream.note("dispatch" if hint is None else "plan so far")
    stream.bound(least_of(shop, problem.aim))
    if stream.solution.proven or stop() or not shop.tasks:
        return stream.solution

    if shop.tasks > LARGE:
        improve_large(shop, start, problem.aim, seed, stop, stream.offer)
        stream.note("search")
        return stream.solution
    target = stream.solution.bound or 0
    ports = Ports(stop, stream.offer, visits(problem, shop, visitor))
    evolve(shop, start, settings_of(shop, seed), target, seed, ports, problem.aim)
    stream.note("search")
    return stream.solution


def first_plan(problem: Problem, shop: Shop, seed: int, hint: Schedule | None) -> Plan:
    """Return the plan to begin with: a hint, or the best dispatch."""
    return best_dispatch(shop, problem.aim, seed) if hint is None else to_plan(problem, shop, hint)


def visits(problem: Problem, shop: Shop, visitor: Visitor | None) -> Callable[[], Plan | None]:
    """Return the plans that another stream finds, each once, as this shop's."""

    def visit() -> Plan | None:
        found = None if visitor is None else visitor()
        return None if found is None else to_plan(problem, shop, found)

    return visit


def to_plan(problem: Problem, shop: Shop, schedule: Schedule) -> Plan:
    """Return the machines and the order in time of a schedule that has a slot for each task."""
    machine = {name: k for k, name in enumerate(problem.resources)}
    number = {name: x for x, name in enumerate(problem.tasks)}
    where = np.zeros(shop.tasks, np.uint32)
    start = np.zeros(shop.tasks, np.int64)
    end = np.zeros(shop.tasks, np.int64)
    for slot in schedule.slots:
        for name in slot.operations:
            x = number[name]
            where[x], start[x], end[x] = machine[slot.machine], slot.start_s, slot.end_s
    return plan_in_time(shop, where, start, end)


class _Stream:
    """The best plan so far, always a verified one, and what each step contributed."""

    def __init__(self, problem: Problem, shop: Shop, progress: Progress | None) -> None:
        self._problem, self._shop, self._progress = problem, shop, progress
        self.solution = Solution(schedule=None)

    def offer(self, plan: Plan, _value: int = 0) -> None:
        """Keep a plan if it is right and better than the best one."""
        schedule = to_schedule(self._problem, self._shop, plan, ends_of(self._shop, plan))
        levels = measure_levels(self._problem, schedule)
        if levels[0][1]:
            self._say("dropped a wrong plan")
        elif self.solution.schedule is None or levels[-1][1] < self._value:
            self.solution = replace(self.solution, schedule=schedule, levels=levels)
            self._check_bound()
            if self._progress is not None:
                self._progress(self.solution)

    def bound(self, least: int) -> None:
        """Learn what no plan goes below."""
        self.solution = replace(self.solution, bound=least)
        self._say(f"bound: {least}")
        self._check_bound()

    def note(self, tier: str) -> None:
        """Say how far a step has come."""
        self._say(f"{tier}: {self._value}")

    @property
    def _value(self) -> int:
        return self.solution.levels[-1][1]

    def _say(self, clause: str) -> None:
        self.solution = replace(self.solution, tiers=(*self.solution.tiers, clause))

    def _check_bound(self) -> None:
        bound = self.solution.bound
        if bound is not None and self._value <= bound:
            self.solution = replace(self.solution, proven=True)
