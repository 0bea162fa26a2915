"""Two machines trade a run of a family each, or all that follows from a place on.

Either brings families together that single moves only bring together by way of dearer sequences, and
keeps both machines about as busy as they were. Source of the second: Potvin, Rousseau 1995, An exchange
heuristic for routeing problems with time windows (2-opt*).
"""

import numpy as np
from numpy.typing import NDArray

from scheduler.anneal.draw import near
from scheduler.anneal.floor import FIXED, Floor
from scheduler.anneal.state import END, LIMIT, OF, ON, SECONDS, State, fits
from scheduler.anneal.trial import ROWS, Trial, touch
from scheduler.anneal.undo import are_different, freshen, save, take_back
from scheduler.search.kernel import inlined, roll, spliced, wide

Dice = NDArray[np.uint64]

LONGEST = 8
"""Batches of a run."""
ENDS_IN_TEN = 3
"""So many of ten trades are those of all that follows."""


@inlined
def trade(floor: Floor, state: State, trial: Trial, move: int, dice: Dice, b: int, kk: int) -> bool:
    """Let a batch and what goes with it change places with what another machine does at that time."""
    k, place = state.batch[b, ON], state.place[b]
    if k == kk or state.length[kk] == floor.machine[kk, FIXED]:
        return False
    to = near(floor, state, dice, kk, state.batch[b, END], 6)
    if roll(dice, 10) < ENDS_IN_TEN:
        # What goes on the other machine follows what is left of it, whatever family that is.
        first, second = state.length[k] - place, state.length[kk] - to
    else:
        to = min(to, state.length[kk] - 1)
        first, second = _run(state, dice, k, place), _run(state, dice, kk, to)
    differ = are_different(floor, k, kk)
    if differ and not (
        _may(floor, state, k, place, first, kk) and _may(floor, state, kk, to, second, k)
    ):
        return False
    save(state, trial, k, place, state.length[k])
    save(state, trial, kk, to, state.length[kk])
    one = trial.tally[ROWS] - 2
    _replace(floor, state, trial, (k, kk), place, (one, first), (one + 1, to, second))
    _replace(floor, state, trial, (kk, k), to, (one + 1, second), (one, place, first))
    if differ and not (_hold(state, k, place, second) and _hold(state, kk, to, first)):
        take_back(floor, state, trial)
        return False
    touch(trial, move, k, place, place + second)
    touch(trial, move, kk, to, to + first)
    return True


@spliced
def _run(state: State, dice: Dice, k: int, place: int) -> int:
    """Return how many batches of one family go together, at times some of them only."""
    length, most = 1, min(LONGEST, state.length[k] - place)
    family = state.batch[state.row[k, place], OF]
    while length < most and state.batch[state.row[k, place + length], OF] == family:
        length += 1
    if roll(dice, 10) < 3:  # noqa: PLR2004
        length = 1 + roll(dice, length)
    return wide(length)


@spliced
def _may(floor: Floor, state: State, k: int, place: int, count: int, kk: int) -> bool:
    """Say whether batches may be on another machine."""
    able = 0
    for z in range(place, place + count):
        able += fits(floor, state, state.row[k, z], kk)
    return bool(able == count)


@spliced
def _hold(state: State, k: int, place: int, count: int) -> bool:
    """Say whether no batch takes longer than its members may."""
    for z in range(place, place + count):
        b = state.row[k, z]
        if state.batch[b, SECONDS] > state.batch[b, LIMIT]:
            return False
    return True


@spliced
def _replace(
    floor: Floor,
    state: State,
    trial: Trial,
    to_from: tuple[int, int],
    place: int,
    gone: tuple[int, int],
    given: tuple[int, int, int],
) -> None:
    """Put saved batches, `given` as saved row, place and number, where saved ones, `gone` as saved row and
    number, were."""
    own, count = gone
    k, differ = to_from[0], are_different(floor, to_from[0], to_from[1])
    other, since, more = given
    until, at = trial.saved_at[own, 3], place
    for z in range(since, since + more):
        b = trial.saved[other, z]
        state.row[k, at] = b
        state.place[b], state.batch[b, ON] = at, k
        if differ:
            freshen(floor, state, trial, b)
        at += 1
    if more == count:
        return
    for z in range(place + count, until):
        b = trial.saved[own, z]
        state.row[k, at] = b
        state.place[b] = at
        at += 1
    state.length[k] = at
