"""The exact decoder: given each machine's batches in order, when does each run at the earliest."""

from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from scheduler.full import Moments, Queue, held_back, is_overfull, queue_of
from scheduler.hours import end_from
from scheduler.indexed import Batch, Indexed, Rows, facts_of
from scheduler.people import begin_of
from scheduler.runs import changes_in, has_limit, too_small

OPEN = -1
ROUNDS = 100
"""In which work is held back because it would not keep; each may show more that has to wait."""


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
    held: tuple[int, ...] = ()
    """Task -> what it was held back to; empty where nothing was."""


@dataclass(slots=True)
class _Run:
    """How far a decoding has come, machine by machine."""

    end: list[int]
    out: list[int]
    """Task -> when what waits for it may start."""
    setup_start: list[list[int]]
    start: list[list[int]]
    free: list[int]
    family: list[int]
    window: list[int]
    ran: list[int]
    held: Sequence[int]
    """Task -> not before this; empty where nothing is held back."""
    waiting: dict[int, list[int]]
    """Task -> machines whose next batch waits for it."""
    crews: dict[int, list[tuple[int, int]]]
    """Group with a limited crew -> (end, begin) of the setups so far, ascending."""
    pools: dict[int, list[tuple[int, int]]]
    """Pool -> (end, begin) of setups and batches so far, ascending."""
    agenda: list[tuple[int, int, int]]
    """(level, free, machine) to go on with: who feeds others goes first, and of one level who is free
    first asks for people first."""
    setup_cost: int = 0


def decode_rows(
    indexed: Indexed, rows: Rows, *, partial: bool = False, held: Sequence[int] | None = None
) -> Times | None:
    """Run every batch as early as machine, parts, windows and crews allow, setups ahead of parts.

    None when the rows contradict the precedence, leave a task out, a batch finds no window, follows one
    that it may not follow, or is too small. With `partial`, a task that no row holds counts as finished,
    and batches may still grow.

    Where work keeps for so long only, what makes it is held back as far as that takes, or no earlier than
    `held` says, task by task. So is what would come to a full buffer; None too where no order was found in
    which buffers empty again. With `partial`, buffers hold everything.
    """
    times = _decoded(indexed, rows, () if held is None else held, partial=partial)
    if times is None or held is not None or partial:
        return times
    fresh = _fresher(indexed, rows, times) if indexed.keeps else times
    if not indexed.buffers.are_used or not is_overfull(indexed, rows, _moments(fresh)):
        return fresh
    for by_leaving in (True, False):
        first: set[int] = set()
        queue = queue_of(indexed, rows, _moments(times), first, by_leaving=by_leaving)
        while queue is not None:
            found = _with_room(indexed, rows, times, queue)
            if found is not None:
                return found
            if queue.crowded in first or queue.crowded < 0:
                break
            first.add(queue.crowded)
            queue = queue_of(indexed, rows, _moments(times), first, by_leaving=by_leaving)
    return None


def _fresher(indexed: Indexed, rows: Rows, times: Times) -> Times:
    """Hold back what would be over before what waits for it starts. Where that delays the one as much as
    the other it changes nothing, and stays for a search, which `stale` tells."""
    held = [0] * len(times.end)
    for _ in range(ROUNDS):
        if not _hold_fresh(indexed, times, held):
            break
        again = _decoded(indexed, rows, held, partial=False)
        if again is None:
            break
        times = again
    return times


def _hold_fresh(indexed: Indexed, times: Times, held: list[int]) -> bool:
    """Hold back what keeps too short a time; False if there is nothing."""
    over = list(stale(indexed, times))
    start = starts_of(times) if over else []
    for _, earlier, over_s in over:
        held[earlier] = max(held[earlier], start[earlier] + over_s)
    return bool(over)


def _with_room(indexed: Indexed, rows: Rows, times: Times, queue: Queue) -> Times | None:
    """Hold back what comes to a full buffer, and what does not keep; None where that does not end."""
    held, most = [0] * len(times.end), ROUNDS + 2 * len(queue.items)
    for number in range(most):
        full = held_back(indexed, queue, _moments(times), held)
        if queue.crowded >= 0:
            return None
        fresh = number < most // 2 and _hold_fresh(indexed, times, held)
        if not full and not fresh:
            return times
        again = _decoded(indexed, rows, held, partial=False)
        if again is None:
            return None
        times = again
    return None


def _moments(times: Times) -> Moments:
    return Moments(starts_of(times), times.end)


def starts_of(times: Times) -> list[int]:
    """Return when each task's batch starts."""
    start = [0] * len(times.end)
    for row, starts in zip(times.rows, times.start, strict=True):
        for batch, at in zip(row, starts, strict=True):
            for task in batch:
                start[task] = at
    return start


def stale(indexed: Indexed, times: Times) -> Iterator[tuple[int, int, int]]:
    """Yield (task, what it waited for, seconds by which that was kept too long)."""
    start = starts_of(times) if indexed.keeps else []
    for task, before in enumerate(indexed.before if indexed.keeps else ()):
        for earlier in before:
            kept_s = start[task] - times.end[earlier] - indexed.rest[earlier]
            if kept_s > indexed.keeps[earlier]:
                yield task, earlier, kept_s - indexed.keeps[earlier]


