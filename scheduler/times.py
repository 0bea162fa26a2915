"""The exact decoder: given each machine's batches in order, when does each run at the earliest."""

from bisect import insort
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from scheduler.indexed import Indexed, Rows, facts_of

OPEN = -1


@dataclass(frozen=True, slots=True)
class Times:
    """What follows from sequences. Rows run parallel to the rows that were decoded."""

    end: list[int]
    """Task -> end of its batch; with `partial`, 0 for a task that no row holds."""
    setup_start: list[list[int]]
    start: list[list[int]]
    setup_cost: int
    """Of setups and of shared cycles, in cents * 3600."""
    rows: Rows
    """What was decoded."""


@dataclass(slots=True)
class _Run:
    """How far a decoding has come, machine by machine."""

    end: list[int]
    setup_start: list[list[int]]
    start: list[list[int]]
    free: list[int]
    family: list[int]
    window: list[int]
    waiting: dict[int, list[int]]
    """Task -> machines whose next batch waits for it."""
    crews: dict[int, list[tuple[int, int]]]
    """Group with a limited crew -> (end, begin) of the setups so far, ascending."""
    agenda: list[tuple[bool, int, int]]
    """(needs no crew, free, machine) to go on with: who is free first asks for a crew first, and
    what seldom waits for parts goes before what mostly does."""
    setup_cost: int = 0


def decode_rows(indexed: Indexed, rows: Rows, *, partial: bool = False) -> Times | None:
    """Run every batch as early as machine, parts, windows and crews allow, setups ahead of parts.

    None when the rows contradict the precedence, leave a task out, or a batch finds no window. With
    `partial`, a task that no row holds counts as finished.
    """
    end = [OPEN] * len(indexed.task_ids)
    if partial:
        held = {task for row in rows for batch in row for task in batch}
        end = [OPEN if task in held else 0 for task in range(len(end))]
    run = _Run(
        end=end,
        setup_start=[[] for _ in rows],
        start=[[] for _ in rows],
        free=[0] * len(rows),
        family=list(indexed.first_family),
        window=[0] * len(rows),
        waiting={},
        crews={g: list(indexed.crew_busy[g]) for g, people in enumerate(indexed.crews) if people},
        agenda=[
            (not indexed.crews[indexed.group_of[k]], 0, k) for k, row in enumerate(rows) if row
        ],
    )
    heapify(run.agenda)
    while run.agenda:
        _, _, machine = heappop(run.agenda)
        if not _advance(indexed, rows, run, machine):
            return None
    if OPEN in end:
        return None
    return Times(end, run.setup_start, run.start, run.setup_cost, rows)


# Everything in one function, because this loop is most of what a search does.
def _advance(indexed: Indexed, rows: Rows, run: _Run, k: int) -> bool:  # noqa: C901
    """Run a machine's batches until one has to wait; False when one finds no window."""
    row, end, starts, setup_starts = rows[k], run.end, run.start[k], run.setup_start[k]
    free, family, window = run.free[k], run.family[k], run.window[k]
    g, facts = indexed.group_of[k], indexed.facts[k]
    setup_s, setup_cost = indexed.setup_s[g], indexed.setup_cost[g]
    cycle_cost = indexed.cycle_cost[k]
    opens, closes, crew = indexed.opens[k], indexed.closes[k], run.crews.get(g)
    for batch in row[len(starts) :]:
        after, seconds, ready, before = facts.get(batch) or facts_of(indexed, k, batch)
        missing = OPEN
        for task in before:
            if end[task] > ready:
                ready = end[task]
            elif end[task] < 0:
                missing = task
                break
        if missing != OPEN:
            run.waiting.setdefault(missing, []).append(k)
            break
        change_s = setup_s[family][after]
        busy = crew if change_s else None
        if busy is not None and run.agenda and run.agenda[0] < (False, free, k):
            heappush(run.agenda, (False, free, k))
            break
        while window < len(opens):
            begin = free if free > opens[window] else opens[window]
            if busy is not None:
                begin = crew_free(busy, indexed.crews[g], begin, change_s)
            at = begin + change_s if begin + change_s > ready else ready
            if at + seconds <= closes[window]:
                break
            window += 1
        else:
            return False
        if busy is not None:
            insort(busy, (begin + change_s, begin))
        run.setup_cost += setup_cost[family][after] + cycle_cost
        setup_starts.append(begin if change_s else at)
        starts.append(at)
        free, family = at + seconds, after
        for task in batch:
            end[task] = free
            for other in run.waiting.pop(task, ()) if run.waiting else ():
                crewless = not indexed.crews[indexed.group_of[other]]
                heappush(run.agenda, (crewless, run.free[other], other))
    run.free[k], run.family[k], run.window[k] = free, family, window
    return True


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
