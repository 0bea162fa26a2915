"""One machine whose tasks may be interrupted: what it needs at least, for bounds."""

import numpy as np
from numpy.typing import NDArray

from scheduler.search.kernel import kernel
from scheduler.search.queues import Queues, put, take


@kernel
def jackson(head: NDArray[np.int64], takes: NDArray[np.int64], tail: NDArray[np.int64]) -> int:
    """Return the least of the latest end plus tail on one machine with interruptions; -1 if empty.

    Jackson's preemptive schedule, as in Carlier 1982 (EJOR 11, the one-machine sequencing problem,
    section 3): of all that has arrived, always the task with the longest tail.
    """
    count = len(head)
    by_head = np.argsort(head, kind="mergesort")
    waiting = _heap(count)
    left = takes.copy()
    now, longest, arrived, open_tasks = np.int64(0), np.int64(-1), 0, count
    while open_tasks > 0:
        if waiting.size[0] == 0:
            now = max(now, head[by_head[arrived]])
        while arrived < count and head[by_head[arrived]] <= now:
            x = by_head[arrived]
            put(waiting, 0, -float(tail[x]), x)
            arrived += 1
        x = waiting.item[0]
        until = now + left[x]
        if arrived < count and head[by_head[arrived]] < until:
            left[x] = until - head[by_head[arrived]]
            now = head[by_head[arrived]]
            continue
        take(waiting, 0, 0)
        now = until
        open_tasks -= 1
        longest = max(longest, now + tail[x])
    return int(longest)


@kernel
def shortest_first(head: NDArray[np.int64], takes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ends, ascending, when of all that has arrived always the shortest rest is worked on.

    The i-th end is the earliest that any schedule's i-th end can be. Source: Schrage 1968 (Operations
    Research 16), shortest remaining processing time.
    """
    count = len(head)
    by_head = np.argsort(head, kind="mergesort")
    waiting = _heap(count)
    left = takes.copy()
    ends = np.zeros(count, np.int64)
    now, arrived, done = np.int64(0), 0, 0
    while done < count:
        if waiting.size[0] == 0:
            now = max(now, head[by_head[arrived]])
        while arrived < count and head[by_head[arrived]] <= now:
            x = by_head[arrived]
            put(waiting, 0, float(left[x]), x)
            arrived += 1
        x = take(waiting, 0, 0)
        until = now + left[x]
        if arrived < count and head[by_head[arrived]] < until:
            left[x] = until - head[by_head[arrived]]
            now = head[by_head[arrived]]
            put(waiting, 0, float(left[x]), x)
            continue
        now = until
        ends[done] = now
        done += 1
    return ends


@kernel
def _heap(room: int) -> Queues:
    return Queues(
        np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(room), np.zeros(room, np.int64)
    )
