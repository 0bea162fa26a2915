"""The best schedule so far, verified before anyone sees it, and what no schedule goes below."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from controller.solve.asked import SolveError
from scheduler import Problem, Schedule, measure_levels, violations

RULES = "broken_rules"


@dataclass(frozen=True, slots=True)
class Found:
    """A right schedule, what it is worth, and when and by whom it was found."""

    schedule: Schedule
    value: int
    seconds: float
    source: str


@dataclass(slots=True)
class Contest:
    """Keeps the best of all schedules that are offered; the wrong ones are counted and dropped."""

    problem: Problem
    began_s: float
    heard: Callable[["Contest"], None]
    """Told of each better schedule."""
    best: Found | None = None
    bound: int = 0
    by: str = "chains and loads"
    """Where the bound comes from."""
    notes: list[str] = field(default_factory=list[str])
    """What went wrong or was left out, a sentence each."""

    @property
    def seconds(self) -> float:
        """Return for how long the process has been running."""
        return time.monotonic() - self.began_s

    @property
    def is_proven(self) -> bool:
        """Say whether nothing better exists."""
        return self.best is not None and self.best.value <= self.bound

    @property
    def gap(self) -> float | None:
        """Return how far the best is above the bound, in parts of the bound."""
        if self.best is None or (self.bound <= 0 < self.best.value):
            return None
        return (self.best.value - self.bound) / max(1, self.bound)

    def is_better(self, value: int) -> bool:
        """Say whether a value would win."""
        return self.best is None or value < self.best.value

    def offer(self, schedule: Schedule, source: str, *, at_s: float | None = None) -> bool:
        """Verify a schedule, and keep it if it is better than the best one."""
        seconds = self.seconds if at_s is None else at_s - self.began_s
        levels = dict(measure_levels(self.problem, schedule))
        if levels[RULES]:
            fault = next(violations(self.problem, schedule))
            self.notes.append(f"A schedule of {source} was wrong and was dropped: {fault}")
            return False
        value = levels[self.problem.aim.value]
        if not self.is_better(value):
            return False
        # What one search found while another's better plan was verified comes after that all the same.
        seconds = max(seconds, 0.0 if self.best is None else self.best.seconds)
        self.best = Found(schedule, value, seconds, source)
        self.heard(self)
        return True

    def prefer(self, schedule: Schedule, source: str) -> None:
        """Take another right schedule of the same value; nobody is told."""
        levels = dict(measure_levels(self.problem, schedule))
        value = levels[self.problem.aim.value]
        if self.best is not None and not levels[RULES] and value == self.best.value:
            self.best = replace(self.best, schedule=schedule, source=source)

    def raise_bound(self, bound: int, by: str) -> None:
        """Take a bound that is better than the one so far, and that no schedule refutes."""
        if self.best is not None and bound > self.best.value:
            self.notes.append(f"A bound of {by}, {bound}, was wrong and was dropped.")
        elif bound > self.bound:
            self.bound, self.by = bound, by

    def winner(self) -> Found:
        """Return the best. Raises SolveError when there is none."""
        if self.best is None:
            raise SolveError(" ".join(["No schedule was found.", *self.notes]))
        return self.best
