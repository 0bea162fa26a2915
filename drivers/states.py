"""The life of a job order on a machine, as a table.

Source: OPC 10031-4 v2.00, 6.2.1 (top-level states and transitions of ISA95 Job Control V2).
"""

from collections.abc import Mapping

from drivers.driver import JobState

_N, _A, _R = JobState.NOT_ALLOWED_TO_START, JobState.ALLOWED_TO_START, JobState.RUNNING
_I, _E, _X = JobState.INTERRUPTED, JobState.ENDED, JobState.ABORTED

MOVES: Mapping[JobState, frozenset[JobState]] = {
    _N: frozenset({_A, _X}),
    _A: frozenset({_N, _R, _X}),
    _R: frozenset({_I, _E, _X}),
    _I: frozenset({_R, _E, _X}),
    _E: frozenset(),
    _X: frozenset(),
}

STATE_NUMBERS: Mapping[JobState, int] = {
    state: number for number, state in enumerate((_N, _A, _R, _I, _E, _X), start=1)
}
"""Source: OPC 10031-4 v2.00, state numbers of ISA95JobOrderReceiverObjectType."""


class TransitionError(Exception):
    """A report that no job order can make; the machine's maker can do something about it."""


def over(state: JobState) -> bool:
    """Tell whether nothing can follow."""
    return not MOVES[state]


def reachable(now: JobState, to: JobState) -> bool:
    """Tell whether a machine could have gone from one state to another between two looks."""
    seen, edge = {now}, [now]
    while edge:
        for following in MOVES[edge.pop()] - seen:
            seen.add(following)
            edge.append(following)
    return to in seen


def move(now: JobState, to: JobState) -> JobState:
    """Go on to a reported state; a repeated report is no step, one that skips states is a late look."""
    if not reachable(now, to):
        raise TransitionError(f"A job order cannot go from {now.value!r} to {to.value!r}.")
    return to
