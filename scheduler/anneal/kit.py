"""What it costs that parts lie about until all that a task joins is there."""

from scheduler.anneal.floor import BEFORE, NONE, Floor
from scheduler.anneal.state import ENDS, State
from scheduler.anneal.trial import FIRST_WAITING, WAITINGS, Trial, end_of
from scheduler.search.kernel import lean


@lean
def spreads_more(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Return how much more the joins of an area would cost of which a part ends at another time."""
    total = 0
    for x in range(
        trial.area[a, FIRST_WAITING], trial.area[a, FIRST_WAITING] + trial.area[a, WAITINGS]
    ):
        task = trial.waiting[x]
        cost, first, last = floor.kit[task, 0], floor.kit[task, 1], floor.kit[task, 2]
        if cost == 0:
            continue
        was_first, was_last, known = first, last, True
        for y in range(floor.task[task, BEFORE], floor.task[task + 1, BEFORE]):
            end, was = end_of(state, trial, move, floor.link[y]), state.task[floor.link[y], ENDS]
            first, last = min(first, end), max(last, end)
            was_first, was_last = min(was_first, was), max(was_last, was)
            known = known and was != NONE
        total += cost * (last - first)
        # What was never decoded has cost nothing.
        if known:
            total -= cost * (was_last - was_first)
    return total
