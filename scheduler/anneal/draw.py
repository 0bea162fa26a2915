"""What a move begins at and where it leads, drawn at random."""

import numpy as np
from numpy.typing import NDArray

from scheduler.anneal.floor import (
    AREA,
    BEFORE,
    BESIDE,
    CAPACITY,
    DUE,
    EARLIEST,
    FAMILY,
    FIRST_FAMILY,
    FIXED,
    GROUP,
    IS_LINE,
    KINDS,
    LAST,
    MODES,
    NEARBY,
    NEVER_S,
    NONE,
    REST,
    SAME_MACHINE,
    SETUPS,
    SIZE,
    TAKES,
    Floor,
)
from scheduler.anneal.state import END, ENDS, FILL, HEAD, IN, KIND, OF, ON, START, State
from scheduler.search.kernel import inlined, lean, roll, spliced, wide

Dice = NDArray[np.uint64]

TRIES = 12


@lean
def last_task(state: State, dice: Dice) -> int:
    """Return a task of the machine that ends last, or NONE."""
    last = 0
    for k in range(len(state.until)):
        if state.until[k] > state.until[last]:
            last = k
    if state.length[last] == 0:
        return NONE
    return wide(state.batch[state.row[last, roll(dice, state.length[last])], HEAD])


@lean
def late_task(floor: Floor, state: State, dice: Dice) -> int:
    """Return a task that a search can move and that holds up an order which is late, or NONE."""
    for _ in range(TRIES):
        order = roll(dice, len(floor.order) - 1)
        if state.order_end[order] <= floor.order[order, DUE]:
            continue
        first = floor.order[order, LAST]
        if floor.order[order + 1, LAST] == first:
            continue
        task = floor.link[first]
        for x in range(first + 1, floor.order[order + 1, LAST]):
            if state.task[floor.link[x], ENDS] > state.task[task, ENDS]:
                task = floor.link[x]
        return _holding(floor, state, dice, task)
    return NONE


@lean
def _holding(floor: Floor, state: State, dice: Dice, task: int) -> int:
    """Go back along what a task waited for, and stop at one of those that can be moved."""
    chosen = NONE
    while True:
        if not floor.area[floor.task[task, AREA], IS_LINE]:
            chosen = task
            if roll(dice, 2):
                return chosen
        first, ready = NONE, floor.task[task, EARLIEST]
        for x in range(floor.task[task, BEFORE], floor.task[task + 1, BEFORE]):
            earlier = floor.link[x]
            if state.task[earlier, ENDS] + floor.task[earlier, REST] > ready:
                ready = state.task[earlier, ENDS] + floor.task[earlier, REST]
                first = earlier
        if first == NONE:
            return chosen
        task = first


@spliced
def able(floor: Floor, state: State, task: int, dice: Dice) -> int:
    """Return a machine that can do a task, more often the present one."""
    if roll(dice, 100) < floor.price[SAME_MACHINE]:
        return wide(state.batch[state.task[task, IN], ON])
    first = floor.task[task, MODES]
    return wide(floor.link[first + roll(dice, floor.task[task + 1, MODES] - first)])


@spliced
def near(floor: Floor, state: State, dice: Dice, k: int, at: int, spread: int) -> int:
    """Return a place in a machine's sequence close to a second, up to its length."""
    fixed = floor.machine[k, FIXED]
    low, high = fixed, state.length[k]
    while low < high:
        middle = (low + high) >> 1
        if state.batch[state.row[k, middle], END] < at:
            low = middle + 1
        else:
            high = middle
    place = low + roll(dice, 2 * spread + 1) - spread
    return wide(min(max(place, fixed), state.length[k]))


@lean
def mate_batch(floor: Floor, state: State, dice: Dice, task: int, k: int) -> int:
    """Return a batch of a task's family on a machine with room for it, or NONE."""
    count, fixed = state.length[k], floor.machine[k, FIXED]
    if count == fixed:
        return NONE
    if roll(dice, 10) < 6:  # noqa: PLR2004
        at = state.batch[state.task[task, IN], END]
        place = min(near(floor, state, dice, k, at, 3), count - 1)
    else:
        place = fixed + roll(dice, count - fixed)
    room = floor.machine[k, CAPACITY] - floor.task[task, SIZE]
    for _ in range(6):
        b = state.row[k, place]
        same = state.batch[b, OF] == floor.task[task, FAMILY]
        if same and b != state.task[task, IN] and state.batch[b, FILL] <= room:
            return wide(b)
        place = place + 1 if place + 1 < count else fixed
    return NONE


@inlined
def place_for(floor: Floor, state: State, dice: Dice, k: int, b: int, length: int) -> int:
    """Return a place for a run that begins with a batch, counted without it where it is there now."""
    batch = state.batch
    here, fixed = batch[b, ON] == k, floor.machine[k, FIXED]
    count = state.length[k] - length if here else state.length[k]
    if count <= fixed:
        return wide(fixed)
    share, to = roll(dice, 100), 0
    if share < floor.price[BESIDE]:
        to = fixed + roll(dice, count - fixed)
        for _ in range(TRIES):
            if batch[_without(state, k, b, length, to), OF] == batch[b, OF]:
                break
            to = to + 1 if to + 1 < count else fixed
        to += roll(dice, 2)
    elif share < floor.price[NEARBY]:
        at = batch[b, START]
        to = state.place[b] + roll(dice, 17) - 8 if here else near(floor, state, dice, k, at, 4)
    else:
        to = fixed + roll(dice, count + 1 - fixed)
    return wide(min(max(to, fixed), count))


@lean
def cheapest_place(floor: Floor, state: State, k: int, b: int) -> int:
    """Return the place at which a batch adds least time of setup to a machine, counted without it where
    it is there now."""
    g, fixed, at = floor.machine[k, GROUP], floor.machine[k, FIXED], 0
    table, kinds = floor.group[g, SETUPS], floor.group[g, KINDS]
    own = state.place[b] if state.batch[b, ON] == k else NONE
    kind, before = floor.kind[g, state.batch[b, OF]], floor.kind[g, floor.machine[k, FIRST_FAMILY]]
    least, to = NEVER_S, fixed
    for place in range(state.length[k] + 1):
        if place == own:
            continue
        to_it = floor.setup[table + before * kinds + kind, TAKES]
        added, after = to_it, before
        if place < state.length[k]:
            after = state.batch[state.row[k, place], KIND]
            from_it = floor.setup[table + kind * kinds + after, TAKES]
            added += from_it - floor.setup[table + before * kinds + after, TAKES]
            to_it = min(to_it, from_it)
        if at >= fixed and to_it >= 0 and added < least:
            least, to = added, at
        before = after
        at += 1
    return wide(to)


@spliced
def _without(state: State, k: int, b: int, length: int, place: int) -> int:
    """Return the batch at a place of a sequence from which a run is taken out, if it is there."""
    if state.batch[b, ON] == k and place >= state.place[b]:
        return wide(state.row[k, place + length])
    return wide(state.row[k, place])
