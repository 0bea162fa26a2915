"""A machine goes on by one batch, with every rule that a plain machine does without."""

from scheduler.anneal.crew import crew_free
from scheduler.anneal.floor import (
    CLOSES,
    COSTS,
    CREW,
    FIRST_FAMILY,
    GROUP,
    IMPOSSIBLE,
    KINDS,
    MOST_RUN,
    NONE,
    OPENS,
    RAN_ALREADY,
    RESTS,
    RUN_BY_SIZE,
    RUNS,
    SETUPS,
    TAKES,
    WINDOWS,
    Floor,
)
from scheduler.anneal.state import (
    BEGIN,
    CHANGE,
    EARLY,
    END,
    FILL,
    KIND,
    RAN,
    SECONDS,
    WINDOW,
    State,
)
from scheduler.anneal.trial import LOW, MARK, TOUCHED, Trial
from scheduler.anneal.walk import batch_ready, write_times
from scheduler.search.kernel import lean, spliced, wide


@spliced
def free_before(state: State, trial: Trial, move: int, k: int, place: int) -> int:
    """Return when a machine would be free for its batch at a place."""
    if place == 0:
        return 0
    b = state.row[k, place - 1]
    return wide(trial.batch[b, END] if trial.batch[b, MARK] == move else state.batch[b, END])


@spliced
def window_before(floor: Floor, state: State, trial: Trial, move: int, k: int, place: int) -> int:
    """Return the window in which the batch before a place would run."""
    if place == 0:
        return wide(floor.machine[k, WINDOWS])
    b = state.row[k, place - 1]
    return wide(trial.batch[b, WINDOW] if trial.batch[b, MARK] == move else state.batch[b, WINDOW])


@spliced
def _ran_before(floor: Floor, state: State, trial: Trial, move: int, k: int, place: int) -> int:
    """Return how much of a family a machine would have run without a change."""
    if place == 0:
        return wide(floor.machine[k, RAN_ALREADY])
    b = state.row[k, place - 1]
    return wide(trial.run[b, RAN] if trial.batch[b, MARK] == move else state.run[b, RAN])


@spliced
def touched_since(
    floor: Floor, state: State, trial: Trial, move: int, first: int, until: int
) -> int:
    """Return when the first of some machines, a part of `Floor.link`, is free for a touched batch."""
    at = IMPOSSIBLE
    for x in range(first, until):
        k = floor.link[x]
        if trial.machine[k, TOUCHED] == move:
            low = trial.machine[k, LOW]
            at = min(at, state.batch[state.row[k, low - 1], END] if low else 0)
    return wide(at)


@spliced
def _kind_before(floor: Floor, state: State, k: int, place: int) -> int:
    if place:
        return wide(state.batch[state.row[k, place - 1], KIND])
    return wide(floor.kind[floor.machine[k, GROUP], floor.machine[k, FIRST_FAMILY]])


@spliced
def cell_of(floor: Floor, state: State, k: int, place: int) -> int:
    """Return where the setup before a machine's place stands in the tables."""
    g = floor.machine[k, GROUP]
    before, kind = _kind_before(floor, state, k, place), state.batch[state.row[k, place], KIND]
    return wide(floor.group[g, SETUPS] + before * floor.group[g, KINDS] + kind)


@spliced
def change_kept(floor: Floor, state: State, k: int, place: int) -> int:
    """Return the seconds of the setup before a machine's place, as the plan has it."""
    if floor.machine[k, MOST_RUN]:
        return wide(state.run[state.row[k, place], CHANGE])
    return wide(floor.setup[cell_of(floor, state, k, place), TAKES])


@spliced
def fit(
    floor: Floor,
    trial: Trial,
    busy: int,
    what: tuple[int, int],
    given: tuple[int, int, int, int],
    state: State,
) -> tuple[int, int, int]:
    """Return when a batch begins and starts, and in which window; NONE for none."""
    k, b = what
    free, ready, change_s, window = given
    if change_s < 0:
        return 0, 0, NONE
    people = floor.group[floor.machine[k, GROUP], CREW]
    while window < floor.machine[k + 1, WINDOWS]:
        begin = max(free, floor.window[window, OPENS])
        if change_s and people:
            begin = crew_free(trial, busy, people, begin, change_s)
        start = max(begin + change_s, ready)
        if start + state.batch[b, SECONDS] <= floor.window[window, CLOSES]:
            return begin, start, window
        if floor.machine[k, RESTS] and start < floor.window[window, CLOSES]:
            return begin, start, window
        window += 1
    return 0, 0, NONE


@spliced
def step(
    floor: Floor,
    state: State,
    trial: Trial,
    move: int,
    k: int,
    place: int,
    given: tuple[int, int, int],
) -> tuple[int, int]:
    """Give the batch at a machine's place its times, `given` when the machine is free, when parts are
    there, and how many setups hold a crew; return what it costs more, or IMPOSSIBLE, and the seconds
    of its change."""
    free, ready, busy = given
    b, cell = state.row[k, place], cell_of(floor, state, k, place)
    change_s, cost = floor.setup[cell, TAKES], floor.setup[cell, COSTS]
    most = floor.machine[k, MOST_RUN]
    if most:
        ran = _ran_before(floor, state, trial, move, k, place)
        amount = state.batch[b, FILL if floor.machine[k, RUN_BY_SIZE] else SECONDS]
        if _kind_before(floor, state, k, place) != state.batch[b, KIND] or ran + amount > most:
            ran = amount
        else:
            ran += amount
            change_s = cost = 0
        trial.run[b, RAN], trial.run[b, CHANGE] = ran, change_s
    window = window_before(floor, state, trial, move, k, place)
    begin, start, window = fit(floor, trial, busy, (k, b), (free, ready, change_s, window), state)
    if window == NONE:
        return IMPOSSIBLE, 0
    end = start + state.batch[b, SECONDS]
    while end > floor.window[window, CLOSES]:
        if window + 1 == floor.machine[k + 1, WINDOWS]:
            return IMPOSSIBLE, 0
        window += 1
        end += floor.window[window, OPENS] - floor.window[window - 1, CLOSES]
    times = (begin, start, end, window, cost)
    return write_times(floor, state, trial, move, b, times), wide(change_s)


@spliced
def differs(floor: Floor, state: State, trial: Trial, move: int, b: int) -> bool:
    """Say whether what comes after a batch could notice that it has other times."""
    batch, now = state.batch, trial.batch
    if now[b, MARK] != move:
        return False
    ends_otherwise = now[b, END] != batch[b, END] or now[b, WINDOW] != batch[b, WINDOW]
    if floor.price[RUNS] and trial.run[b, RAN] != state.run[b, RAN]:
        return True
    return bool(ends_otherwise or now[b, BEGIN] != batch[b, BEGIN])


@lean
def walk_ruled(
    floor: Floor, state: State, trial: Trial, move: int, k: int, low: int, high: int, waits: int
) -> int:
    """The same as `walk` for a machine that has rules of its own."""
    total = 0
    for place in range(low, state.length[k]):
        b = state.row[k, place]
        ready = batch_ready(floor, state, trial, move, b) if waits else state.batch[b, EARLY]
        free = free_before(state, trial, move, k, place)
        cost, _ = step(floor, state, trial, move, k, place, (free, ready, 0))
        if cost == IMPOSSIBLE:
            return IMPOSSIBLE
        total += cost
        if place > high and not differs(floor, state, trial, move, b):
            return total
    return total
