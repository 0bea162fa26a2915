"""Where results lie until the work that takes them starts: racks, shelves, cooling places, by number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scheduler.problem import Problem

NO_BUFFER = -1


class Lying(NamedTuple):
    """What finished or running work has left, or will leave, in a buffer."""

    buffer: int
    arrives_s: int | None
    """Expected end of what runs; None: it lies there already."""
    takers: tuple[int, ...]
    """Open tasks that wait for it, ascending; with none it stays."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """Buffers and machines are counted from 0, as the problem names them."""

    places: tuple[int, ...]
    """Buffer -> how many results it holds."""
    of: tuple[int, ...]
    """Machine -> the buffer that takes what it makes, or NO_BUFFER."""
    lying: tuple[Lying, ...]

    @property
    def are_used(self) -> bool:
        """Say whether what any machine makes needs a place."""
        return any(buffer != NO_BUFFER for buffer in self.of)

    @property
    def are_full_already(self) -> bool:
        """Say whether finished and running work alone may be more than a buffer holds."""
        at = [each.buffer for each in self.lying]
        return any(at.count(buffer) > places for buffer, places in enumerate(self.places))


def buffers_in(problem: Problem, task_of: Mapping[str, int]) -> Buffers:
    """Number a problem's buffers, and what lies in them."""
    number = {name: n for n, name in enumerate(problem.buffers)}
    frozen = problem.frozen
    takers: dict[str, list[int]] = {name: [] for name in frozen.lies}
    for task in problem.tasks.values() if takers else ():
        for earlier in task.after:
            if earlier in takers:
                takers[earlier].append(task_of[task.id])
    ends = {name: slot.end_s for slot in frozen.running for name in slot.operations}
    return Buffers(
        places=tuple(problem.buffers.values()),
        of=tuple(number.get(each.buffer, NO_BUFFER) for each in problem.resources.values()),
        lying=tuple(
            Lying(number[buffer], ends.get(name), tuple(sorted(set(takers[name]))))
            for name, buffer in frozen.lies.items()
            if buffer in number
        ),
    )


def buffer_faults(problem: Problem) -> Iterator[str]:
    """Say which buffers are none, and what lies in none."""
    for buffer, places in problem.buffers.items():
        if places < 1:
            yield f"There is room for {places} in {buffer}; what is put there never ends."
    for name, resource in problem.resources.items():
        if resource.buffer and resource.buffer not in problem.buffers:
            yield f"{name} puts what it makes into {resource.buffer}, and there is no such buffer."
    known = set(problem.frozen.done)
    known |= {name for slot in problem.frozen.running for name in slot.operations}
    for name, buffer in problem.frozen.lies.items():
        if buffer not in problem.buffers:
            yield f"{name} lies in {buffer}, and there is no such buffer."
        if name not in known:
            yield f"{name} lies in {buffer}, and is neither running nor finished."
