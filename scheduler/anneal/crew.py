"""Who is free to change a machine over: setups hold one of a group's crew while they last."""

from scheduler.anneal.trial import Trial
from scheduler.search.kernel import lean, spliced


@spliced
def hold(trial: Trial, count: int, until: int, since: int) -> int:
    """Add a setup to those that hold a crew, ascending by (end, begin); return how many there are."""
    busy = trial.busy
    z = count
    while z > 0 and (
        busy[z - 1, 0] > until or (busy[z - 1, 0] == until and busy[z - 1, 1] > since)
    ):
        busy[z, 0], busy[z, 1] = busy[z - 1, 0], busy[z - 1, 1]
        z -= 1
    busy[z, 0], busy[z, 1] = until, since
    return count + 1


@lean
def _at_once(trial: Trial, count: int, begin: int, until: int, moment: int) -> int:
    """Count the setups that overlap a time and go on at a moment."""
    total = 0
    for z in range(count - 1, -1, -1):
        if trial.busy[z, 0] <= begin:
            break
        if trial.busy[z, 1] < until and trial.busy[z, 1] <= moment < trial.busy[z, 0]:
            total += 1
    return total


@lean
def crew_free(trial: Trial, count: int, people: int, begin: int, change_s: int) -> int:
    """Return the first second from `begin` on at which someone is free for a whole setup."""
    first = count
    while first > 0 and trial.busy[first - 1, 0] > begin:
        first -= 1
    at = begin
    for z in range(first - 1, count):
        if z >= first:
            at = trial.busy[z, 0]
        if _has_hand(trial, count, people, at, at + change_s):
            return at
    return at


@spliced
def _has_hand(trial: Trial, count: int, people: int, at: int, until: int) -> bool:
    if _at_once(trial, count, at, until, at) >= people:
        return False
    for z in range(count - 1, -1, -1):
        if trial.busy[z, 0] <= at:
            break
        since = trial.busy[z, 1]
        if at < since < until and _at_once(trial, count, at, until, since) >= people:
            return False
    return True
