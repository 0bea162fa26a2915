"""What machines share while they run, people with a skill or tools, by number."""

from dataclasses import dataclass

from scheduler.problem import Problem

NO_POOL = -1


@dataclass(frozen=True, slots=True)
class Pools:
    """Pools and machines are counted from 0, as the problem names them."""

    units: tuple[int, ...]
    """Pool -> how many there are."""
    of: tuple[int, ...]
    """Machine -> the pool that it needs one of, or NO_POOL."""
    busy: tuple[tuple[tuple[int, int], ...], ...]
    """Pool -> (end, begin) of running batches that hold one, ascending."""

    @property
    def are_used(self) -> bool:
        """Say whether any machine needs one."""
        return any(pool != NO_POOL for pool in self.of)


def pools_in(problem: Problem) -> Pools:
    """Number a problem's pools."""
    number = {name: n for n, name in enumerate(problem.pools)}
    busy: list[list[tuple[int, int]]] = [[] for _ in number]
    for slot in problem.frozen.running:
        resource = problem.resources.get(slot.machine)
        if resource is not None and resource.pool in number:
            busy[number[resource.pool]].append((slot.end_s, slot.setup_start_s))
    return Pools(
        units=tuple(problem.pools.values()),
        of=tuple(number.get(each.pool, NO_POOL) for each in problem.resources.values()),
        busy=tuple(tuple(sorted(row)) for row in busy),
    )
