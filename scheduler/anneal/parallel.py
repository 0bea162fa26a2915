"""Tasks that wait for nothing but their machine: the search for the latest end of parallel machines.

It wants all machines to end before the best plan so far does: what lies beyond counts in full, and all other
work a little, since what is saved there makes room. Source: Kirkpatrick and others 1983, Science 220
(annealing).
"""

import math
from collections.abc import Callable

from scheduler.anneal.shifts import cross, follow, insert, swap
from scheduler.anneal.yard import (
    BEST,
    BETTER,
    MOVES,
    Dice,
    Sequences,
    Yard,
    keep,
    latest,
    sequences_of,
    yard_of,
)
from scheduler.improve import usual_s
from scheduler.indexed import Indexed, Rows
from scheduler.search.kernel import dice, fraction, lean, roll
from scheduler.times import Times, decode_rows

CHUNK = 20_000
"""Moves between two looks at the clock: some ten milliseconds."""
TELL_EVERY = 0.05
"""Share of the budget between two reports of better plans."""
HOT, COLD = 1.0, 0.1
"""The heat at the begin and at the end, as shares of a usual duration. Source: own trials."""
FOLLOWS = 80
"""Of 100 moves, those that let a task follow one behind which it takes little. Source: trials of 40 to 90:
without them 200 tasks on 10 machines end 3 to 5 % later after the same time."""
SWAPS, CROSSES = 20, 40
"""Of 100 other moves, those up to which two tasks are swapped, and two machines exchange the rest of their
sequences; all others move one task or a few."""
LATEST = 30
"""Per cent of moves that begin at the machine that ends last."""


def improve_parallel(
    indexed: Indexed,
    rows: Rows,
    share: Callable[[], float],
    seed: int,
    found: Callable[[Rows, Times], None],
) -> tuple[Rows, int]:
    """Search from some sequences while the heat falls with the share of the budget that is used, 1 is all;
    return the best and the number of moves."""
    yard, plan, luck = yard_of(indexed), sequences_of(indexed, rows), dice(seed)
    usual = usual_s(indexed)
    used, told, next_tell = 0.0, 0, 0.0
    while len(plan.on) and used < 1.0:
        search(yard, plan, luck, CHUNK, usual * HOT * (COLD / HOT) ** used)
        used = share()
        if plan.counts[BETTER] > told and next_tell <= used < 1.0:
            told, next_tell = int(plan.counts[BETTER]), used + TELL_EVERY
            _tell(indexed, plan, found)
    return _tell(indexed, plan, found), int(plan.counts[MOVES])


def _tell(indexed: Indexed, plan: Sequences, found: Callable[[Rows, Times], None]) -> Rows:
    rows: Rows = [
        [(task,) for task in plan.best_row[k, :length].tolist()]
        for k, length in enumerate(plan.best_length.tolist())
    ]
    times = decode_rows(indexed, rows)
    assert times is not None, "What the search keeps can be run."
    found(rows, times)
    return rows


@lean
def search(yard: Yard, plan: Sequences, luck: Dice, moves: int, heat: float) -> None:
    """Draw some moves at a heat; counts and the best plan are in the plan."""
    for _ in range(moves):
        plan.counts[MOVES] += 1
        task = roll(luck, len(plan.on))
        if roll(luck, 100) < LATEST:
            last = latest(plan)
            if plan.length[last]:
                task = plan.row[last, roll(luck, plan.length[last])]
        budget = -heat * math.log(fraction(luck) + 1e-300)
        kind = roll(luck, 100)
        if yard.near.shape[1] and roll(luck, 100) < FOLLOWS:
            kept = follow(yard, plan, luck, budget, task)
        elif kind < SWAPS:
            kept = swap(yard, plan, luck, budget, task)
        elif kind < CROSSES:
            kept = cross(yard, plan, luck, budget, task)
        else:
            kept = insert(yard, plan, luck, budget, task)
        if kept and plan.end[latest(plan)] < plan.counts[BEST]:
            keep(plan)
