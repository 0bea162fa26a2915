"""Small changes of sequences, drawn at random: one task, one batch or a run of a family goes elsewhere.

Each says whether it changed anything; if so, what it touched is marked, and it can be taken back.
Source of the kinds and their shares: own trials on plants with plates and families of setups.
"""

import numpy as np
from numpy.typing import NDArray

from scheduler.anneal.draw import (
    able,
    cheapest_place,
    last_task,
    late_task,
    mate_batch,
    near,
    place_for,
)
from scheduler.anneal.floor import (
    AHEAD,
    ALONE,
    AREA,
    CAPACITY,
    CHEAPEST,
    DUE,
    EVEN,
    FIXED,
    HALVE,
    HOLD,
    JOIN,
    LATE_FIRST,
    LINE,
    MATES,
    MATES_END,
    MERGE,
    NONE,
    NOW,
    ONE,
    ORDER,
    SIZE,
    SPLIT_OFF,
    SWAP,
    SWAP_TASKS,
    TRADE,
    Floor,
)
from scheduler.anneal.hold import hold_back
from scheduler.anneal.state import (
    ADVANCE,
    COUNT,
    END,
    ENDS,
    FILL,
    GUIDE,
    HEAD,
    IN,
    LIMIT,
    OF,
    ON,
    READY,
    SECONDS,
    TURN,
    WHO,
    State,
    fits,
    put,
)
from scheduler.anneal.trade import trade
from scheduler.anneal.trial import AHEAD_TASK, AHEAD_WAS, Trial, touch, wait
from scheduler.anneal.undo import (
    are_different,
    carry,
    drop,
    found,
    freshen,
    save,
    shift,
    take_back,
    transfer,
)
from scheduler.search.kernel import inlined, lean, roll, spliced

Dice = NDArray[np.uint64]

LONGEST_RUN = 8


@inlined
def propose(floor: Floor, state: State, trial: Trial, move: int, dice: Dice) -> bool:
    """Draw a move and make it."""
    if len(floor.queued) and roll(dice, 100) < floor.price[AHEAD]:
        return _go_ahead(floor, state, trial, move, dice)
    if len(floor.holdable) and roll(dice, 100) < floor.price[HOLD]:
        return hold_back(floor, state, trial, move, dice)
    task = NONE
    if state.total[GUIDE] > 0 and roll(dice, 100) < floor.price[LATE_FIRST]:
        evens = floor.price[EVEN]
        task = last_task(state, dice) if evens else late_task(floor, state, dice)
    if task == NONE:
        task = floor.movable[roll(dice, len(floor.movable))]
    if _is_fixed(floor, state, state.task[task, IN]):
        return False
    k = able(floor, state, task, dice)
    shared = floor.machine[k, CAPACITY] > 0
    single = floor.price[HALVE]
    share = roll(dice, 100) if shared else single + roll(dice, 100 - single)
    if share < floor.price[JOIN]:
        return _join(floor, state, trial, move, dice, task, k)
    if share < floor.price[SPLIT_OFF]:
        return _part(floor, state, trial, move, dice, task, k, share)
    if share < floor.price[SWAP_TASKS]:
        return _swap_tasks(floor, state, trial, move, dice, task)
    return _move_batches(floor, state, trial, move, dice, task, k, share)


@spliced
def _is_fixed(floor: Floor, state: State, b: int) -> bool:
    """Say whether a batch stays where it is."""
    return bool(state.place[b] < floor.machine[state.batch[b, ON], FIXED])


@spliced
def _move_batches(
    floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int, k: int, share: int
) -> bool:
    if share < floor.price[MERGE]:
        return _merge(floor, state, trial, move, dice, task, k)
    if share < floor.price[HALVE]:
        return _part(floor, state, trial, move, dice, task, k, share)
    if share < floor.price[SWAP] and roll(dice, 100) < floor.price[TRADE]:
        return trade(floor, state, trial, move, dice, state.task[task, IN], k)
    if share < floor.price[SWAP]:
        return _swap(floor, state, trial, move, dice, task, k)
    return _relocate(floor, state, trial, move, dice, task, k, share >= floor.price[ONE])


