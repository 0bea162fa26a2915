"""What a change would do: times that are not yet the plan's, marked with the number of the move."""

from typing import NamedTuple

import numpy as np

from scheduler.anneal.floor import (
    AFTER,
    AREA,
    EACH_SECOND,
    IMPOSSIBLE,
    LATE,
    NONE,
    ORDER,
    Floor,
    Ints,
)
from scheduler.anneal.state import BATCH_COLUMNS, ENDS, PACE, QUEUE_COLUMNS, State
from scheduler.search.kernel import spliced, wide

# Column of `Trial.batch` beside those of the state's times: the move that wrote a row.
MARK = 0

# Entries of `Trial.tally`: how long the lists are, of which the first five are rows of `Trial.list`; the
# batch that is new or gone, with what was paid for it; a task of a line whose advance is another now,
# and what it was; the same for one that is held back; how much more is kept too long, and its weight; how
# many of the batches are told to those that wait for them; by how much more lateness is known to weigh, and
# how much more it may.
(
    BATCHES,
    TASKS,
    ORDERS,
    MACHINES,
    FRESH,
    ROWS,
    TRANSFERS,
    NEW,
    GONE,
    GONE_PAID,
    AHEAD_TASK,
    AHEAD_WAS,
    HELD_TASK,
    HELD_WAS,
    STALE_COUNT,
    STALE_WEIGHT,
    TOLD,
    RISK,
    ROOM,
) = range(19)
LISTS, TALLIES = 5, 19

# Columns of the other tables.
NEW_END, END_MARK, NEW_READY, WAIT_MARK = range(4)
ORDER_MARK, ORDER_END, FORESEEN_MARK, MORE = range(4)
TOUCHED, LOW, HIGH, AT = range(4)
WAITINGS, FIRST_WAITING, BEGAN, ENDED = range(4)
PASSES = QUEUE_COLUMNS


class Trial(NamedTuple):
    """Arrays that one search owns. What a mark of the present move does not stand beside is stale."""

    tally: Ints
    batch: Ints
    """[B, 16]: MARK, and the times that a batch would have."""
    run: Ints
    """[B, 2]: as in the state, of batches with a mark whose machine `step` looks at."""
    stale: Ints
    """[N, 2]: as in the state, of the members of batches with a mark."""
    list: Ints
    """[5, .]: batches that were decoded anew, tasks that end otherwise, orders of which a last task does,
    machines that are touched, batches whose members or machine are other than they were."""
    task: Ints
    """[N, 4]: when a task would end, when its parts would be there, and the moves that wrote so."""
    waiting: Ints
    """Tasks whose parts come at another time, area by area."""
    order: Ints
    """[J, 4]: a mark, and when an order would end; a mark, and how much more its lateness is known to
    weigh."""
    machine: Ints
    """[M, 4]: the move that touched it, from and until which place, and a place on the way."""
    area: Ints
    """[A, 4]: how many tasks wait, where they begin in `waiting`, the turns of a line that would change."""
    queue: Ints
    """[., 6]: those turns, and the move that takes a turn away from the task that has it."""
    free: Ints
    rolling: Ints
    """When stations are free: each turn begins one entry behind the one before."""
    key: Ints
    """[N, 2]: (key, task) of those that take a new turn, while they are sorted."""
    saved: Ints
    """[2, width]: sequences as they were."""
    saved_at: Ints
    """[2, 4]: machine, first place, end of what is saved, length."""
    transfer: Ints
    """[N, 2]: task, the batch that it was in."""
    busy: Ints
    """[., 2]: (end, begin) of setups while machines that share a crew are decoded together."""


