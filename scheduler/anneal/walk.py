"""A machine's batches in time, each as early as machine, parts, windows and crews allow.

A setup may run before the parts are there, but in the same window as its batch. The same rules as in
`scheduler.times`, which is not compiled and against which this is tested.
"""

from scheduler.anneal.early import foresee
from scheduler.anneal.floor import (
    BEFORE,
    CLOSES,
    COSTS,
    EARLIEST,
    FIRST_FAMILY,
    GROUP,
    IMPOSSIBLE,
    KINDS,
    MOVED,
    MOVED_AFTER,
    MOVED_LATER,
    NONE,
    OPENS,
    REST,
    SETUPS,
    SOON_TILL,
    STALE_EACH,
    STALE_STEP,
    TAKES,
    WAS_MACHINE,
    WAS_START,
    WINDOWS,
    Floor,
)
from scheduler.anneal.state import (
    BEGIN,
    COST,
    EARLY,
    END,
    ENDS,
    HEAD,
    KIND,
    LATEST,
    NEXT,
    ON,
    PAID,
    SECONDS,
    START,
    WINDOW,
    State,
)
from scheduler.anneal.trial import (
    BATCHES,
    MARK,
    RISK,
    ROOM,
    STALE_COUNT,
    STALE_WEIGHT,
    Trial,
    end_of,
)
from scheduler.search.kernel import inlined, lean, spliced, wide


@spliced
def ready_of(floor: Floor, state: State, trial: Trial, move: int, task: int) -> int:
    """Return when a task's parts would be there."""
    ready = floor.task[task, EARLIEST]
    for x in range(floor.task[task, BEFORE], floor.task[task + 1, BEFORE]):
        earlier = floor.link[x]
        ready = max(ready, end_of(state, trial, move, earlier) + floor.task[earlier, REST])
    return wide(ready)


@spliced
def batch_ready(floor: Floor, state: State, trial: Trial, move: int, b: int) -> int:
    """Return when a batch's members and their parts would be there."""
    ready = state.batch[b, EARLY]
    member = state.batch[b, HEAD]
    while member != NONE:
        ready = max(ready, ready_of(floor, state, trial, move, member))
        member = state.task[member, NEXT]
    return wide(ready)


@spliced
def moves_of(floor: Floor, state: State, b: int, k: int, start: int) -> int:
    """Return what it costs that the floor finds a batch's members elsewhere than it was told."""
    weight = 0
    member = state.batch[b, HEAD]
    while member != NONE:
        was, since = floor.task[member, WAS_MACHINE], floor.task[member, WAS_START]
        if was != NONE and (was != k or abs(since - start) >= floor.price[MOVED_AFTER]):
            weight += floor.price[MOVED if since < floor.price[SOON_TILL] else MOVED_LATER]
        member = state.task[member, NEXT]
    return wide(weight)


@lean
def _note_stale(floor: Floor, state: State, trial: Trial, move: int, b: int, start: int) -> None:
    """Work out what a batch's members take that was kept too long, and add what is more than before."""
    member = state.batch[b, HEAD]
    while member != NONE:
        count = weight = 0
        for x in range(floor.task[member, BEFORE], floor.task[member + 1, BEFORE]):
            earlier = floor.link[x]
            end = end_of(state, trial, move, earlier)
            over = start - end - floor.task[earlier, REST] - floor.keeps[earlier]
            if over > 0:
                count += 1
                weight += floor.price[STALE_STEP] + over * floor.price[STALE_EACH]
        trial.stale[member, 0], trial.stale[member, 1] = count, weight
        trial.tally[STALE_COUNT] += count - state.stale[member, 0]
        trial.tally[STALE_WEIGHT] += weight - state.stale[member, 1]
        member = state.task[member, NEXT]


@inlined
def write_times(
    floor: Floor,
    state: State,
    trial: Trial,
    move: int,
    b: int,
    times: tuple[int, int, int, int, int],
) -> int:
    """Note a batch's new times, and which of its tasks end too late; return what it costs more."""
    begin, start, end, window, change_cost = times
    batch, now = state.batch, trial.batch
    paid = change_cost + batch[b, COST]
    if floor.price[MOVED]:
        paid += moves_of(floor, state, b, batch[b, ON], start)
    if len(floor.keeps):
        _note_stale(floor, state, trial, move, b, start)
    now[b, MARK] = move
    now[b, BEGIN], now[b, START], now[b, END] = begin, start, end
    now[b, WINDOW], now[b, PAID] = window, paid
    trial.list[BATCHES, trial.tally[BATCHES]] = b
    trial.tally[BATCHES] += 1
    member = batch[b, HEAD]
    while member != NONE:
        if end > state.task[member, LATEST] and end > state.task[member, ENDS]:
            foresee(floor, state, trial, move, member, end)
        member = state.task[member, NEXT]
    return wide(paid - batch[b, PAID])


@inlined
def walk(
    floor: Floor, state: State, trial: Trial, move: int, k: int, low: int, high: int, waits: int
) -> int:
    """Decode a machine from a place on, until nothing changes behind `high`; return what it costs more,
    or IMPOSSIBLE. `waits` says whether any of its tasks waits for others."""
    batch = state.batch
    g = floor.machine[k, GROUP]
    table, kinds = floor.group[g, SETUPS], floor.group[g, KINDS]
    free, window = 0, floor.machine[k, WINDOWS]
    kind = floor.kind[g, floor.machine[k, FIRST_FAMILY]]
    if low > 0:
        b = state.row[k, low - 1]
        free, kind, window = batch[b, END], batch[b, KIND], batch[b, WINDOW]
    total = 0
    for place in range(low, state.length[k]):
        b = state.row[k, place]
        cell = table + kind * kinds + batch[b, KIND]
        change_s, seconds = floor.setup[cell, TAKES], batch[b, SECONDS]
        if change_s < 0:
            return IMPOSSIBLE
        ready = batch_ready(floor, state, trial, move, b) if waits else batch[b, EARLY]
        begin = start = 0
        while True:
            if window >= floor.machine[k + 1, WINDOWS]:
                return IMPOSSIBLE
            begin = max(free, floor.window[window, OPENS])
            start = max(begin + change_s, ready)
            if start + seconds <= floor.window[window, CLOSES]:
                break
            window += 1
        end = start + seconds
        if place > high and end == batch[b, END] and window == batch[b, WINDOW]:
            return total
        times = (begin, start, end, window, floor.setup[cell, COSTS])
        total += write_times(floor, state, trial, move, b, times)
        if trial.tally[RISK] > trial.tally[ROOM]:
            return IMPOSSIBLE
        free, kind = end, batch[b, KIND]
    return total
