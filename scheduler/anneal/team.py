"""Machines of a group that share a crew, as one: who is free first asks for it first."""

from scheduler.anneal.crew import hold
from scheduler.anneal.floor import BUSY, IMPOSSIBLE, NONE, TEAM, Floor
from scheduler.anneal.state import BEGIN, EARLY, END, START, State
from scheduler.anneal.step import change_kept, differs, free_before, step, touched_since
from scheduler.anneal.trial import AT, HIGH, LOW, TOUCHED, Trial
from scheduler.anneal.walk import batch_ready
from scheduler.search.kernel import lean, spliced


@lean
def walk_team(floor: Floor, state: State, trial: Trial, move: int, g: int, waits: int) -> int:
    """Decode the touched machines of a group and those that they hold up; return what they cost more,
    or IMPOSSIBLE.

    It ends where every machine is as it was, and no setup that is other than it was holds a crew.
    """
    busy = _restart(floor, state, trial, move, g)
    total, differ, until = 0, 0, 0
    left = _touched(floor, trial, move, g)
    while True:
        k = _next_event(floor, state, trial, move, g)
        if k == NONE:
            return total
        place = trial.machine[k, AT]
        free = free_before(state, trial, move, k, place)
        if differ == 0 and left == 0 and free >= until:
            return total
        b = state.row[k, place]
        ready = batch_ready(floor, state, trial, move, b) if waits else state.batch[b, EARLY]
        cost, change_s = step(floor, state, trial, move, k, place, (free, ready, busy))
        if cost == IMPOSSIBLE:
            return IMPOSSIBLE
        total += cost
        begin = trial.batch[b, BEGIN]
        if change_s:
            busy = hold(trial, busy, begin + change_s, begin)
        if place:
            differ -= differs(floor, state, trial, move, state.row[k, place - 1])
        if differs(floor, state, trial, move, b):
            until = max(until, trial.batch[b, START], state.batch[b, START])
            differ += place + 1 < state.length[k]
        trial.machine[k, AT] = place + 1
        last_touched = min(trial.machine[k, HIGH], state.length[k] - 1)
        left -= trial.machine[k, TOUCHED] == move and place == last_touched


@spliced
def _next_event(floor: Floor, state: State, trial: Trial, move: int, g: int) -> int:
    """Return the machine of a group that is free first and has batches left, or NONE."""
    first, at = NONE, 0
    for x in range(floor.group[g, TEAM], floor.group[g + 1, TEAM]):
        k = floor.link[x]
        place = trial.machine[k, AT]
        if place < state.length[k]:
            free = free_before(state, trial, move, k, place)
            if first == NONE or free < at:
                first, at = k, free
    return first


@lean
def _first_not_before(state: State, k: int, until: int, at: int) -> int:
    """Return the first place at which a machine gets free at a second or later; it is `until` at the
    latest, where what is known of its times ends."""
    low, high = 0, until
    while low < high:
        middle = (low + high) >> 1
        free = state.batch[state.row[k, middle - 1], END] if middle else 0
        if free < at:
            low = middle + 1
        else:
            high = middle
    return low


@lean
def _restart(floor: Floor, state: State, trial: Trial, move: int, g: int) -> int:
    """Put each machine's place where the first touched batch asks for a crew, and gather the setups
    that last beyond that; return how many."""
    at = touched_since(floor, state, trial, move, floor.group[g, TEAM], floor.group[g + 1, TEAM])
    count = 0
    for x in range(floor.group[g, BUSY], floor.group[g + 1, BUSY]):
        trial.busy[count, 0], trial.busy[count, 1] = floor.busy[x, 0], floor.busy[x, 1]
        count += 1
    for x in range(floor.group[g, TEAM], floor.group[g + 1, TEAM]):
        k = floor.link[x]
        known = trial.machine[k, LOW] if trial.machine[k, TOUCHED] == move else state.length[k]
        trial.machine[k, AT] = place = _first_not_before(state, k, known, at)
        if place:
            b = state.row[k, place - 1]
            until = state.batch[b, BEGIN] + change_kept(floor, state, k, place - 1)
            if until > at and until > state.batch[b, BEGIN]:
                count = hold(trial, count, until, state.batch[b, BEGIN])
    return count


@spliced
def _touched(floor: Floor, trial: Trial, move: int, g: int) -> int:
    """Count the machines of a group that are touched."""
    count = 0
    for x in range(floor.group[g, TEAM], floor.group[g + 1, TEAM]):
        count += trial.machine[floor.link[x], TOUCHED] == move
    return count
