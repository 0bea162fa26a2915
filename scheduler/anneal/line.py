"""Lines: areas of equal stations without setups, where whoever is free serves who is there first.

Nobody searches such a sequence: it follows from when parts are there, but for tasks that are let
ahead of their turn. A turn comes by (ready - advance, tie); the station that is free first takes it.
"""

from scheduler.anneal.floor import (
    ALONE,
    AREA,
    CLOSES,
    HALL,
    IMPOSSIBLE,
    KEY_BITS,
    LINE,
    MOVED,
    MOVED_AFTER,
    MOVED_LATER,
    NONE,
    OPENS,
    RENTS,
    SOON_TILL,
    STATIONS,
    TIE,
    WAS_START,
    WINDOWS,
    Floor,
)
from scheduler.anneal.state import (
    ADVANCE,
    ENDS,
    KEY,
    LASTS,
    PACE,
    READY,
    SINCE,
    TURN,
    UNTIL,
    WHO,
    State,
)
from scheduler.anneal.trial import (
    BEGAN,
    ENDED,
    FIRST_WAITING,
    NEW_READY,
    PASSES,
    WAIT_MARK,
    WAITINGS,
    Trial,
    ends,
)
from scheduler.anneal.walk import ready_of
from scheduler.search.kernel import inlined, lean, spliced, wide


@spliced
def key_of(floor: Floor, task: int, ready: int, advance: int) -> int:
    """Return what a task's turn goes by."""
    return wide((max(0, ready - advance) << KEY_BITS) | floor.task[task, TIE])