@spliced
def _holds(floor: Floor, state: State, b: int) -> bool:
    """Say whether a batch may be as it is, where it is."""
    return fits(floor, state, b, state.batch[b, ON]) and (
        state.batch[b, SECONDS] <= state.batch[b, LIMIT]
    )


@spliced
def _changed(floor: Floor, state: State, trial: Trial, move: int, one: int, other: int) -> bool:
    """Mark two batches with other members, one of which may be gone; take all back if they may not be."""
    for b in (one, other):
        if b == NONE:
            continue
        freshen(floor, state, trial, b)
        if not _holds(floor, state, b):
            take_back(floor, state, trial)
            return False
    for b in (one, other):
        if b != NONE:
            place = state.place[b]
            touch(trial, move, state.batch[b, ON], place, place)
    return True


@spliced
def _give_up(state: State, trial: Trial, move: int, b: int) -> int:
    """Take a batch out of its sequence if it has no members any more; return what is left of it."""
    if state.batch[b, COUNT]:
        return b
    k, place = state.batch[b, ON], state.place[b]
    save(state, trial, k, place, state.length[k])
    drop(state, trial, b)
    touch(trial, move, k, place, place)
    return NONE


@inlined
def _join(
    floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int, k: int
) -> bool:
    """Take a task out of its batch and into another one of its family."""
    home = state.task[task, IN]
    b = mate_batch(floor, state, dice, task, k)
    if (
        b in (NONE, home)
        or state.batch[b, FILL] + floor.task[task, SIZE] > floor.machine[k, CAPACITY]
    ):
        return False
    transfer(state, trial, task, b)
    return _changed(floor, state, trial, move, _give_up(state, trial, move, home), b)


