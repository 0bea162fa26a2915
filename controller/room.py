"""Whether what a machine would make finds a place where it is put."""

from controller.names import time_of_day
from controller.state import JobPhase, Phase, State
from scheduler import Slot


def no_room(state: State, machine: str, slot: Slot, now_s: int) -> str | None:
    """Say why a batch waits for its time in the plan: until then so much may lie, or run and come to
    lie, where its parts are put that they find no room. From that time on the plan has room for them."""
    buffer = state.plant.group_of(machine).buffer
    if not buffer or now_s >= slot.setup_start_s:
        return None
    places = state.plant.buffers[buffer]
    comes = sum(_is_awaited(state, name) for name in slot.operations)
    taken = _taken(state, buffer)
    if comes == 0 or taken + comes <= places:
        return None
    at = time_of_day(state, slot.setup_start_s)
    return f"Waiting for room in {buffer}: {taken} of {places} places are taken. It starts at {at}."


def _taken(state: State, buffer: str) -> int:
    """Count what lies in a buffer, and what runs and will."""
    group_of = state.plant.group_of
    runs = (
        member.operation
        for job in state.jobs.values()
        if job.phase is not JobPhase.OVER and group_of(job.intended.job.machine).buffer == buffer
        for member in job.intended.job.members
    )
    lies = (
        name
        for name, work in state.work.items()
        if work.phase is Phase.DONE and work.machine and group_of(work.machine).buffer == buffer
    )
    return sum(_is_awaited(state, name) for name in (*runs, *lies))


def _is_awaited(state: State, operation: str) -> bool:
    """Tell whether anything that takes an operation's result has not begun."""
    opened = state.orders.get(operation.partition("/")[0])
    if opened is None or opened.cancelled is not None:
        return False
    after = opened.routing.graph.successors(operation)
    return any(state.work[name].phase is Phase.OPEN for name in after)
