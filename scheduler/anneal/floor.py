"""A problem as arrays of whole numbers, for compiled search over sequences of batches."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NEVER_S = 1 << 40
IMPOSSIBLE = 1 << 60
"""What a change costs that leads to no plan."""
NONE = -1
KEY_BITS = 22
"""Of the keys of lines: ties are below this power of two, and times below the 41 bits that are left."""

# Columns of `Floor.task`. MOST is the longest cycle that a task stands, REST the seconds after its end
# before the next may start, WAS_* its place in the plan that moves are counted against. From MODES on:
# where the machines that can do it, the tasks before and after it and those of its family in its area
# begin in `Floor.link`; the first three end where those of the next task begin. ALONE: seconds in a line.
(
    ORDER,
    FAMILY,
    SIZE,
    WORK,
    HEIGHT,
    EARLIEST,
    MOST,
    REST,
    AREA,
    TIE,
    WAS_MACHINE,
    WAS_START,
    MODES,
    BEFORE,
    AFTER,
    MATES,
    MATES_END,
    ALONE,
) = range(18)
TASK_COLUMNS = 18

# Columns of `Floor.machine`. CYCLE is the cost of a batch, RUN of each second of it; IS_RULED says whether
# `step` has to look at it; LEAST is the size that a batch has at least, MOST_RUN how much is run of a
# family between two changes (0: no limit), in seconds or RUN_BY_SIZE, and RAN_ALREADY how much of that
# has been; RESTS whether a batch goes on in the next
# window; FIXED batches at the begin of its sequence stay where they are; machines with the same TWIN take
# the same batches, for as long and for as much; its windows begin at WINDOWS in `Floor.window`.
(
    GROUP,
    CAPACITY,
    MEMBERS,
    BASE,
    PER_WORK,
    PER_HEIGHT,
    CYCLE,
    RUN,
    FIRST_FAMILY,
    FIXED,
    IS_RULED,
    LEAST,
    MOST_RUN,
    RUN_BY_SIZE,
    RAN_ALREADY,
    RESTS,
    TWIN,
    WINDOWS,
) = range(18)
MACHINE_COLUMNS = 18

# Columns of `Floor.window` and of `Floor.setup`: seconds, NONE for a change that may not be, and cost.
OPENS, CLOSES = range(2)
TAKES, COSTS = range(2)

# Columns of `Floor.group`: how many kinds of families it tells apart, where its setups begin, by kind
# before and kind after, setups at the same time (0: no limit), where those that hold a crew already
# begin in `Floor.busy`, and its machines in `Floor.link`.
KINDS, SETUPS, CREW, BUSY, TEAM = range(5)
GROUP_COLUMNS = 5

# Columns of `Floor.area`: served by whoever is free; how many they are; whether its tasks wait for others;
# where its stations' states begin in `State.free`; whether its tasks wait for others of its own; where its
# machines begin in `Floor.link`, and its queue in `State.queue`.
IS_LINE, STATIONS, WAITS, RENTS, IS_CIRCLE, HALL, LINE = range(7)
AREA_COLUMNS = 7

# Columns of `Floor.order`. LATE is what a miss costs, EACH_SECOND what each second of lateness does, SCALE
# the lateness in seconds that is as bad as one more miss; where the tasks that end it begin in
# `Floor.link`, the seconds after its due time at which the next misses are counted, and those of its
# tasks of which a latest end is known.
DUE, LATE, FLOOR_END, SCALE, EACH_SECOND, LAST, CUTS, FORESEEN = range(8)
ORDER_COLUMNS = 8

# Entries of `Floor.price`.
(
    STEP_PERCENT,
    SLOPES,
    RESERVE,
    RISK,
    LEANING,
    LEANING_SHARE,
    MOVED,
    MOVED_LATER,
    SOON_TILL,
    MOVED_AFTER,
    EVEN,
    RUNS,
    STALE,
    STALE_STEP,
    STALE_EACH,
    NOW,
) = range(16)
PRICES = 16
"""MOVED: what each task weighs that the floor finds elsewhere, MOVED_LATER one that was to begin at
SOON_TILL or after. STALE: what each thing weighs that was kept too long in the money, STALE_STEP and
STALE_EACH second in what the search makes small. RUNS: whether any machine has a longest run. EVEN: where
the latest end counts, the second at which a machine's end weighs 1,024; else 0. NOW: a line serves whom it
began to serve before."""

# Further entries: how often which move is drawn, in per cent. The first seven are cumulated, what is
# left moves a run of a family.
(
    JOIN,
    SPLIT_OFF,
    SWAP_TASKS,
    MERGE,
    HALVE,
    SWAP,
    ONE,
    LATE_FIRST,
    AHEAD,
    SAME_MACHINE,
    BESIDE,
    NEARBY,
    HOLD,
    CHEAPEST,
    TRADE,
) = range(PRICES, PRICES + 15)
SHARES = (8, 10, 20, 22, 24, 38, 52, 20, 1, 30, 35, 90, 10, 0, 60)
"""LATE_FIRST: of moves that begin at what holds up a late order; AHEAD: of those that let a task of a line
go ahead, HOLD: of those that hold one back or no longer; SAME_MACHINE: of those that stay on it; BESIDE and
NEARBY, cumulated: of places beside the family and near the time; CHEAPEST: of batches that go where they
add least setup; TRADE: of swaps, those of all that goes together. Source: own trials
on plants with plates and families of setups."""
EVEN_SHARES = (8, 10, 20, 22, 24, 44, 100, 50, 1, 20, 35, 90, 10, 60, 0)
"""The same where the latest end counts: assumed, not measured."""


class Floor(NamedTuple):
    """N tasks on M machines in G groups of equal setups and A areas that share tasks, for J orders. Tables
    whose rows own parts of a list have one row more, with the end of the last. Costs are whole numbers
    in one unit."""

    task: Ints
    """[N + 1, 18]."""
    takes: Ints
    """[N, M]: a task's own seconds on a machine, or NONE."""
    machine: Ints
    """[M + 1, 18]."""
    window: Ints
    """[., 2]: by machine."""
    group: Ints
    """[G + 1, 5]."""
    kind: Ints
    """[G, F]: a family's row and column in a group's setups."""
    setup: Ints
    """[., 2]: by group."""
    busy: Ints
    """[., 2]: (end, begin) of setups that hold a crew already, by group, ascending."""
    area: Ints
    """[A + 1, 7]: in an order in which no area waits for a later one."""
    order: Ints
    """[J + 1, 8]."""
    link: Ints
    """All lists of tasks, machines and cut-offs."""
    movable: Ints
    """Tasks that a search may put elsewhere in a sequence."""
    queued: Ints
    """Tasks of areas that are served by whoever is free."""
    keeps: Ints
    """[N] or none: seconds after a task's end and rest within which what waits for it starts."""
    holdable: Ints
    """Tasks that a search may hold back: what does not keep, and parts that cost while they lie about."""
    kit: Ints
    """[N, 3] or none: what a second costs between the first and the last end of what a task waits for, and
    the first and the last end of that which is no longer open, or NEVER_S and 0."""
    price: Ints
    """What lateness, reserve and moves weigh, and how often which move is drawn."""
    width: int
    """Room in a machine's sequence."""

    @property
    def tasks(self) -> int:
        """Return N."""
        return len(self.takes)

    @property
    def machines(self) -> int:
        """Return M."""
        return len(self.machine) - 1