@inlined
def _part(
    floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int, k: int, share: int
) -> bool:
    """Give a task, or half of its batch, a batch of its own somewhere else."""
    home = state.task[task, IN]
    is_half = share >= floor.price[MERGE]
    if state.batch[home, COUNT] < 2 + is_half or state.spares[0] == 0:
        return False
    place = near(floor, state, dice, k, state.batch[home, END], 3)
    b = found(floor, state, trial, task, k)
    if is_half:
        for _ in range(state.batch[home, COUNT] // 2):
            transfer(state, trial, state.batch[home, HEAD], b)
    else:
        transfer(state, trial, task, b)
    save(state, trial, k, place, state.length[k])
    put(state, k, place, b)
    touch(trial, move, k, place, place + 1)
    return _changed(floor, state, trial, move, home, b)


@inlined
def _swap_tasks(floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int) -> bool:
    """Let two tasks of one family change places between batches."""
    home, first = state.task[task, IN], floor.task[task, MATES]
    count = floor.task[task, MATES_END] - first
    if count < 2:  # noqa: PLR2004
        return False
    other = floor.link[first + roll(dice, count)]
    b = state.task[other, IN]
    if b == home or _is_fixed(floor, state, b):
        return False
    more = floor.task[other, SIZE] - floor.task[task, SIZE]
    if state.batch[home, FILL] + more > floor.machine[state.batch[home, ON], CAPACITY]:
        return False
    if state.batch[b, FILL] - more > floor.machine[state.batch[b, ON], CAPACITY]:
        return False
    transfer(state, trial, task, b)
    transfer(state, trial, other, home)
    return _changed(floor, state, trial, move, home, b)


@inlined
def _merge(
    floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int, k: int
) -> bool:
    """Put a whole batch into another one of its family."""
    home = state.task[task, IN]
    b = mate_batch(floor, state, dice, task, k)
    if b in (NONE, home):
        return False
    if state.batch[b, FILL] + state.batch[home, FILL] > floor.machine[k, CAPACITY]:
        return False
    while state.batch[home, COUNT]:
        transfer(state, trial, state.batch[home, HEAD], b)
    return _changed(floor, state, trial, move, _give_up(state, trial, move, home), b)


@inlined
def _swap(
    floor: Floor, state: State, trial: Trial, move: int, dice: Dice, task: int, kk: int
) -> bool:
    """Let two batches change places."""
    one = state.task[task, IN]
    k, place = state.batch[one, ON], state.place[one]
    fixed = floor.machine[kk, FIXED]
    if state.length[kk] == fixed:
        return False
    if roll(dice, 10) < 7:  # noqa: PLR2004
        to = near(floor, state, dice, kk, state.batch[one, END], 6)
    else:
        to = fixed + roll(dice, state.length[kk] - fixed)
    to = min(to, state.length[kk] - 1)
    other = state.row[kk, to]
    if other == one:
        return False
    differ = are_different(floor, k, kk)
    if differ and not (fits(floor, state, one, kk) and fits(floor, state, other, k)):
        return False
    save(state, trial, k, place, place + 1)
    save(state, trial, kk, to, to + 1)
    state.row[k, place], state.row[kk, to] = other, one
    state.place[other], state.place[one] = place, to
    if kk == k:
        touch(trial, move, k, min(place, to), max(place, to) + 1)
        return True
    state.batch[other, ON], state.batch[one, ON] = k, kk
    touch(trial, move, k, place, place + 1)
    touch(trial, move, kk, to, to + 1)
    return not differ or _changed(floor, state, trial, move, one, other)


@spliced
def _place(floor: Floor, state: State, dice: Dice, kk: int, b: int, length: int) -> int:
    if length == 1 and roll(dice, 100) < floor.price[CHEAPEST]:
        return cheapest_place(floor, state, kk, b)
    return place_for(floor, state, dice, kk, b, length)


@inlined
def _relocate(
    floor: Floor,
    state: State,
    trial: Trial,
    move: int,
    dice: Dice,
    task: int,
    kk: int,
    is_run: bool,
) -> bool:
    """Move a batch, or a run of its family, to another place."""
    b = state.task[task, IN]
    k, place, length = state.batch[b, ON], state.place[b], 1
    if is_run:
        family, most = state.batch[b, OF], min(LONGEST_RUN, state.length[k] - place)
        while length < most and state.batch[state.row[k, place + length], OF] == family:
            length += 1
        if roll(dice, 10) < 3:  # noqa: PLR2004
            length = 1 + roll(dice, length)
    to = _place(floor, state, dice, kk, b, length)
    if k == kk:
        if to == place:
            return False
        shift(state, trial, k, place, length, to)
        touch(trial, move, k, min(place, to), max(place, to) + length)
        return True
    # What may be done here may be done on a machine of the same kind.
    others = length if are_different(floor, k, kk) else 0
    for z in range(place, place + others):
        if not fits(floor, state, state.row[k, z], kk):
            return False
    carry(floor, state, trial, k, place, length, kk, to)
    for z in range(to, to + others):
        if not _holds(floor, state, state.row[kk, z]):
            take_back(floor, state, trial)
            return False
    touch(trial, move, k, place, place)
    touch(trial, move, kk, to, to + length)
    return True


@spliced
def _is_served(floor: Floor, state: State, task: int) -> bool:
    """Say whether a line began to serve a task before now."""
    return bool(state.task[task, ENDS] - floor.task[task, ALONE] < floor.price[NOW])


@lean
def _go_ahead(floor: Floor, state: State, trial: Trial, move: int, dice: Dice) -> bool:
    """Let a task of a line go before some that were there first, or no longer: the former only for an
    order that is late, for it makes stations wait."""
    task = floor.queued[roll(dice, len(floor.queued))]
    turn, begin = state.task[task, TURN], floor.area[floor.task[task, AREA], LINE]
    was, advance = state.task[task, ADVANCE], 0
    if _is_served(floor, state, task):
        return False
    if was == 0 or roll(dice, 2):
        order = floor.task[task, ORDER]
        if turn == 0 or state.order_end[order] <= floor.order[order, DUE]:
            return False
        back = min(turn, 1 << (1 + roll(dice, 5)))
        to = turn - 1 - roll(dice, back)
        for x in range(to, turn):
            if _is_served(floor, state, state.queue[begin + x, WHO]):
                return False
        other = state.queue[begin + to, WHO]
        key = max(0, state.task[other, READY] - state.task[other, ADVANCE])
        advance = max(0, state.task[task, READY] - key + 1)
    if advance == was:
        return False
    trial.tally[AHEAD_TASK], trial.tally[AHEAD_WAS] = task, was
    state.task[task, ADVANCE] = advance
    wait(floor, trial, move, task)
    return True