def new_trial(floor: Floor, state: State) -> Trial:
    """Allocate for a floor."""
    tasks, machines, areas = floor.tasks, floor.machines, len(floor.area) - 1
    batches, orders = len(state.batch), len(floor.order) - 1
    area = np.zeros((areas, 4), np.int64)
    of_area = np.bincount(floor.task[:-1, AREA], minlength=areas)
    area[:, FIRST_WAITING] = np.cumsum(of_area) - of_area
    return Trial(
        tally=np.zeros(TALLIES, np.int64),
        batch=np.zeros((batches, BATCH_COLUMNS), np.int64),
        run=np.zeros((batches, 2), np.int64),
        stale=np.zeros((tasks, 2), np.int64),
        list=np.zeros((LISTS, 2 * max(batches, machines, orders)), np.int64),
        task=np.zeros((tasks, 4), np.int64),
        waiting=np.zeros(tasks, np.int64),
        order=np.zeros((orders, 4), np.int64),
        machine=np.zeros((machines, 4), np.int64),
        area=area,
        queue=np.zeros((len(state.queue), QUEUE_COLUMNS + 1), np.int64),
        free=np.zeros_like(state.free),
        rolling=np.zeros(len(state.queue) + machines + PACE, np.int64),
        key=np.zeros((tasks, 2), np.int64),
        saved=np.zeros((2, floor.width), np.int64),
        saved_at=np.zeros((2, 4), np.int64),
        transfer=np.zeros((tasks, 2), np.int64),
        busy=np.zeros((tasks + machines + len(floor.busy) + 1, 2), np.int64),
    )


@spliced
def begin(trial: Trial) -> None:
    """Empty all lists."""
    trial.tally[BATCHES] = 0
    trial.tally[TASKS] = 0
    trial.tally[ORDERS] = 0
    trial.tally[MACHINES] = 0
    trial.tally[ROWS] = 0
    trial.tally[TRANSFERS] = 0
    trial.tally[FRESH] = 0
    trial.tally[AHEAD_TASK] = NONE
    trial.tally[HELD_TASK] = NONE
    trial.tally[STALE_COUNT] = 0
    trial.tally[STALE_WEIGHT] = 0
    trial.tally[NEW] = NONE
    trial.tally[GONE] = NONE
    trial.tally[GONE_PAID] = 0
    trial.tally[TOLD] = 0
    trial.tally[RISK] = 0
    trial.tally[ROOM] = IMPOSSIBLE
    for a in range(len(trial.area)):
        trial.area[a, WAITINGS] = 0
        trial.area[a, BEGAN] = 0
        trial.area[a, ENDED] = 0


@spliced
def touch(trial: Trial, move: int, k: int, low: int, high: int) -> None:
    """Have a machine decoded anew from one place on, and at least until another."""
    if trial.machine[k, TOUCHED] != move:
        trial.machine[k, TOUCHED] = move
        trial.list[MACHINES, trial.tally[MACHINES]] = k
        trial.tally[MACHINES] += 1
        trial.machine[k, LOW], trial.machine[k, HIGH] = low, high
    else:
        trial.machine[k, LOW] = min(trial.machine[k, LOW], low)
        trial.machine[k, HIGH] = max(trial.machine[k, HIGH], high)


@spliced
def wait(floor: Floor, trial: Trial, move: int, task: int) -> None:
    """Have a task looked at again when its area's turn comes."""
    if trial.task[task, WAIT_MARK] != move:
        trial.task[task, WAIT_MARK] = move
        a = floor.task[task, AREA]
        trial.waiting[trial.area[a, FIRST_WAITING] + trial.area[a, WAITINGS]] = task
        trial.area[a, WAITINGS] += 1


@spliced
def counts(floor: Floor, order: int) -> bool:
    """Say whether it costs anything when an order ends."""
    return bool(floor.order[order, LATE] or floor.order[order, EACH_SECOND])


@spliced
def ends(floor: Floor, trial: Trial, move: int, task: int, end: int) -> None:
    """Note that a task would end at another time: who waits for it, and its order if it is a last one."""
    trial.task[task, NEW_END] = end
    trial.task[task, END_MARK] = move
    trial.list[TASKS, trial.tally[TASKS]] = task
    trial.tally[TASKS] += 1
    for x in range(floor.task[task, AFTER], floor.task[task + 1, AFTER]):
        wait(floor, trial, move, floor.link[x])
    order = floor.task[task, ORDER]
    if counts(floor, order) and trial.order[order, ORDER_MARK] != move:
        trial.order[order, ORDER_MARK] = move
        trial.list[ORDERS, trial.tally[ORDERS]] = order
        trial.tally[ORDERS] += 1


@spliced
def end_of(state: State, trial: Trial, move: int, task: int) -> int:
    """Return when a task would end."""
    if trial.task[task, END_MARK] == move:
        return wide(trial.task[task, NEW_END])
    return wide(state.task[task, ENDS])


assert NONE < 0, "A batch that was never decoded ends at no time that another one does."
