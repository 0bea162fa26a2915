"""Sequences of batches with all that follows from them, and the changes that a search makes to them."""

from typing import NamedTuple

import numpy as np

from scheduler.anneal.floor import (
    BASE,
    CAPACITY,
    CYCLE,
    EARLIEST,
    FAMILY,
    GROUP,
    HEIGHT,
    LEAST,
    LINE,
    MEMBERS,
    MOST,
    MOST_RUN,
    NEVER_S,
    NONE,
    PER_HEIGHT,
    PER_WORK,
    RUN,
    RUN_BY_SIZE,
    SIZE,
    STATIONS,
    WORK,
    Floor,
    Ints,
)
from scheduler.search.kernel import lean, spliced, wide

# Columns of `State.batch`.
(
    ON,
    OF,
    KIND,
    COUNT,
    HEAD,
    FILL,
    SECONDS,
    LIMIT,
    EARLY,
    COST,
    PAID,
    BEGIN,
    START,
    END,
    WINDOW,
) = range(15)
BATCH_COLUMNS = 15

# Columns of `State.run`: how much of its family has RAN without a change once a batch ends, and the seconds
# of the CHANGE before it.
RAN, CHANGE = range(2)

# Columns of `State.task`: the batch that it is IN, or NONE in a line; the NEXT task of it, or NONE; when it
# ENDS; in a line when it is READY, by how many seconds it goes ahead of its turn, and its TURN; and until
# when it may end without making its order late, as far as that is known.
IN, NEXT, ENDS, READY, ADVANCE, TURN, LATEST = range(7)
TASK_STATES = 7

# Columns of `State.queue`: what a turn goes by, the task that has it, since when its parts are there, how
# many seconds it lasts, and when it ends.
KEY, WHO, SINCE, LASTS, UNTIL = range(5)
QUEUE_COLUMNS = 5
PACE = 16
"""Turns of a line from one note of when its stations are free to the next."""

# Entries of `State.total`: all of the money, and the part of what the search makes small that lateness
# has.
MONEY, GUIDE = range(2)
TOTALS = 2


class State(NamedTuple):
    """A plan in the middle of a search. Batches are numbered anew as they come and go."""

    row: Ints
    """[M, width]: each machine's batches in order."""
    length: Ints
    """[M]."""
    batch: Ints
    """[B, 15]: ON a machine, OF a family and KIND, its COUNT of tasks from HEAD on, their
    FILL, its SECONDS, the LIMIT of its members, EARLY for releases, COST apart from its setup, what is
    PAID for it in the total, and its times."""
    place: Ints
    """[B]: where a batch stands in its machine's sequence, apart from all else: it is written for all
    that stand behind a change."""
    run: Ints
    """[B, 2]: of batches on machines whose runs of a family have a limit."""
    task: Ints
    """[N, 7]."""
    hold: Ints
    """[N]: a task's batch does not start before this."""
    stale: Ints
    """[N, 2]: how much of what a task takes was kept too long, and what that weighs."""
    spare: Ints
    """Batches that are not in use; the first `spares[0]` of them count."""
    spares: Ints
    queue: Ints
    """[., 5]: each line's turns."""
    free: Ints
    """When stations are free before every sixteenth turn, ascending."""
    order_end: Ints
    """[J]."""
    until: Ints
    """[M]: when each machine's last batch ends, where that weighs."""
    total: Ints


def blank(floor: Floor) -> State:
    """Allocate a state without any batch."""
    batches = floor.tasks + 8
    areas = floor.area[:-1]
    notes = np.diff(floor.area[:, LINE]) // PACE + 1
    task = np.zeros((floor.tasks, TASK_STATES), np.int64)
    task[:, [IN, NEXT]] = NONE
    task[:, LATEST] = NEVER_S
    return State(
        row=np.zeros((floor.machines, floor.width), np.int64),
        length=np.zeros(floor.machines, np.int64),
        batch=np.zeros((batches, BATCH_COLUMNS), np.int64),
        place=np.zeros(batches, np.int64),
        run=np.zeros((batches, 2), np.int64),
        task=task,
        hold=np.zeros(floor.tasks, np.int64),
        stale=np.zeros((floor.tasks, 2), np.int64),
        spare=np.arange(batches - 1, -1, -1, dtype=np.int64),
        spares=np.array([batches], np.int64),
        queue=np.zeros((int(floor.area[-1, LINE]), QUEUE_COLUMNS), np.int64),
        free=np.zeros(int((areas[:, STATIONS] * notes).sum()), np.int64),
        order_end=np.zeros(len(floor.order) - 1, np.int64),
        until=np.zeros(floor.machines, np.int64),
        total=np.zeros(TOTALS, np.int64),
    )


