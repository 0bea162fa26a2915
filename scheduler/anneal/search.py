"""From sequences to better ones: the search is loaded, cooled down over a budget, and read off."""

import math
from collections.abc import Callable
from typing import assert_never

import numpy as np

from scheduler.anneal.build import to_floor
from scheduler.anneal.change import UNIT
from scheduler.anneal.construct import first_plan
from scheduler.anneal.floor import Floor
from scheduler.anneal.load import advances, load, recall, to_rows
from scheduler.anneal.loop import BETTER, DRAWN, Memory, anneal, new_best, snapshot
from scheduler.anneal.parallel import TELL_EVERY, improve_parallel
from scheduler.anneal.state import TOTALS, blank
from scheduler.anneal.trial import new_trial
from scheduler.anneal.yard import is_parallel
from scheduler.improve import usual_cost, usual_s
from scheduler.indexed import Indexed, Rows
from scheduler.problem import Aim
from scheduler.search.kernel import dice
from scheduler.times import Times, decode_rows


def first_rows(indexed: Indexed, seed: int = 0) -> Rows | None:
    """Return a first plan within milliseconds; None where this search does not know the problem, or
    where only a slower one finds a plan."""
    ready = floor_and_memory(indexed, seed)
    if ready is None or not first_plan(*ready, blank(ready[0])):
        return None
    return to_rows(ready[0], recall(*ready))


def floor_and_memory(indexed: Indexed, seed: int, latest_s: int = 0) -> tuple[Floor, Memory] | None:
    """Allocate what a search needs; None where it does not know the problem."""
    floor = to_floor(indexed, latest_s)
    return None if floor is None else (floor, new_memory(floor, seed))


def new_memory(floor: Floor, seed: int) -> Memory:
    """Allocate what a search needs beside its state."""
    state = blank(floor)
    return Memory(
        trial=new_trial(floor, state),
        best=new_best(state),
        dice=dice(seed),
        sums=np.zeros(TOTALS, np.int64),
        tally=np.zeros(8, np.int64),
    )


CHUNK = 2_000
"""Moves between two looks at the clock: some ten milliseconds."""
HOT, COLD = 0.8, 0.016
"""The heat at the begin and at the end, as shares of a usual setup. Source: own trials."""
PATIENT = 12_800
"""Moves for each task from which on the full heat pays; with fewer, it is as their square root: what is
shuffled in the heat is not put in order again in time. Drawn between a few heats that were tried."""
LEAST_USED = 0.002
ENOUGH, MOST_CYCLES, FADING = 20_000, 8, 0.7
"""Moves for each task after which a search has settled, and is heated again, each time less. Source: own
trials on 32 and 44 tasks with setups, where six runs of 12 s end nearer to the best, and on ovens of 50
jobs, where nothing changes."""
KNOWN = 0.01
"""Share of the budget after which its speed, and so the number of cycles, is known."""
WARM = 0.1
"""Where a plan is to be changed as little as may be, the search begins at this share of that heat at
least: much of it is kept anyway. Source: own trials on plans of a day in which parts are made again; with
this alone, 2.5 s found a plan in time in one of five runs, with the heat of so many moves in all five."""
SCORE_COLD = 0.1
"""The heat at the end, as a share of the least weight; it begins at the largest."""
PATH_HOT, PATH_COLD = 0.3, 0.01
"""The same as shares of what a usual duration of lateness costs."""
EVEN_HOT, EVEN_COLD = 0.2, 0.005
"""The same as shares of what a usual duration weighs at the end of the machine that ends last."""


def improve(
    indexed: Indexed,
    rows: Rows,
    share: Callable[[], float],
    seed: int,
    found: Callable[[Rows, Times], None],
) -> tuple[Rows, int] | None:
    """Search from some sequences while the heat falls with the share of the budget that is used, 1 is
    all, once or where there is time for it several times; return the best and the number of moves. None
    where this search does not know the problem."""
    if is_parallel(indexed):
        return improve_parallel(indexed, rows, share, seed, found)
    times = decode_rows(indexed, rows)
    if times is None:
        return None
    ready = floor_and_memory(indexed, seed, max(times.end, default=0))
    if ready is None:
        return None
    floor, memory = ready
    state = load(floor, memory, rows, advances(indexed, floor, times), times.held)
    if state is None:
        return None
    snapshot(state, memory.best)
    if not indexed.was:
        # A search that begins warm finds its own turns; those of the start would only be in its way.
        state = load(floor, memory, rows, [0] * floor.tasks, times.held) or state
    hottest, cold = heats(indexed, max(times.end, default=0))
    used, moves, cycles, told, next_tell = 0.0, 0, 0, 0, 0.0
    while len(floor.movable) and used < 1.0:
        # What the budget holds shows only once some of it is used.
        each = moves / max(used, LEAST_USED) / len(floor.movable)
        hot = max(cold, hottest * warmth(indexed, each))
        if not cycles and used > KNOWN:
            cycles = max(1, min(MOST_CYCLES, int(each / ENOUGH)))
        heat = _heat(hot, cold, used * max(1, cycles))
        anneal(floor, state, memory, CHUNK, heat, heat)
        used, moves = share(), moves + CHUNK
        if memory.tally[BETTER] > told and next_tell <= used < 1.0:
            told, next_tell = int(memory.tally[BETTER]), used + TELL_EVERY
            _tell(indexed, floor, memory, found)
    return _tell(indexed, floor, memory, found), int(memory.tally[DRAWN])


def _heat(hot: float, cold: float, cycle: float) -> float:
    """Return the heat in a cycle, of which the whole number counts those before."""
    top = max(cold, hot * FADING ** int(cycle))
    return float(top * (cold / top) ** (cycle % 1))


def warmth(indexed: Indexed, each: float) -> float:
    """Return which share of the heat suits a budget of so many moves for each task."""
    least = WARM if indexed.was else 0.0
    if indexed.aim is not Aim.CENTS:
        return least or 1.0
    return min(1.0, max(least, math.sqrt(each / PATIENT)))


def heats(indexed: Indexed, latest_s: int) -> tuple[float, float]:
    """Return the heat at the begin and at the end."""
    match indexed.aim:
        case Aim.CENTS:
            unit = usual_cost(indexed)
            return HOT * unit, COLD * unit
        case Aim.SCORE:
            costs = {cost for rows in indexed.setup_cost for row in rows for cost in row}
            weights = sorted(({*indexed.run_cost, *costs} | {*indexed.late_cost}) - {0}) or [1]
            return float(weights[-1]), SCORE_COLD * weights[0]
        case Aim.MAKESPAN:
            # A second of the machine that ends last weighs eight units over the latest end.
            second = 8 * UNIT / max(1, latest_s)
            usual = usual_s(indexed)
            return EVEN_HOT * usual * second, EVEN_COLD * usual * second
        case Aim.TARDINESS:
            takes = [seconds for own in indexed.takes for seconds in own.values()]
            second = max(1.0, sum(indexed.overdue_cost) / max(1, len(indexed.overdue_cost)))
            usual = max(1.0, sum(takes) / max(1, len(takes)))
            return PATH_HOT * usual * second, PATH_COLD * usual * second
        case _:
            assert_never(indexed.aim)


def _tell(
    indexed: Indexed, floor: Floor, memory: Memory, found: Callable[[Rows, Times], None]
) -> Rows:
    """Decode the best plan once more, by the code that is not compiled."""
    rows = to_rows(floor, recall(floor, memory))
    times = decode_rows(indexed, rows, held=memory.best.hold.tolist())
    assert times is not None, "What the search keeps can be run."
    found(rows, times)
    return rows