@lean
def _ask(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Find who takes a new turn among those whose parts come at another time; return how many."""
    first, count = trial.area[a, FIRST_WAITING], 0
    for x in range(first, first + trial.area[a, WAITINGS]):
        task = trial.waiting[x]
        trial.task[task, NEW_READY] = ready = ready_of(floor, state, trial, move, task)
        key = key_of(floor, task, ready, state.task[task, ADVANCE])
        if ready != state.task[task, READY] or key != state.queue[_place(floor, state, task), KEY]:
            trial.key[count, 0], trial.key[count, 1] = key, task
            trial.queue[_place(floor, state, task), PASSES] = move
            count += 1
        else:
            trial.task[task, WAIT_MARK] = 0
    _sort(trial, count)
    return count


@lean
def _sort(trial: Trial, count: int) -> None:
    """Sort those that take a new turn; mostly they are few. Source: Knuth, The Art of Computer
    Programming, volume 3, section 5.2.1, for the gaps."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap:
        for x in range(gap, count):
            key, task, z = trial.key[x, 0], trial.key[x, 1], x
            while z >= gap and trial.key[z - gap, 0] > key:
                trial.key[z, 0], trial.key[z, 1] = trial.key[z - gap, 0], trial.key[z - gap, 1]
                z -= gap
            trial.key[z, 0], trial.key[z, 1] = key, task
        gap //= 3


@spliced
def _place(floor: Floor, state: State, task: int) -> int:
    return wide(floor.area[floor.task[task, AREA], LINE] + state.task[task, TURN])


@lean
def _first_turn(floor: Floor, state: State, trial: Trial, a: int, count: int) -> int:
    """Return the first turn that changes."""
    begin = floor.area[a, LINE]
    low, high = begin, floor.area[a + 1, LINE]
    while low < high:
        middle = (low + high) >> 1
        if state.queue[middle, KEY] < trial.key[0, 0]:
            low = middle + 1
        else:
            high = middle
    for x in range(count):
        low = min(low, begin + state.task[trial.key[x, 1], TURN])
    return wide(low - begin)


@spliced
def _as_before(state: State, trial: Trial, at: int, head: int, stations: int, ready: int) -> bool:
    """Say whether the stations are as far as they were, as those could notice who come from a second on."""
    for z in range(stations):
        if max(trial.rolling[head + z], ready) != max(state.free[at + z], ready):
            return False
    return bool(stations)


@spliced
def _go_on(trial: Trial, head: int, stations: int, end: int) -> None:
    """Let the station that is free first be free at another second; the stations behind `head` are
    ascending, and so are those behind the next one then."""
    z = head + stations
    while z > head + 1 and trial.rolling[z - 1] > end:
        trial.rolling[z] = trial.rolling[z - 1]
        z -= 1
    trial.rolling[z] = end


@spliced
def _open_at(floor: Floor, window: int, until: int, at: int) -> int:
    """Return the first window, from one on, that closes after a second, or the end of all."""
    while window < until and floor.window[window, CLOSES] <= at:
        window += 1
    return wide(window)


@spliced
def _end_of_turn(floor: Floor, window: int, until: int, ready: int, seconds: int) -> int:
    """Return when a task ends that may begin at a second, in the hours from a window on, or NONE."""
    while window < until:
        begin = max(ready, floor.window[window, OPENS])
        if begin + seconds <= floor.window[window, CLOSES]:
            return wide(begin + seconds)
        window += 1
    return NONE


@spliced
def _moved(floor: Floor, task: int, start: int) -> int:
    was = floor.task[task, WAS_START]
    price = floor.price[MOVED if was < floor.price[SOON_TILL] else MOVED_LATER]
    return wide(price * (was != NONE and abs(start - was) >= floor.price[MOVED_AFTER]))


@spliced
def _first_free(state: State, trial: Trial, floor: Floor, a: int, turn: int) -> int:
    """Bring the stations to where they are before a turn; return where they begin in `Trial.rolling`."""
    stations, since = floor.area[a, STATIONS], turn - turn % PACE
    at = floor.area[a, RENTS] + since // PACE * stations
    for z in range(stations):
        trial.rolling[z] = state.free[at + z]
    for x in range(since, turn):
        _go_on(trial, x - since, stations, state.queue[floor.area[a, LINE] + x, UNTIL])
    return wide(turn - since)


@spliced
def _end_turn(
    floor: Floor,
    state: State,
    trial: Trial,
    move: int,
    at: int,
    was: int,
) -> int:
    """Let a turn end as it is noted; return what that costs more."""
    task, end, cost = trial.queue[at, WHO], trial.queue[at, UNTIL], 0
    if end != was:
        if floor.price[MOVED]:
            seconds = trial.queue[at, LASTS]
            cost = _moved(floor, task, end - seconds) - _moved(floor, task, was - seconds)
        ends(floor, trial, move, task, end)
    return wide(cost)


@spliced
def _take_new(floor: Floor, state: State, trial: Trial, at: int, new: int) -> int:
    """Note the next of those that take a new turn; return when it ended."""
    task = trial.key[new, 1]
    trial.queue[at, KEY], trial.queue[at, WHO] = trial.key[new, 0], task
    trial.queue[at, SINCE] = trial.task[task, NEW_READY]
    trial.queue[at, LASTS] = floor.task[task, ALONE]
    return wide(state.task[task, ENDS])


@spliced
def _take_old(state: State, trial: Trial, at: int, old: int) -> int:
    """Note the next of those that keep their turns; return when it ended."""
    for column in range(KEY, UNTIL):
        trial.queue[at, column] = state.queue[old, column]
    return wide(state.queue[old, UNTIL])


@inlined
def queue_up(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Serve a line anew from the first turn that changes until nothing changes; return what it costs
    more, or IMPOSSIBLE."""
    count = _ask(floor, state, trial, move, a)
    if count == 0:
        return 0
    begin, size = floor.area[a, LINE], floor.area[a + 1, LINE] - floor.area[a, LINE]
    turn, stations = _first_turn(floor, state, trial, a, count), floor.area[a, STATIONS]
    head = _first_free(state, trial, floor, a, turn)
    trial.area[a, BEGAN], trial.area[a, ENDED] = turn, size
    total, old, new, passed = 0, turn, 0, 0
    k = floor.link[floor.area[a, HALL]]
    window, until = floor.machine[k, WINDOWS], floor.machine[k + 1, WINDOWS]
    while turn < size:
        while old < size and trial.queue[begin + old, PASSES] == move:
            old += 1
            passed += 1
        if turn % PACE == 0:
            at = floor.area[a, RENTS] + turn // PACE * stations
            for z in range(stations):
                trial.free[at + z] = trial.rolling[head + z]
            if new == count and passed == count and old == turn:
                ready = state.queue[begin + old, KEY] >> KEY_BITS
                if _as_before(state, trial, at, head, stations, ready):
                    trial.area[a, ENDED] = turn
                    break
        if new < count and (old >= size or trial.key[new, 0] < state.queue[begin + old, KEY]):
            was = _take_new(floor, state, trial, begin + turn, new)
            new += 1
        else:
            was = _take_old(state, trial, begin + turn, begin + old)
            old += 1
        free = trial.rolling[head]
        window = _open_at(floor, window, until, free)
        may, seconds = max(free, trial.queue[begin + turn, SINCE]), trial.queue[begin + turn, LASTS]
        end = _end_of_turn(floor, window, until, may, seconds)
        if end == NONE:
            return IMPOSSIBLE
        trial.queue[begin + turn, UNTIL] = end
        total += _end_turn(floor, state, trial, move, begin + turn, was)
        _go_on(trial, head, stations, end)
        head += 1
        turn += 1
    return total


@inlined
def keep_line(floor: Floor, state: State, trial: Trial, move: int, a: int) -> None:
    """Make the turns that would change the plan's."""
    begin, stations = floor.area[a, LINE], floor.area[a, STATIONS]
    first, last = trial.area[a, BEGAN], trial.area[a, ENDED]
    for x in range(
        trial.area[a, FIRST_WAITING], trial.area[a, FIRST_WAITING] + trial.area[a, WAITINGS]
    ):
        task = trial.waiting[x]
        if trial.task[task, WAIT_MARK] == move:
            state.task[task, READY] = trial.task[task, NEW_READY]
    if last == first:
        return
    for turn in range(begin + first, begin + last):
        for column in range(KEY, UNTIL + 1):
            state.queue[turn, column] = trial.queue[turn, column]
        state.task[trial.queue[turn, WHO], TURN] = turn - begin
    # What is noted where nothing changes any more is only as good as the old for those who come, but
    # it is what a later change may see from an earlier turn.
    since = (first + PACE - 1) // PACE
    until = min(last, floor.area[a + 1, LINE] - begin - 1) // PACE + 1
    at = floor.area[a, RENTS]
    for z in range(at + since * stations, at + until * stations):
        state.free[z] = trial.free[z]
