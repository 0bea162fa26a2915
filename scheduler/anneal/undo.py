"""Changes of sequences that can be taken back: every step notes what was there before."""

from scheduler.anneal.floor import NONE, TWIN, Floor
from scheduler.anneal.state import (
    ADVANCE,
    END,
    IN,
    ON,
    PAID,
    State,
    give_back,
    join,
    leave,
    new_batch,
    refresh,
    take,
)
from scheduler.anneal.trial import (
    AHEAD_TASK,
    AHEAD_WAS,
    FRESH,
    GONE,
    GONE_PAID,
    HELD_TASK,
    HELD_WAS,
    NEW,
    ROWS,
    TRANSFERS,
    Trial,
)
from scheduler.search.kernel import lean, spliced


@spliced
def save(state: State, trial: Trial, k: int, first: int, until: int) -> None:
    """Note a part of a machine's sequence, and its length."""
    which = trial.tally[ROWS]
    trial.tally[ROWS] += 1
    at = trial.saved_at
    at[which, 0], at[which, 1], at[which, 2], at[which, 3] = k, first, until, state.length[k]
    for z in range(first, until):
        trial.saved[which, z] = state.row[k, z]


@spliced
def transfer(state: State, trial: Trial, task: int, b: int) -> None:
    """Move a task into another batch."""
    x = trial.tally[TRANSFERS]
    trial.transfer[x, 0], trial.transfer[x, 1] = task, state.task[task, IN]
    trial.tally[TRANSFERS] += 1
    leave(state, task)
    join(state, task, b)


@spliced
def freshen(floor: Floor, state: State, trial: Trial, b: int) -> None:
    """Work a batch out anew, now and when all is taken back."""
    trial.list[FRESH, trial.tally[FRESH]] = b
    trial.tally[FRESH] += 1
    refresh(floor, state, b)


@spliced
def found(floor: Floor, state: State, trial: Trial, task: int, k: int) -> int:
    """Return a new batch for a task's family; one a move."""
    b = new_batch(floor, state, task, k)
    trial.tally[NEW] = b
    return b


@spliced
def drop(state: State, trial: Trial, b: int) -> None:
    """Take a batch without members out of its sequence, which is saved; one a move."""
    trial.tally[GONE] = b
    trial.tally[GONE_PAID] = state.batch[b, PAID]
    take(state, state.batch[b, ON], state.place[b])


@lean
def take_back(floor: Floor, state: State, trial: Trial) -> None:
    """Make sequences and batches what they were."""
    undo(floor, state, trial)


@spliced
def undo(floor: Floor, state: State, trial: Trial) -> None:
    """The same, put into its caller."""
    if trial.tally[AHEAD_TASK] != NONE:
        state.task[trial.tally[AHEAD_TASK], ADVANCE] = trial.tally[AHEAD_WAS]
    if trial.tally[HELD_TASK] != NONE:
        state.hold[trial.tally[HELD_TASK]] = trial.tally[HELD_WAS]
    for x in range(trial.tally[TRANSFERS] - 1, -1, -1):
        task = trial.transfer[x, 0]
        leave(state, task)
        join(state, task, trial.transfer[x, 1])
    for which in range(trial.tally[ROWS] - 1, -1, -1):
        k = trial.saved_at[which, 0]
        state.length[k] = trial.saved_at[which, 3]
        for z in range(trial.saved_at[which, 1], trial.saved_at[which, 2]):
            b = trial.saved[which, z]
            state.row[k, z] = b
            state.place[b] = z
            state.batch[b, ON] = k
    for x in range(trial.tally[FRESH]):
        b = trial.list[FRESH, x]
        if b != trial.tally[NEW]:
            refresh(floor, state, b)
    if trial.tally[NEW] != NONE:
        state.spares[0] += 1


@spliced
def settle(state: State, trial: Trial) -> None:
    """Let the number of a batch that is gone be used again."""
    b = trial.tally[GONE]
    if b != NONE:
        state.batch[b, END] = NONE
        give_back(state, b)


@spliced
def shift(state: State, trial: Trial, k: int, place: int, length: int, to: int) -> None:
    """Move some batches within a machine's sequence; `to` counts places without them."""
    row = state.row
    first, until = min(place, to), max(place, to) + length
    save(state, trial, k, first, until)
    which = trial.tally[ROWS] - 1
    for z in range(first, until):
        if to <= z < to + length:
            source = place + z - to
        elif place < to:
            source = z + length
        else:
            source = z - length
        b = trial.saved[which, source]
        row[k, z] = b
        state.place[b] = z


@spliced
def are_different(floor: Floor, k: int, kk: int) -> bool:
    """Say whether a batch may be worth anything else on another machine, or not be there at all."""
    return bool(floor.machine[k, TWIN] != floor.machine[kk, TWIN])


@spliced
def carry(
    floor: Floor, state: State, trial: Trial, k: int, place: int, length: int, kk: int, to: int
) -> None:
    """Move some batches to another machine."""
    save(state, trial, k, place, state.length[k])
    save(state, trial, kk, to, state.length[kk])
    which = trial.tally[ROWS] - 2
    row, batch = state.row, state.batch
    differ = are_different(floor, k, kk)
    for z in range(place + length, state.length[k]):
        b = row[k, z]
        row[k, z - length] = b
        state.place[b] = z - length
    state.length[k] -= length
    for z in range(state.length[kk] - 1, to - 1, -1):
        b = row[kk, z]
        row[kk, z + length] = b
        state.place[b] = z + length
    state.length[kk] += length
    for z in range(length):
        b = trial.saved[which, place + z]
        row[kk, to + z] = b
        state.place[b] = to + z
        batch[b, ON] = kk
        if differ:
            freshen(floor, state, trial, b)
