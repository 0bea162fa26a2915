"""Annealing: moves are drawn, most are turned down early, and what is kept becomes the plan.

The threshold is drawn before the move is worked out, so that most moves end after a look at their
setups. Source: Kirkpatrick, Gelatt, Vecchi 1983, Optimization by simulated annealing; drawing the
threshold first is the same rule.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.anneal.change import keep_change, try_out
from scheduler.anneal.floor import (
    COSTS,
    IMPOSSIBLE,
    MOST_RUN,
    Floor,
    Ints,
)
from scheduler.anneal.moves import propose
from scheduler.anneal.state import ADVANCE, COST, GUIDE, IN, MONEY, PAID, State
from scheduler.anneal.step import cell_of
from scheduler.anneal.trial import GONE_PAID, HIGH, LOW, MACHINES, ROOM, Trial, begin
from scheduler.anneal.undo import settle, undo
from scheduler.search.kernel import fraction, lean, spliced, wide

# Entries of `Memory.tally`.
MOVE, DRAWN, EARLY_OUT, KEPT, BETTER = range(5)

AS_WARM = 64
"""Moves at one heat."""


class Best(NamedTuple):
    """What defines a plan; its times follow from it."""

    row: Ints
    length: Ints
    batch_of: Ints
    advance: Ints
    hold: Ints
    money: Ints
    """[1]."""


class Memory(NamedTuple):
    """What one search owns beside the plan."""

    trial: Trial
    best: Best
    dice: NDArray[np.uint64]
    sums: Ints
    tally: Ints


def new_best(state: State) -> Best:
    """Allocate."""
    return Best(
        state.row.copy(),
        state.length.copy(),
        state.task[:, IN].copy(),
        state.task[:, ADVANCE].copy(),
        state.hold.copy(),
        np.array([IMPOSSIBLE], np.int64),
    )


@lean
def snapshot(state: State, best: Best) -> None:
    """Keep the plan as the best one."""
    for k in range(len(state.length)):
        best.length[k] = state.length[k]
        for z in range(state.length[k]):
            best.row[k, z] = state.row[k, z]
    for task in range(len(state.task)):
        best.batch_of[task] = state.task[task, IN]
        best.advance[task] = state.task[task, ADVANCE]
        best.hold[task] = state.hold[task]
    best.money[0] = state.total[MONEY]


@spliced
def _setups(floor: Floor, state: State, trial: Trial) -> int:
    """Return what the touched machines' setups and batches cost more, which no time changes."""
    batch, total = state.batch, -trial.tally[GONE_PAID]
    for x in range(trial.tally[MACHINES]):
        k = trial.list[MACHINES, x]
        if floor.machine[k, MOST_RUN]:
            # What has to be cleaned may become less far behind what is touched.
            return -IMPOSSIBLE
        for place in range(trial.machine[k, LOW], min(trial.machine[k, HIGH] + 1, state.length[k])):
            b = state.row[k, place]
            cell = cell_of(floor, state, k, place)
            total += floor.setup[cell, COSTS] + batch[b, COST] - batch[b, PAID]
    return wide(total)


@lean
def anneal(floor: Floor, state: State, memory: Memory, steps: int, hot: float, cold: float) -> None:
    """Draw some moves while the heat falls from one value to another; counts and the best plan are in
    the memory."""
    trial, best, sums, tally = memory.trial, memory.best, memory.sums, memory.tally
    heat = hot
    for n in range(steps):
        if n % AS_WARM == 0:
            heat = hot * (cold / hot) ** (n / steps)
        tally[MOVE] += 1
        move = tally[MOVE]
        budget = int(-heat * math.log(fraction(memory.dice) + 1e-300))
        begin(trial)
        if not propose(floor, state, trial, move, memory.dice):
            continue
        tally[DRAWN] += 1
        # All that a change can win by time is the lateness that there is.
        trial.tally[ROOM] = budget + state.total[GUIDE] - _setups(floor, state, trial)
        is_hopeless = trial.tally[ROOM] < 0
        tally[EARLY_OUT] += is_hopeless
        if is_hopeless or not try_out(floor, state, trial, move, budget, sums):
            undo(floor, state, trial)
            continue
        keep_change(floor, state, trial, move, sums)
        settle(state, trial)
        tally[KEPT] += 1
        if state.total[MONEY] < best.money[0]:
            snapshot(state, best)
            tally[BETTER] += 1
