"""The one model of what must be decided: tasks, machines, setups, calendars, frozen work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.wishes import NO_TERMS, Terms

ALL_TIME_S = 1 << 30
"""Compiled search needs all times below this, 34 years, so that 32 bits hold sums of two of them."""


class Aim(StrEnum):
    """What a plan is to make small first, once it breaks no rule."""

    CENTS = "cents"
    MAKESPAN = "makespan"
    TARDINESS = "tardiness"
    """The sum over orders of weight times seconds late."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A machine that can do a task, and its own seconds: of a batch's members the largest count, of
    two modes of a task on one machine the smaller."""

    machine: str
    takes_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An operation as the engine sees it; `after` names tasks that end first."""

    id: str
    order: str
    modes: tuple[Mode, ...]
    family: str = ""
    size: int = 0
    work: int = 0
    height: int = 0
    after: tuple[str, ...] = ()
    release_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an order must be complete, and what missing it costs."""

    order: str
    due_s: int
    weight: int = 1
    late_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A machine as the engine sees it. A batch takes `base_s + sum(work) * per_work_ms // 1000 +
    max(height) * per_height_ms // 1000 + max(takes_s)` and holds tasks of one family only; capacity
    0 means one task at a time. Setup and batch lie inside one window."""

    id: str
    group: str
    capacity: int = 0
    max_members: int = 0
    base_s: int = 0
    per_work_ms: int = 0
    per_height_ms: int = 0
    windows: tuple[tuple[int, int], ...]
    """Working time, ascending, disjoint."""
    family: str = ""
    """What it is set up for when it is next free."""
    free_s: int = 0
    """Not before this: it runs or is down until then."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a change of family takes and costs; cleaning is counted apart."""

    takes_s: int
    cents: int = 0
    cleaning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A batch on a machine. The setup fills [setup_start_s, start_s), perhaps with a gap."""

    machine: str
    operations: tuple[str, ...]
    family: str
    setup_start_s: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What has happened and may not be planned again."""

    done: Mapping[str, int] = field(default_factory=dict[str, int])
    """Operation -> second at which it was finished good."""
    running: tuple[Slot, ...] = ()
    """Batches that were handed to a machine, with the end expected now."""
    family_of: Mapping[str, str] = field(default_factory=dict[str, str])
    """Machine -> family that it is set up for now, where it differs from the morning's."""
    down_until: Mapping[str, int] = field(default_factory=dict[str, int])
    """Machine -> second before which nothing may start on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a solver may know. Seconds from the plan's origin."""

    now_s: int
    tasks: Mapping[str, Task]
    """Open tasks only; finished and running ones are in `frozen`."""
    resources: Mapping[str, Resource]
    setups: Mapping[tuple[str, str, str], Setup]
    """(group, family before, family after) -> setup; a missing key means none."""
    crews: Mapping[str, int] = field(default_factory=dict[str, int])
    """Group -> setups at the same time; absent: no limit."""
    dues: Mapping[str, Due]
    rates: Mapping[str, int] = field(default_factory=dict[str, int])
    """Group -> cents an hour."""
    frozen: Frozen = Frozen()
    terms: Terms = NO_TERMS
    """What planners asked: worked into tasks, windows and dues, and checked once more from here."""
    dropped: tuple[str, ...] = ()
    """Wishes that this work cannot keep and that are not among the terms, a sentence each."""
    aim: Aim = Aim.CENTS
