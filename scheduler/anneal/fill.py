"""Sequences are put into a state, and all that follows from them is worked out at once."""

from scheduler.anneal.change import keep_change, try_out
from scheduler.anneal.floor import (
    ALONE,
    AREA,
    FAMILY,
    HALL,
    IMPOSSIBLE,
    IS_LINE,
    LINE,
    NEVER_S,
    NONE,
    OPENS,
    RENTS,
    STATIONS,
    TIE,
    WINDOWS,
    Floor,
    Ints,
)
from scheduler.anneal.loop import MOVE, Best, Memory
from scheduler.anneal.state import (
    COUNT,
    END,
    ENDS,
    HEAD,
    IN,
    KEY,
    LASTS,
    NEXT,
    OF,
    ON,
    PAID,
    READY,
    SINCE,
    TURN,
    UNTIL,
    WHO,
    State,
    join,
    new_batch,
    put,
    refresh,
)
from scheduler.anneal.trial import begin, touch, wait
from scheduler.search.kernel import lean


@lean
def clear(state: State) -> None:
    """Take all batches out of a state."""
    for k in range(len(state.length)):
        state.length[k] = 0
    most = len(state.batch)
    for b in range(most):
        state.batch[b, HEAD] = state.batch[b, END] = NONE
        state.batch[b, COUNT] = state.batch[b, PAID] = 0
        state.spare[b] = most - 1 - b
    state.spares[0] = most
    for task in range(len(state.task)):
        state.task[task, IN] = state.task[task, NEXT] = NONE


@lean
def fill(floor: Floor, state: State, machine: Ints, first: Ints, tasks: Ints) -> None:
    """Put batches into an empty state: each one's machine, and where its tasks begin in a list."""
    for x in range(len(machine)):
        b = new_batch(floor, state, tasks[first[x]], machine[x])
        for y in range(first[x + 1] - 1, first[x] - 1, -1):
            join(state, tasks[y], b)
        put(state, machine[x], state.length[machine[x]], b)
        refresh(floor, state, b)


@lean
def revive(floor: Floor, state: State, best: Best) -> None:
    """Put the best plan into an empty state."""
    for task in range(len(state.task) - 1, -1, -1):
        b = best.batch_of[task]
        if b != NONE:
            state.batch[b, OF] = floor.task[task, FAMILY]
            join(state, task, b)
    for k in range(len(state.length)):
        state.length[k] = best.length[k]
        for place in range(best.length[k]):
            b = best.row[k, place]
            state.row[k, place] = b
            state.batch[b, ON], state.place[b] = k, place
            refresh(floor, state, b)
    state.spares[0] = 0
    for b in range(len(state.batch) - 1, -1, -1):
        if state.batch[b, COUNT] == 0:
            state.spare[state.spares[0]] = b
            state.spares[0] += 1


@lean
def forget(floor: Floor, state: State) -> None:
    """Make a state one in which nothing has a time yet, so that everything changes."""
    for b in range(len(state.batch)):
        state.batch[b, END] = NONE
        state.batch[b, PAID] = 0
    for task in range(len(state.task)):
        state.task[task, ENDS] = state.task[task, READY] = NONE
        state.stale[task, 0] = state.stale[task, 1] = 0
    for order in range(len(state.order_end)):
        state.order_end[order] = -NEVER_S
    for x in range(len(state.total)):
        state.total[x] = 0
    for x in range(len(floor.queued)):
        task = floor.queued[x]
        state.queue[x, KEY], state.queue[x, WHO] = floor.task[task, TIE], task
        state.queue[x, SINCE] = state.queue[x, UNTIL] = NONE
        state.queue[x, LASTS] = floor.task[task, ALONE]
        state.task[task, TURN] = x - floor.area[floor.task[task, AREA], LINE]
    for a in range(len(floor.area) - 1):
        if floor.area[a, IS_LINE]:
            _open_stations(floor, state, a)


@lean
def _open_stations(floor: Floor, state: State, a: int) -> None:
    """Note when stations are free first, ascending."""
    at = floor.area[a, RENTS]
    for count in range(floor.area[a, STATIONS]):
        k = floor.link[floor.area[a, HALL] + count]
        free, z = floor.window[floor.machine[k, WINDOWS], OPENS], at + count
        while z > at and state.free[z - 1] > free:
            state.free[z] = state.free[z - 1]
            z -= 1
        state.free[z] = free


@lean
def decode_all(floor: Floor, state: State, memory: Memory) -> bool:
    """Work out all times and costs of a state from its sequences alone; False if there is no plan."""
    trial = memory.trial
    memory.tally[MOVE] += 1
    move = memory.tally[MOVE]
    forget(floor, state)
    begin(trial)
    for k in range(len(state.length)):
        if state.length[k]:
            touch(trial, move, k, 0, state.length[k])
    for x in range(len(floor.queued)):
        wait(floor, trial, move, floor.queued[x])
    if not try_out(floor, state, trial, move, IMPOSSIBLE, memory.sums):
        return False
    keep_change(floor, state, trial, move, memory.sums)
    return True
