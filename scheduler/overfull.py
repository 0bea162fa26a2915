"""Whether results find a place where they lie: a part of the definition of right, apart from the engine."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scheduler.problem import Problem, Slot

FOR_GOOD_S = 1 << 60


class Stay(NamedTuple):
    """A result in its buffer, both seconds included."""

    name: str
    since_s: int
    until_s: int
    is_planned: bool
    """It was not frozen: the plan could have it end later."""


def overfull(problem: Problem, slots: Sequence[Slot]) -> Iterator[str]:
    """Say of each second in which something comes to a buffer that is full then, and of which planned
    results lie there, what there is no place for. What is finished or runs is nobody's fault."""
    for buffer, stays in _stays(problem, slots).items():
        places = problem.buffers.get(buffer, 0)
        for at_s in sorted({stay.since_s for stay in stays}):
            there = [stay for stay in stays if stay.since_s <= at_s <= stay.until_s]
            if len(there) > places and any(stay.is_planned for stay in there):
                come = ", ".join(sorted(stay.name for stay in there if stay.since_s == at_s))
                yield (
                    f"{come} comes to {buffer} at {at_s} s, where {len(there)} results lie then, and "
                    f"there is room for {places}."
                )


def crowded(problem: Problem, slots: Sequence[Slot], slot: Slot) -> tuple[str, Slot | None] | None:
    """Return the buffer that would have been full had a batch ended a second earlier, and the batch that
    took something out of it then; None if it had room."""
    resource = problem.resources.get(slot.machine)
    stays = _stays(problem, slots).get(resource.buffer, []) if resource is not None else []
    earlier_s = slot.end_s - 1
    own = [stay for stay in stays if stay.name in slot.operations]
    there = [
        stay
        for stay in stays
        if stay.name not in slot.operations and stay.since_s <= earlier_s <= stay.until_s
    ]
    if resource is None or not own or len(there) + len(own) <= problem.buffers[resource.buffer]:
        return None
    gone = {stay.name for stay in there if stay.until_s == earlier_s}
    takes = {task.id for task in problem.tasks.values() if not gone.isdisjoint(task.after)}
    taker = (each for each in slots if each.start_s == earlier_s)
    return resource.buffer, next((s for s in taker if not takes.isdisjoint(s.operations)), None)


def _stays(problem: Problem, slots: Sequence[Slot]) -> dict[str, list[Stay]]:
    """Return what lies in each buffer, and from when to when."""
    taken_s = _taken(problem, slots)
    stays: dict[str, list[Stay]] = {}
    for slot in slots:
        resource = problem.resources.get(slot.machine)
        if resource is not None and resource.buffer:
            row = stays.setdefault(resource.buffer, [])
            for name in slot.operations:
                if name in taken_s:
                    row.append(Stay(name, slot.end_s, taken_s[name], is_planned=True))
    running_s = {name: slot.end_s for slot in problem.frozen.running for name in slot.operations}
    for name, buffer in problem.frozen.lies.items():
        since_s = running_s.get(name, -FOR_GOOD_S)
        until_s = taken_s.get(name, FOR_GOOD_S)
        stays.setdefault(buffer, []).append(Stay(name, since_s, until_s, is_planned=False))
    return stays


def _taken(problem: Problem, slots: Sequence[Slot]) -> dict[str, int]:
    """Return when the last work starts that takes a result; of what no open work waits for, nothing."""
    start_s = {name: slot.start_s for slot in slots for name in slot.operations}
    taken_s: dict[str, int] = {}
    for task in problem.tasks.values():
        begun_s = start_s.get(task.id, FOR_GOOD_S)
        for name in task.after:
            taken_s[name] = max(begun_s, taken_s.get(name, begun_s))
    return taken_s
