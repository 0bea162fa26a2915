"""Areas that feed each other, or themselves: decoded from the first moment that a change can reach.

A machine goes on with its sequence until a batch waits for one that has no time yet; then another
machine's turn comes. Where none can go on, sequences contradict what comes before what.
"""

from scheduler.anneal.early import pass_on
from scheduler.anneal.floor import (
    AREA,
    BEFORE,
    HALL,
    IMPOSSIBLE,
    NONE,
    REST,
    Floor,
)
from scheduler.anneal.state import EARLY, HEAD, IN, NEXT, ON, START, State
from scheduler.anneal.step import free_before, step, touched_since
from scheduler.anneal.trial import AT, LOW, TOUCHED, Trial, end_of
from scheduler.search.kernel import lean, spliced, wide


@lean
def walk_circle(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Decode an area anew as far as it may change; return what it costs more, or IMPOSSIBLE."""
    left = _restart(floor, state, trial, move, a)
    total = 0
    while left:
        gone_on = False
        for x in range(floor.area[a, HALL], floor.area[a + 1, HALL]):
            k = floor.link[x]
            while trial.machine[k, AT] < state.length[k]:
                ready = _ready(floor, state, trial, move, state.row[k, trial.machine[k, AT]])
                if ready == NONE:
                    break
                place = trial.machine[k, AT]
                free = free_before(state, trial, move, k, place)
                cost, _ = step(floor, state, trial, move, k, place, (free, ready, 0))
                if cost == IMPOSSIBLE:
                    return IMPOSSIBLE
                pass_on(floor, state, trial, move)
                total += cost
                trial.machine[k, AT] += 1
                left -= 1
                gone_on = True
        if not gone_on:
            return IMPOSSIBLE
    return total


@lean
def _restart(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Put each machine's place where a change can reach; return how many batches are behind them."""
    since = touched_since(floor, state, trial, move, floor.area[a, HALL], floor.area[a + 1, HALL])
    left = 0
    for x in range(floor.area[a, HALL], floor.area[a + 1, HALL]):
        k = floor.link[x]
        low, high = 0, state.length[k]
        if trial.machine[k, TOUCHED] == move:
            high = min(high, trial.machine[k, LOW])
        while low < high:
            middle = (low + high) >> 1
            if state.batch[state.row[k, middle], START] < since:
                low = middle + 1
            else:
                high = middle
        trial.machine[k, AT] = low
        left += state.length[k] - low
    return wide(left)


@spliced
def _ready(floor: Floor, state: State, trial: Trial, move: int, b: int) -> int:
    """Return when a batch's parts are there, or NONE while that is not known."""
    ready = state.batch[b, EARLY]
    member = state.batch[b, HEAD]
    while member != NONE:
        for x in range(floor.task[member, BEFORE], floor.task[member + 1, BEFORE]):
            earlier = floor.link[x]
            if floor.task[earlier, AREA] == floor.task[member, AREA]:
                other = state.task[earlier, IN]
                if state.place[other] >= trial.machine[state.batch[other, ON], AT]:
                    return NONE
            end = end_of(state, trial, move, earlier)
            ready = max(ready, end + floor.task[earlier, REST])
        member = state.task[member, NEXT]
    return wide(ready)