def _decoded(indexed: Indexed, rows: Rows, held: Sequence[int], *, partial: bool) -> Times | None:
    """Decode with nothing earlier than it is held."""
    end = [OPEN] * len(indexed.task_ids)
    if not partial and too_small(indexed, rows) is not None:
        return None
    if partial:
        placed = {task for row in rows for batch in row for task in batch}
        end = [OPEN if task in placed else 0 for task in range(len(end))]
    run = _Run(
        end=end,
        out=list(end),
        setup_start=[[] for _ in rows],
        start=[[] for _ in rows],
        free=[0] * len(rows),
        family=list(indexed.first_family),
        window=[0] * len(rows),
        ran=[resource.ran for resource in indexed.resources],
        held=held,
        waiting={},
        crews={g: list(indexed.crew_busy[g]) for g, people in enumerate(indexed.crews) if people},
        pools={p: list(busy) for p, busy in enumerate(indexed.pools.busy)},
        agenda=[(indexed.level[k], 0, k) for k, row in enumerate(rows) if row],
    )
    heapify(run.agenda)
    while run.agenda:
        _, _, machine = heappop(run.agenda)
        if not _advance(indexed, rows, run, machine):
            return None
    if OPEN in end:
        return None
    return Times(end, run.setup_start, run.start, run.setup_cost, rows, tuple(held))


# Everything in one function, because this loop is most of what a search does.
def _advance(indexed: Indexed, rows: Rows, run: _Run, k: int) -> bool:  # noqa: C901, PLR0912
    """Run a machine's batches until one has to wait; False when one finds no window, or would follow
    what it may not."""
    row, level = rows[k], indexed.level[k]
    starts, setup_starts = run.start[k], run.setup_start[k]
    free, family, window = run.free[k], run.family[k], run.window[k]
    g, facts = indexed.group_of[k], indexed.facts[k]
    setup_s, setup_cost = indexed.setup_s[g], indexed.setup_cost[g]
    cycle_cost, run_cost = indexed.cycle_cost[k], indexed.run_cost[k]
    opens, closes, crew = indexed.opens[k], indexed.closes[k], run.crews.get(g)
    rests, pool = indexed.resources[k].resumable, run.pools.get(indexed.pools.of[k])
    most, ran = has_limit(indexed.resources[k]), 0
    for batch in row[len(starts) :]:
        after, seconds, ready, before = facts.get(batch) or facts_of(indexed, k, batch)
        if run.held:
            ready = max(ready, *(run.held[task] for task in batch))
        at_hand = _at_hand(run, k, before, ready)
        if at_hand is None:
            break
        ready = at_hand
        change_s, change_cost = setup_s[family][after], setup_cost[family][after]
        if most:
            change_s, change_cost, ran = next(changes_in(indexed, k, [batch], family, run.ran[k]))
        if change_s < 0:
            return False
        busy = crew if change_s else None
        asks = busy is not None or pool is not None
        if asks and run.agenda and run.agenda[0] < (level, free, k):
            heappush(run.agenda, (level, free, k))
            break
        while window < len(opens):
            begin = free if free > opens[window] else opens[window]
            if asks:
                want = (change_s, ready, seconds)
                begin = begin_of(indexed, k, window, begin, want, (busy, pool))
            at = begin + change_s if begin + change_s > ready else ready
            if at + seconds <= closes[window] or (rests and at < closes[window]):
                break
            window += 1
        else:
            return False
        if busy is not None:
            insort(busy, (begin + change_s, begin))
        run.setup_cost += change_cost + cycle_cost + seconds * run_cost
        setup_starts.append(begin if change_s else at)
        starts.append(at)
        free, family = at + seconds, after
        if free > closes[window]:
            free, window = end_from(indexed, k, window, at, seconds) or (free, OPEN)
            if window == OPEN:
                return False
        if pool is not None:
            insort(pool, (free, begin))
        if most:
            run.ran[k] = ran
        _end(indexed, run, batch, free)
    run.free[k], run.family[k], run.window[k] = free, family, window
    return True


def _at_hand(run: _Run, k: int, before: Batch, ready: int) -> int | None:
    """Return when a batch's parts are there; None if that is not known, and the machine waits for it."""
    for task in before:
        if run.out[task] > ready:
            ready = run.out[task]
        elif run.out[task] < 0:
            run.waiting.setdefault(task, []).append(k)
            return None
    return ready


def _end(indexed: Indexed, run: _Run, batch: Batch, end: int) -> None:
    """Note when a batch ends, and let machines go on that waited for it."""
    for task in batch:
        run.end[task] = end
        run.out[task] = end + indexed.rest[task]
        for other in run.waiting.pop(task, ()) if run.waiting else ():
            heappush(run.agenda, (indexed.level[other], run.free[other], other))
