"""What machines can do in time: batches of a family and a length, and who may share one when."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.balance import earliest_ends
from scheduler.bounding.changes import Changes, changes, closure
from scheduler.bounding.tasks import Chances, chances
from scheduler.indexed import NEVER_S, Indexed, facts_of

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_STARTS = 1_500_000
"""Starts that are looked at one by one; where there are more, seconds are counted in larger units,
rounded down, which makes a weaker bound, never a wrong one."""


class Offers(NamedTuple):
    """Batches that hold somebody in time. Machines that are alike are one kind; times are in units."""

    tasks: int
    most: Floats
    """Task -> what it costs at the most: late, and its share of a batch without a place in time."""
    copies: Longs
    """Kind -> machines of it."""
    horizon: Longs
    families: Longs
    """Kind -> families that it is set up for at some time."""
    first: Longs
    """Kind -> the family that it is set up for now."""
    setup_ptr: Longs
    setup: Longs
    """(kind, family before, family after) -> units that lie between two batches at least."""
    extra: Floats
    """The same -> what is paid beyond the cheapest setup of the family after."""
    node_ptr: Longs
    """Kind -> its first (time, family)."""
    time_ptr: Longs
    """Kind -> its first time."""
    start_ptr: Longs
    """Time of a kind -> its first start."""
    start: Longs
    """Start -> its cell."""
    cell_kind: Longs
    cell_family: Longs
    cell_takes: Longs
    cell_rate: Floats
    """Cell -> what a unit of size costs in such a batch."""
    cell_room: Longs
    cell_ptr: Longs
    member: Longs
    """Those who are in time in a batch of a cell, cell by cell."""
    size: Longs


class _Kind(NamedTuple):
    machine: int
    copies: int
    changes: Changes


class _Cell(NamedTuple):
    kind: int
    family: int
    takes: int
    rate: float
    room: int
    begin: int
    until: int
    """The last start, inclusive."""
    members: Longs


def offers(indexed: Indexed) -> Offers:
    """Work out all batches that hold at least one task in time."""
    chance = chances(indexed, earliest_ends(indexed))
    kinds = [
        _Kind(machine, copies, changes(indexed, [machine])) for machine, copies in _kinds(indexed)
    ]
    cells = [
        cell
        for number, kind in enumerate(kinds)
        for family in dict.fromkeys(kind.changes.families)
        for cell in _cells(indexed, chance, number, kind, family)
    ]
    unit = 1 + sum(cell.until - cell.begin + 1 for cell in cells) // MOST_STARTS
    return _flat(indexed, chance, kinds, cells, unit)


def _kinds(indexed: Indexed) -> Iterator[tuple[int, int]]:
    """Yield a machine of each kind, and how many are like it."""
    alike: dict[object, list[int]] = {}
    takes: dict[int, list[tuple[int, int]]] = {}
    for task, row in enumerate(indexed.takes):
        for machine in row:
            takes.setdefault(machine, []).append((task, facts_of(indexed, machine, (task,))[1]))
    for machine, resource in enumerate(indexed.resources):
        if machine in takes:
            key = (
                indexed.group_of[machine],
                resource.capacity,
                indexed.cycle_cost[machine],
                indexed.run_cost[machine],
                indexed.first_family[machine],
                indexed.opens[machine],
                indexed.closes[machine],
                tuple(takes[machine]),
            )
            alike.setdefault(key, []).append(machine)
    for machines in alike.values():
        yield machines[0], len(machines)


def _cells(
    indexed: Indexed, chance: Chances, number: int, kind: _Kind, family: int
) -> Iterator[_Cell]:
    """Yield for each length of a batch the stretches of starts with the same tasks in time.

    A batch is as long as the longest of those in time. What is late in it and makes it longer pays
    for that with its own share, see `tasks.shares`.
    """
    machine = kind.machine
    able = [
        task
        for task in range(len(indexed.task_ids))
        if indexed.family_of[task] == family and machine in indexed.takes[task]
    ]
    if not able:
        return
    alone = np.array([facts_of(indexed, machine, (task,))[1] for task in able], np.int64)
    limit = np.array([indexed.most[task] for task in able], np.int64)
    ready = np.array([chance.ready[task] for task in able], np.int64)
    latest = np.array([chance.latest[task] for task in able], np.int64)
    names = np.array(able, np.int64)
    setup_s, setup_cost = kind.changes.into(family)
    room = indexed.resources[machine].capacity or 1
    resumes = indexed.resources[machine].resumable
    fixed = indexed.cycle_cost[machine] + setup_cost
    windows = list(zip(indexed.opens[machine], indexed.closes[machine], strict=True))
    for takes in np.unique(alone[(ready + alone <= latest) & (alone <= limit)]).tolist():
        within = (alone <= takes) & (limit >= takes) & (ready + takes <= latest)
        begin, until = ready[within], latest[within] - takes
        longest = alone[within] == takes
        rate = (fixed + indexed.run_cost[machine] * takes) / room
        cuts = np.unique(np.concatenate((begin, until + 1)))
        for a, b in zip(cuts[:-1].tolist(), (cuts[1:] - 1).tolist(), strict=True):
            there = (begin <= a) & (until >= b)
            if not (there & longest).any():
                continue
            for opens, closes in windows:
                # Where work goes on after a break, a batch only begins in the window.
                last = closes if resumes else closes - takes
                low, high = max(a, opens + int(setup_s)), min(b, last)
                if low <= high:
                    members = names[within][there]
                    yield _Cell(number, family, takes, rate, room, low, high, members)


def _flat(
    indexed: Indexed, chance: Chances, kinds: list[_Kind], cells: list[_Cell], unit: int
) -> Offers:
    setup, extra, setup_ptr = [np.zeros(0, np.int64)], [np.zeros(0)], [0]
    time_ptr, node_ptr, horizon, starts = [0], [0], [], []
    for number, kind in enumerate(kinds):
        own = [(at, cell) for at, cell in enumerate(cells) if cell.kind == number]
        last = 1 + max((cell.until // unit + cell.takes // unit for _, cell in own), default=0)
        rows: list[list[int]] = [[] for _ in range(last + 1)]
        for at, cell in own:
            for time in range(cell.begin // unit, cell.until // unit + 1):
                rows[time].append(at)
        starts += rows
        horizon.append(last)
        time_ptr.append(time_ptr[-1] + last + 1)
        node_ptr.append(node_ptr[-1] + (last + 1) * len(kind.changes.families))
        seconds, costs = _between(kind)
        setup.append((seconds // unit).ravel())
        extra.append(costs.ravel())
        setup_ptr.append(setup_ptr[-1] + seconds.size)
    local = [{family: at for at, family in enumerate(kind.changes.families)} for kind in kinds]
    single = [indexed.resources[kind.machine].capacity == 0 for kind in kinds]
    sizes = np.array(indexed.size, np.int64)
    return Offers(
        tasks=len(indexed.task_ids),
        most=np.array(chance.most),
        copies=_longs(kind.copies for kind in kinds),
        horizon=_longs(horizon),
        families=_longs(len(kind.changes.families) for kind in kinds),
        first=_longs(0 for _ in kinds),
        setup_ptr=_longs(setup_ptr),
        setup=np.concatenate(setup),
        extra=np.concatenate(extra),
        node_ptr=_longs(node_ptr),
        time_ptr=_longs(time_ptr),
        start_ptr=np.concatenate(([0], np.cumsum([len(row) for row in starts]))).astype(np.int64),
        start=_longs(at for row in starts for at in row),
        cell_kind=_longs(cell.kind for cell in cells),
        cell_family=_longs(local[cell.kind][cell.family] for cell in cells),
        cell_takes=_longs(cell.takes // unit for cell in cells),
        cell_rate=np.array([cell.rate for cell in cells], np.float64),
        cell_room=_longs(cell.room for cell in cells),
        cell_ptr=np.concatenate(([0], np.cumsum([len(c.members) for c in cells]))).astype(np.int64),
        member=np.concatenate([np.zeros(0, np.int64), *(cell.members for cell in cells)]),
        size=np.concatenate(
            [
                np.zeros(0, np.int64),
                *(np.ones_like(c.members) if single[c.kind] else sizes[c.members] for c in cells),
            ]
        ),
    )


def _between(kind: _Kind) -> tuple[Longs, Floats]:
    """Return seconds and extra costs between two batches in time, whatever late ones run between."""
    cheapest = [kind.changes.into(family) for family in kind.changes.families]
    seconds, costs = (
        closure(kind.changes.seconds),
        closure(np.maximum(0.0, kind.changes.costs - [cost for _, cost in cheapest])),
    )
    # What no walk leads to lies further apart than any time there is.
    return np.where(np.isinf(seconds), float(NEVER_S), seconds).astype(np.int64), costs


def _longs(numbers: "Iterator[int] | list[int]") -> Longs:
    return np.array(list(numbers), np.int64)
