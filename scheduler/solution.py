"""What a solver returns."""

from dataclasses import dataclass

from scheduler.objectives import Levels
from scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A verified schedule, or why there is none; and what it is worth."""

    schedule: Schedule | None
    levels: Levels = ()
    bound: int | None = None
    """What no schedule goes below: cents, or what else the problem aims at."""
    tiers: tuple[str, ...] = ()
    """What each step contributed, a clause each."""
    proven: bool = False
    """No schedule is better."""
    why: str = ""
