"""Which batch is worth most at some prices: of all that a machine can hold, length by length."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.indexed import Indexed

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

MOST_STEPS = 500_000
"""Of looking for all batches of a length: a second or so."""


class Column(NamedTuple):
    """A batch on a machine, and how long it is."""

    machine: int
    family: int
    takes: int
    members: tuple[int, ...]


class Slate(NamedTuple):
    """What of one family a machine can hold, and all lengths that such a batch can have."""

    machine: int
    family: int
    room: int
    tasks: list[int]
    sizes: list[int]
    lengths: Longs
    begins: list[int]
    """Task -> the first length that is long enough for it."""
    ends: list[int]
    """Task -> the first length that is too long for it."""


def slates(indexed: Indexed, takes: list[int]) -> Iterator[Slate]:
    """Yield what each machine can hold of each family; machines must hold by size."""
    for machine, resource in enumerate(indexed.resources):
        able = [t for t in range(len(takes)) if machine in indexed.takes[t]]
        for family in sorted({indexed.family_of[task] for task in able}):
            own = [
                task
                for task in able
                if indexed.family_of[task] == family
                and indexed.size[task] <= resource.capacity
                and takes[task] <= indexed.most[task]
            ]
            if not own:
                continue
            lengths = np.unique([takes[task] for task in own])
            yield Slate(
                machine,
                family,
                resource.capacity,
                own,
                [indexed.size[task] for task in own],
                lengths,
                [int(np.searchsorted(lengths, takes[task])) for task in own],
                [int(np.searchsorted(lengths, indexed.most[task], "right")) for task in own],
            )


def best_batches(slate: Slate, prices: Floats) -> tuple[Floats, list[tuple[int, ...]]]:
    """Return for each length what the members of the best batch are worth together, and who they are.

    Source: Kellerer, Pferschy and Pisinger 2004 (Knapsack Problems), section 2.3, by dynamic programming;
    here for all lengths at once.
    """
    count, room = len(slate.lengths), slate.room
    best = np.zeros((count, room + 1))
    taken = np.zeros((len(slate.tasks), count, room + 1), np.bool_)
    for at, (task, size) in enumerate(zip(slate.tasks, slate.sizes, strict=True)):
        worth = float(prices[task])
        if worth <= 0:
            continue
        rows = slice(slate.begins[at], slate.ends[at])
        with_it = best[rows, : room + 1 - size] + worth
        better = with_it > best[rows, size:]
        taken[at, rows, size:] = better
        best[rows, size:] = np.where(better, with_it, best[rows, size:])
    members: list[list[int]] = [[] for _ in range(count)]
    left = np.full(count, room)
    every = np.arange(count)
    for at in range(len(slate.tasks) - 1, -1, -1):
        chosen = taken[at, every, left]
        for length in np.flatnonzero(chosen).tolist():
            members[length].append(slate.tasks[at])
        left -= chosen * slate.sizes[at]
    return best[:, room], [tuple(sorted(each)) for each in members]


def worthwhile(
    slate: Slate, length: int, prices: Floats, need: float, most: int
) -> list[tuple[int, ...]] | None:
    """Return all batches of a length whose members are worth at least `need` together and that have room
    for nobody else; None if there are more than `most`, or if it takes long to say."""
    ranked = sorted(
        (at for at in range(len(slate.tasks)) if slate.begins[at] <= length < slate.ends[at]),
        key=lambda at: -prices[slate.tasks[at]] / max(1, slate.sizes[at]),
    )
    sizes = [slate.sizes[at] for at in ranked]
    worths = [float(prices[slate.tasks[at]]) for at in ranked]
    reach = _reach(sizes, worths, slate.room)
    long = [slate.begins[at] == length for at in ranked]
    until = max((place for place, is_long in enumerate(long) if is_long), default=-1)
    found: list[tuple[int, ...]] = []
    # What is looked at: next place, room, worth, is it as long as that, least who is left out, members.
    stack: list[tuple[int, int, float, bool, int, tuple[int, ...]]] = [
        (0, slate.room, 0.0, False, slate.room + 1, ())
    ]
    for _ in range(MOST_STEPS):
        if not stack:
            return found
        place, left, worth, is_long, out, members = stack.pop()
        if worth + reach[place][left] < need or not (is_long or place <= until):
            continue
        if place == len(ranked):
            if out > left:
                found.append(tuple(sorted(members)))
            if len(found) > most:
                return None
            continue
        size = sizes[place]
        stack.append((place + 1, left, worth, is_long, min(out, size), members))
        if size <= left:
            within = (*members, slate.tasks[ranked[place]])
            more = worth + worths[place]
            stack.append((place + 1, left - size, more, is_long or long[place], out, within))
    return None


def _reach(sizes: list[int], worths: list[float], room: int) -> list[list[float]]:
    """Return for each place and room what can still be gained from there on."""
    reach = np.zeros((len(sizes) + 1, room + 1))
    for place in range(len(sizes) - 1, -1, -1):
        size = sizes[place]
        reach[place] = reach[place + 1]
        with_it = reach[place + 1, : room + 1 - size] + worths[place]
        np.maximum(reach[place, size:], with_it, out=reach[place, size:])
    return reach.tolist()
