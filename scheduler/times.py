"""The exact decoder: given each machine's batches in order, when does each run at the earliest."""

from dataclasses import dataclass
from heapq import heappop, heappush

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
    """Group with a limited crew -> setups so far."""
    agenda: list[tuple[int, int]]
    """(free, machine) to go on with: who is free first asks for a crew first."""
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
        agenda=[(0, machine) for machine in range(len(rows)) if rows[machine]],
    )
    while run.agenda:
        _, machine = heappop(run.agenda)
        if not _advance(indexed, rows, run, machine):
            return None
    if OPEN in end:
        return None
    return Times(end, run.setup_start, run.start, run.setup_cost)


def _advance(indexed: Indexed, rows: Rows, run: _Run, k: int) -> bool:
    """Run a machine's batches until one has to wait; False when one finds no window."""
    row, end, starts = rows[k], run.end, run.start[k]
    free, family, g = run.free[k], run.family[k], indexed.group_of[k]
    for batch in row[len(starts) :]:
        known = indexed.facts[k].get(batch)
        after, seconds, ready, before = known or facts_of(indexed, k, batch)
        missing = OPEN
        for task in before:
            if end[task] < 0:
                missing = task
                break
            ready = end[task] if end[task] > ready else ready
        if missing != OPEN:
            run.waiting.setdefault(missing, []).append(k)
            break
        setup_s = indexed.setup_s[g][family][after]
        busy = run.crews.get(g) if setup_s else None
        if busy is not None and run.agenda and run.agenda[0] < (free, k):
            heappush(run.agenda, (free, k))
            break
        begin = _first_window(indexed, run, k, busy, (free, setup_s, ready, seconds))
        if begin == OPEN:
            return False
        at = begin + setup_s if begin + setup_s > ready else ready
        if busy is not None:
            busy.append((begin, begin + setup_s))
        run.setup_cost += indexed.setup_cost[g][family][after]
        run.setup_start[k].append(begin if setup_s else at)
        starts.append(at)
        free, family = at + seconds, after
        for task in batch:
            end[task] = free
            for other in run.waiting.pop(task, ()) if run.waiting else ():
                heappush(run.agenda, (run.free[other], other))
    run.free[k], run.family[k] = free, family
    return True


def _first_window(
    indexed: Indexed,
    run: _Run,
    k: int,
    busy: list[tuple[int, int]] | None,
    need: tuple[int, int, int, int],
) -> int:
    """Return when the setup begins in the first window that holds setup and batch, or -1."""
    free, setup_s, ready, seconds = need
    opens, closes = indexed.opens[k], indexed.closes[k]
    for q in range(run.window[k], len(opens)):
        begin = free if free > opens[q] else opens[q]
        if busy is not None:
            begin = crew_free(busy, indexed.crews[indexed.group_of[k]], begin, setup_s)
        at = begin + setup_s if begin + setup_s > ready else ready
        if at + seconds <= closes[q]:
            run.window[k] = q
            return begin
    return OPEN


def crew_free(busy: list[tuple[int, int]], people: int, begin: int, setup_s: int) -> int:
    """Return the first second from `begin` on at which someone is free for a whole setup."""
    for at in sorted({begin, *(until for _, until in busy if until > begin)}):
        near = [(a, b) for a, b in busy if a < at + setup_s and b > at]
        moments = (at, *(a for a, _ in near if a > at))
        if all(sum(a <= moment < b for a, b in near) < people for moment in moments):
            return at
    raise AssertionError("After the last setup everyone is free.")
