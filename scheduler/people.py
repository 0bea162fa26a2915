"""Who is free: for a setup out of a group's crew, and for a whole batch out of a pool."""

from scheduler.hours import end_from
from scheduler.indexed import Indexed

Busy = list[tuple[int, int]]
"""(end, begin) of those who are taken, ascending."""


def begin_of(
    indexed: Indexed,
    machine: int,
    window: int,
    free: int,
    want: tuple[int, int, int],
    busy: tuple[Busy | None, Busy | None],
) -> int:
    """Return the first second from which someone of the crew is free for a setup, and one of the pool
    from there until the batch has ended; of `want` (setup, second at which parts are there, seconds).
    Who is of a pool does not wait for parts with a machine that is set up."""
    change_s, ready, seconds = want
    crew, pool = busy
    begin = free if pool is None else max(free, ready - change_s)
    while True:
        at = begin
        if crew is not None and change_s:
            at = crew_free(crew, indexed.crews[indexed.group_of[machine]], at, change_s)
        if pool is not None:
            found = end_from(indexed, machine, window, max(at + change_s, ready), seconds)
            if found is None or found[0] == at:
                return at
            at = crew_free(pool, indexed.pools.units[indexed.pools.of[machine]], at, found[0] - at)
        if at == begin:
            return at
        begin = at


def crew_free(busy: list[tuple[int, int]], people: int, begin: int, setup_s: int) -> int:
    """Return the first second from `begin` on at which someone is free for a whole setup; `busy`
    holds (end, begin) of the setups so far, ascending."""
    at_once = 0
    for until, since in reversed(busy):
        if until <= begin:
            break
        at_once += since < begin + setup_s
    if at_once < people:
        return begin
    near = [(since, until) for until, since in busy if until > begin]
    for at in (begin, *(until for _, until in near)):
        over = [(a, b) for a, b in near if a < at + setup_s and b > at]
        moments = (at, *(a for a, _ in over if a > at))
        if all(sum(a <= moment < b for a, b in over) < people for moment in moments):
            return at
    raise AssertionError("After the last setup everyone is free.")
