"""The one model of what must be decided: tasks, machines, setups, calendars, frozen work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scheduler.shape import Plate, Shape
from scheduler.wishes import NO_TERMS, Terms

ALL_TIME_S = 1 << 30
"""Compiled search needs all times below this, 34 years, so that 32 bits hold sums of two of them."""

RESERVE_S = 1_800
"""Of an order, where nobody says another: assumed."""


class Aim(StrEnum):
    """What a plan is to make small first, once it breaks no rule."""

    CENTS = "cents"
    MAKESPAN = "makespan"
    TARDINESS = "tardiness"
    """The sum over orders of weight times seconds late."""
    SCORE = "score"
    """What `Problem.score` counts."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a plan counts by weights of its own; published values are shares of `whole`."""

    run: int
    """For each second that a batch runs."""
    setup: int
    """For each second of a setup."""
    cost: int
    """For each cent of a setup."""
    late: int
    """For each order that ends after its due time."""
    whole: int = 1


NO_SCORE = Score(0, 0, 0, 0)


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
    shape: str = ""
    """Its outline among the problem's shapes; empty: only its size is known."""
    after: tuple[str, ...] = ()
    release_s: int = 0
    most_s: int = 0
    """The longest cycle that it stands; 0: any."""
    rest_s: int = 0
    """What waits for it waits this much longer: it cools, dries or is carried."""
    keeps_s: int = 0
    """What waits for it must start within so many seconds of its end and rest: primer dries, dough rises.
    0: any time. It counts between open work; what is finished or runs already cannot come later."""
    kit_cents: int = 0
    """What an hour costs between the first and the last end of what it waits for: parts that lie about
    until their kit is whole. What was finished or runs already counts beside open work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an order must be complete, and what missing it costs."""

    order: str
    due_s: int
    weight: int = 1
    late_cents: int = 0
    again_s: tuple[int, ...] = ()
    """The carrier's next cut-offs, ascending: missing one of them costs as much once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A machine as the engine sees it. A batch takes `base_s + sum(work) * per_work_ms // 1000 +
    max(height) * per_height_ms // 1000 + max(takes_s)` and holds tasks of one family only; capacity
    0 means one task at a time. Setup and batch lie inside one window, but see `resumable`."""

    id: str
    group: str
    capacity: int = 0
    max_members: int = 0
    plate: Plate | None = None
    """What the tasks of a batch that have outlines must lie on, beside what `capacity` asks."""
    base_s: int = 0
    per_work_ms: int = 0
    per_height_ms: int = 0
    windows: tuple[tuple[int, int], ...]
    """Working time, ascending, disjoint."""
    family: str = ""
    """What it is set up for when it is next free."""
    free_s: int = 0
    """Not before this: it runs or is down until then."""
    pool: str = ""
    """Of what it needs one while it is set up and runs: somebody with a skill, a tool. Empty: nothing."""
    buffer: str = ""
    """Where what it makes lies from its end until all work that takes it has started. Empty: anywhere."""
    resumable: bool = False
    """A batch that is not done when its window closes rests until the next one opens, and goes on. Its
    setup and its start still lie inside one window. Seconds of a batch are those of work."""
    least_size: int = 0
    """No batch is smaller than this."""
    most_run_s: int = 0
    """It runs one family for at most so many seconds of batches; then the setup from the family to itself
    is due, a cleaning, which is not made between two batches otherwise. 0: any, and that setup, where
    there is one, is made between any two."""
    most_run_size: int = 0
    """The same, counted by the sizes of its batches; one of the two."""
    ran: int = 0
    """How much of `family` it has run already when it is next free."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a change of family takes and costs; cleaning is counted apart."""

    takes_s: int
    cents: int = 0
    cleaning: bool = False
    forbidden: bool = False
    """The one may not follow the other at all: something has to come in between."""


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
    rest_s: Mapping[str, int] = field(default_factory=dict[str, int])
    """Finished or running operation -> its rest, where it has one."""
    lies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Finished or running operation -> buffer in which its result lies, or will from its expected end,
    until the open tasks that wait for it have started; if there are none, for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a solver may know. Seconds from the plan's origin."""

    now_s: int
    tasks: Mapping[str, Task]
    """Open tasks only; finished and running ones are in `frozen`."""
    resources: Mapping[str, Resource]
    shapes: Mapping[str, Shape] = field(default_factory=dict[str, Shape])
    """What tasks call their outlines."""
    setups: Mapping[tuple[str, str, str], Setup]
    """(group, family before, family after) -> setup; a missing key means none."""
    crews: Mapping[str, int] = field(default_factory=dict[str, int])
    """Group -> setups at the same time; absent: no limit."""
    pools: Mapping[str, int] = field(default_factory=dict[str, int])
    """What machines need one of -> how many there are."""
    buffers: Mapping[str, int] = field(default_factory=dict[str, int])
    """Where results lie until they are taken -> how many of them it holds. Each member of a batch that
    open work waits for takes one place, in the second of its end and until the second, too, in which the
    last work that takes it starts; its rest is spent there. A batch for which there is no room ends
    later and so starts later: its machine is not begun early and then blocked."""
    dues: Mapping[str, Due]
    rates: Mapping[str, int] = field(default_factory=dict[str, int])
    """Group -> cents an hour."""
    frozen: Frozen = Frozen()
    terms: Terms = NO_TERMS
    """What planners asked: worked into tasks, windows and dues, and checked once more from here."""
    held: Mapping[str, str] = field(default_factory=dict[str, str])
    """Order -> why no plan can have its work now, a sentence; its open work is not among the tasks."""
    dropped: tuple[str, ...] = ()
    """Wishes that this work cannot keep and that are not among the terms, a sentence each."""
    aim: Aim = Aim.CENTS
    score: Score = NO_SCORE
    reserve_s: int = RESERVE_S
    """An order that ends exactly when it is due is missed every second time, one that ends this much
    earlier never, and in between in proportion: charged as margin at risk."""
