"""First come, first served: how a shop without planning runs, as the honest comparison."""

from bisect import bisect_right, insort
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from scheduler.decode import may_run, to_schedule
from scheduler.hours import end_from
from scheduler.indexed import Batch, Indexed, Rows, facts_of, index
from scheduler.people import crew_free
from scheduler.placing import UnplannableError
from scheduler.problem import Problem
from scheduler.schedule import Schedule
from scheduler.times import Times


@dataclass(slots=True)
class _Floor:
    """The shop at some moment, and what has happened so far."""

    indexed: Indexed
    rank: list[tuple[int, int]]
    """Task -> (place of its order in the queue, number)."""
    waiting: list[tuple[int, int, int]]
    """(ready, *rank) of the tasks that could begin, the first come first."""
    free: list[int]
    family: list[int]
    rows: Rows
    setup_start: list[list[int]]
    start: list[list[int]]
    end: list[int]
    crews: list[list[tuple[int, int]]]
    events: list[tuple[int, int, int]]
    """(second, 0, task) that becomes ready and (second, 1, machine) that becomes free."""


def first_come(problem: Problem) -> Schedule:
    """Serve tasks as they become ready, each on the machine that is free first; of those ready
    together the order released first is first. A batch is what waits in front of the machine just
    then. What planners pinned is served like the rest; whom machines share, and where
    results lie, is left out of account. Raises UnplannableError."""
    indexed = replace(index(problem), pins=(), pin_of=())
    floor = _open_floor(indexed, problem)
    left = [len(row) for row in indexed.before]
    done = 0
    while floor.events:
        now = floor.events[0][0]
        while floor.events and floor.events[0][0] == now:
            _, what, number = heappop(floor.events)
            if what == 0:
                insort(floor.waiting, (now, *floor.rank[number]))
        for task in _serve(floor, now):
            done += 1
            for follower in indexed.after[task]:
                left[follower] -= 1
                if left[follower] == 0:
                    _becomes_ready(floor, follower)
    if done < len(indexed.task_ids):
        missing = next(name for task, name in enumerate(indexed.task_ids) if floor.end[task] < 0)
        raise UnplannableError(f"{missing} finds no machine that takes it within one window.")
    times = Times(floor.end, floor.setup_start, floor.start, 0, floor.rows)
    return to_schedule(indexed, floor.rows, times)


def _open_floor(indexed: Indexed, problem: Problem) -> _Floor:
    count = len(indexed.machine_ids)
    orders: dict[str, int] = {}
    for each in problem.tasks.values():
        orders[each.order] = min(each.release_s, orders.get(each.order, each.release_s))
    queue = {order: place for place, order in enumerate(sorted(orders, key=lambda o: orders[o]))}
    floor = _Floor(
        indexed=indexed,
        rank=[(queue[each.order], n) for n, each in enumerate(problem.tasks.values())],
        waiting=[],
        free=[row[0] if row else 0 for row in indexed.opens],
        family=list(indexed.first_family),
        rows=[[] for _ in range(count)],
        setup_start=[[] for _ in range(count)],
        start=[[] for _ in range(count)],
        end=[-1] * len(indexed.task_ids),
        crews=[list(busy) for busy in indexed.crew_busy],
        events=[],
    )
    for machine, opens in enumerate(indexed.opens):
        if opens:
            heappush(floor.events, (opens[0], 1, machine))
    for task, before in enumerate(indexed.before):
        if not before:
            _becomes_ready(floor, task)
    return floor


def _becomes_ready(floor: _Floor, task: int) -> None:
    indexed = floor.indexed
    ends = (floor.end[earlier] + indexed.rest[earlier] for earlier in indexed.before[task])
    heappush(floor.events, (max(indexed.earliest[task], *ends, 0), 0, task))


def _serve(floor: _Floor, now: int) -> list[int]:
    """Give every machine that is idle what stands first in front of it; return what was taken."""
    taken: list[int] = []
    idle = {m for m, free in enumerate(floor.free) if free <= now and floor.indexed.opens[m]}
    for at, (_, _, task) in enumerate(floor.waiting):
        if not idle:
            break
        able = [machine for machine in floor.indexed.takes[task] if machine in idle]
        if floor.end[task] >= 0 or not able:
            continue
        machine = min(able, key=lambda m: (floor.free[m], m))
        batch = _in_front(floor, machine, at)
        window = _window_for(floor, now, machine, batch)
        if window is None and len(batch) > 1:
            batch = batch[:1]
            window = _window_for(floor, now, machine, batch)
        if window is None:
            continue
        idle.discard(machine)
        if window[0] > now:
            floor.free[machine] = window[0]
            heappush(floor.events, (window[0], 1, machine))
        else:
            _begin(floor, machine, batch, window[1])
            taken += batch
    floor.waiting = [ready for ready in floor.waiting if floor.end[ready[2]] < 0]
    return taken


def _in_front(floor: _Floor, machine: int, at: int) -> Batch:
    """Return the consecutive arrivals from a place in the queue that go together on a machine."""
    batch: Batch = ()
    for _, _, task in floor.waiting[at:]:
        if floor.end[task] >= 0 or machine not in floor.indexed.takes[task]:
            continue
        if not may_run(floor.indexed, machine, (*batch, task)):
            break
        batch = (*batch, task)
    return batch


def _window_for(floor: _Floor, now: int, machine: int, batch: Batch) -> tuple[int, int] | None:
    """Return (start of the window that holds setup and batch, begin of the setup)."""
    if not batch:
        return None
    indexed, g = floor.indexed, floor.indexed.group_of[machine]
    after, seconds, _, _ = facts_of(indexed, machine, batch)
    setup_s = indexed.setup_s[g][floor.family[machine]][after]
    if setup_s < 0:
        return None
    for window, opens in enumerate(indexed.opens[machine]):
        begin = max(now, opens)
        if setup_s and indexed.crews[g]:
            begin = crew_free(floor.crews[g], indexed.crews[g], begin, setup_s)
        if end_from(indexed, machine, window, begin + setup_s, seconds) is not None:
            return opens, begin
    return None


def _begin(floor: _Floor, machine: int, batch: Batch, begin: int) -> None:
    indexed, g = floor.indexed, floor.indexed.group_of[machine]
    after, seconds, _, _ = facts_of(indexed, machine, batch)
    setup_s = indexed.setup_s[g][floor.family[machine]][after]
    if setup_s:
        insort(floor.crews[g], (begin + setup_s, begin))
    window = bisect_right(indexed.opens[machine], begin) - 1
    found = end_from(indexed, machine, window, begin + setup_s, seconds)
    assert found is not None, "What begins was found to fit."
    end = found[0]
    floor.rows[machine].append(batch)
    floor.setup_start[machine].append(begin)
    floor.start[machine].append(begin + setup_s)
    floor.free[machine], floor.family[machine] = end, after
    for task in batch:
        floor.end[task] = end
    heappush(floor.events, (end, 1, machine))
