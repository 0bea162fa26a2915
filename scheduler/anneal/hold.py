"""A task is held back, so that what it makes is fresh when it is taken, or does not lie about for long."""

import numpy as np
from numpy.typing import NDArray

from scheduler.anneal.floor import AFTER, ALONE, AREA, IS_LINE, NEVER_S, NONE, REST, Floor
from scheduler.anneal.state import ENDS, IN, ON, SECONDS, START, State
from scheduler.anneal.trial import HELD_TASK, HELD_WAS, Trial, touch
from scheduler.anneal.undo import freshen
from scheduler.search.kernel import lean, roll, spliced, wide

Dice = NDArray[np.uint64]


@spliced
def _start_of(floor: Floor, state: State, task: int) -> int:
    if floor.area[floor.task[task, AREA], IS_LINE]:
        return wide(state.task[task, ENDS] - floor.task[task, ALONE])
    return wide(state.batch[state.task[task, IN], START])


@lean
def hold_back(floor: Floor, state: State, trial: Trial, move: int, dice: Dice) -> bool:
    """Let a task begin so late that what waits for it now takes it fresh or at once, or as early as it
    can again."""
    task = floor.holdable[roll(dice, len(floor.holdable))]
    b, was, hold = state.task[task, IN], state.hold[task], 0
    if was == 0 or roll(dice, 2):
        first, last = NEVER_S, NONE
        for x in range(floor.task[task, AFTER], floor.task[task + 1, AFTER]):
            start = _start_of(floor, state, floor.link[x])
            first, last = min(first, start), max(last, start)
        if last == NONE:
            return False
        end = first
        if len(floor.keeps) and floor.keeps[task] < NEVER_S and roll(dice, 2):
            end = last - floor.keeps[task]
        hold = max(0, end - floor.task[task, REST] - state.batch[b, SECONDS])
    if hold == was:
        return False
    trial.tally[HELD_TASK], trial.tally[HELD_WAS] = task, was
    state.hold[task] = hold
    freshen(floor, state, trial, b)
    touch(trial, move, state.batch[b, ON], state.place[b], state.place[b])
    return True