@spliced
def join(state: State, task: int, b: int) -> None:
    """Make a task a member of a batch; what follows from its members is worked out by `refresh`."""
    batch = state.batch
    state.task[task, NEXT] = batch[b, HEAD]
    batch[b, HEAD] = task
    batch[b, COUNT] += 1
    state.task[task, IN] = b


@spliced
def leave(state: State, task: int) -> None:
    """Take a task out of its batch."""
    batch, b = state.batch, state.task[task, IN]
    member = batch[b, HEAD]
    if member == task:
        batch[b, HEAD] = state.task[task, NEXT]
    else:
        while state.task[member, NEXT] != task:
            member = state.task[member, NEXT]
        state.task[member, NEXT] = state.task[task, NEXT]
    batch[b, COUNT] -= 1


@lean
def refresh(floor: Floor, state: State, b: int) -> None:
    """Work out what follows from a batch's members and its machine."""
    batch, task, machine = state.batch, floor.task, floor.machine
    k, holds = batch[b, ON], len(floor.holdable) > 0
    fill, work, height, takes, limit, early = 0, 0, 0, 0, NEVER_S, 0
    member = batch[b, HEAD]
    while member != NONE:
        fill += task[member, SIZE]
        work += task[member, WORK]
        height = max(height, task[member, HEIGHT])
        takes = max(takes, floor.takes[member, k])
        limit = min(limit, task[member, MOST])
        early = max(early, task[member, EARLIEST])
        if holds:
            early = max(early, state.hold[member])
        member = state.task[member, NEXT]
    if machine[k, MOST_RUN] and machine[k, RUN_BY_SIZE] == 0:
        limit = min(limit, machine[k, MOST_RUN])
    seconds = machine[k, BASE] + takes
    seconds += work * machine[k, PER_WORK] // 1000 + height * machine[k, PER_HEIGHT] // 1000
    batch[b, FILL] = fill
    batch[b, SECONDS] = seconds
    batch[b, LIMIT] = limit
    batch[b, EARLY] = early
    batch[b, COST] = machine[k, CYCLE] + seconds * machine[k, RUN]
    batch[b, KIND] = floor.kind[machine[k, GROUP], batch[b, OF]]


@lean
def fits(floor: Floor, state: State, b: int, k: int) -> bool:
    """Say whether a batch, with its members as they are, may be on a machine."""
    batch, machine = state.batch, floor.machine
    if batch[b, COUNT] > 1:
        if batch[b, FILL] > machine[k, CAPACITY]:
            return False
        if machine[k, MEMBERS] and batch[b, COUNT] > machine[k, MEMBERS]:
            return False
    elif machine[k, CAPACITY] and batch[b, FILL] > machine[k, CAPACITY]:
        return False
    if batch[b, FILL] < machine[k, LEAST]:
        return False
    if machine[k, RUN_BY_SIZE] and batch[b, FILL] > machine[k, MOST_RUN]:
        return False
    member = batch[b, HEAD]
    while member != NONE:
        if floor.takes[member, k] < 0:
            return False
        member = state.task[member, NEXT]
    return True


@spliced
def new_batch(floor: Floor, state: State, task: int, k: int) -> int:
    """Return a batch without members for a task's family on a machine."""
    batch = state.batch
    state.spares[0] -= 1
    b = state.spare[state.spares[0]]
    batch[b, ON] = k
    batch[b, OF] = floor.task[task, FAMILY]
    batch[b, COUNT] = 0
    batch[b, HEAD] = NONE
    batch[b, PAID] = 0
    batch[b, END] = NONE
    return wide(b)


@spliced
def give_back(state: State, b: int) -> None:
    """Let a number be used again."""
    state.spare[state.spares[0]] = b
    state.spares[0] += 1


@spliced
def put(state: State, k: int, place: int, b: int) -> None:
    """Insert a batch into a machine's sequence."""
    row, batch = state.row, state.batch
    for z in range(state.length[k], place, -1):
        moved = row[k, z - 1]
        row[k, z] = moved
        state.place[moved] = z
    row[k, place] = b
    state.place[b] = place
    batch[b, ON] = k
    state.length[k] += 1


@spliced
def take(state: State, k: int, place: int) -> None:
    """Take the batch at a place out of a machine's sequence."""
    row = state.row
    state.length[k] -= 1
    for z in range(place, state.length[k]):
        moved = row[k, z + 1]
        row[k, z] = moved
        state.place[moved] = z
