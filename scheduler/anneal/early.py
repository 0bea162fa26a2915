"""What a change at least costs, reckoned batch by batch, so that a hopeless one is walked no further.

A task after which only lines come, or nothing, has a latest end: until then its order is in time if the
lines keep it waiting as long as now. What ends later makes lateness weigh more; all that could be won back
elsewhere is the lateness that there is. Nothing else about a task is looked at until a change passes.
"""

from scheduler.anneal.floor import (
    AFTER,
    DUE,
    FORESEEN,
    LEANING,
    NEVER_S,
    NONE,
    ORDER,
    REST,
    Floor,
)
from scheduler.anneal.lateness import guide_of
from scheduler.anneal.state import END, ENDS, HEAD, LATEST, NEXT, READY, State
from scheduler.anneal.trial import (
    BATCHES,
    FORESEEN_MARK,
    MORE,
    RISK,
    TOLD,
    Trial,
    ends,
)
from scheduler.search.kernel import lean, spliced


@lean
def foresee(floor: Floor, state: State, trial: Trial, move: int, task: int, end: int) -> None:
    """Count what it would make lateness weigh more that a task ends behind its latest end."""
    order = floor.task[task, ORDER]
    now = floor.order[order, DUE] + end - state.task[task, LATEST] - floor.price[LEANING]
    more = guide_of(floor, order, now) - guide_of(floor, order, state.order_end[order])
    counted = 0
    if trial.order[order, FORESEEN_MARK] == move:
        counted = trial.order[order, MORE]
    if more > counted:
        trial.order[order, FORESEEN_MARK], trial.order[order, MORE] = move, more
        trial.tally[RISK] += more - counted


@lean
def pass_on(floor: Floor, state: State, trial: Trial, move: int) -> None:
    """Let those that wait for the batches walked since the last time know of their new ends."""
    for x in range(trial.tally[TOLD], trial.tally[BATCHES]):
        b = trial.list[BATCHES, x]
        end = trial.batch[b, END]
        member = state.batch[b, HEAD]
        while member != NONE:
            if state.task[member, ENDS] != end:
                ends(floor, trial, move, member, end)
            member = state.task[member, NEXT]
    trial.tally[TOLD] = trial.tally[BATCHES]


@spliced
def renew(floor: Floor, state: State, order: int) -> None:
    """Work out anew the latest ends of an order's tasks."""
    until = floor.order[order, DUE] - floor.price[LEANING]
    for x in range(floor.order[order, FORESEEN], floor.order[order + 1, FORESEEN]):
        task = floor.link[x]
        latest = NEVER_S if floor.task[task, AFTER] < floor.task[task + 1, AFTER] else until
        for y in range(floor.task[task, AFTER], floor.task[task + 1, AFTER]):
            ready = state.task[floor.link[y], READY]
            latest = min(latest, until - state.order_end[order] + ready - floor.task[task, REST])
        state.task[task, LATEST] = latest
