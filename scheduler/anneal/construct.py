"""A first plan within milliseconds: tasks by when they must end, batches where they end first."""

from collections.abc import Iterator

import numpy as np

from scheduler.anneal.fill import clear, decode_all
from scheduler.anneal.floor import (
    AFTER,
    ALONE,
    AREA,
    BASE,
    BEFORE,
    CAPACITY,
    CLOSES,
    DUE,
    EACH_SECOND,
    EARLIEST,
    FAMILY,
    FIRST_FAMILY,
    GROUP,
    HEIGHT,
    IMPOSSIBLE,
    IS_CIRCLE,
    IS_LINE,
    KINDS,
    LATE,
    MODES,
    NEVER_S,
    NONE,
    OPENS,
    ORDER,
    PER_HEIGHT,
    PER_WORK,
    REST,
    SETUPS,
    TAKES,
    WINDOWS,
    WORK,
    Floor,
    Ints,
)
from scheduler.anneal.loop import Memory, snapshot
from scheduler.anneal.state import (
    ADVANCE,
    HEAD,
    KIND,
    LIMIT,
    MONEY,
    NEXT,
    ON,
    SECONDS,
    State,
    fits,
    join,
    leave,
    new_batch,
    put,
    refresh,
)
from scheduler.search.kernel import lean, spliced, wide

LOOK_BACK = 3
"""Batches of a family that a task may still join: the last so many that were begun."""
THRIFTS = (1, 4)
"""Seconds that a batch may end later to save one of setup."""
# Columns of a table of what machines are like behind their last batch.
FREE, HOLDS, HOURS = range(3)


def first_plan(floor: Floor, memory: Memory, state: State) -> bool:
    """Put the best of a few first plans into the memory; False if none was found, or if machines feed each
    other, for which this is not made. The state is used on the way."""
    if floor.area[:-1, IS_CIRCLE].any():
        return False
    money = IMPOSSIBLE
    latest = np.empty(floor.tasks, np.int64)
    by_area = np.lexsort((np.arange(floor.tasks), floor.task[:-1, AREA]))
    latest_ends(floor, by_area, latest)
    for keys in _keys(floor, latest):
        for thrift in THRIFTS:
            clear(state)
            state.task[:, ADVANCE] = 0
            state.hold[:] = 0
            if (
                _build(floor, state, keys, thrift)
                and decode_all(floor, state, memory)
                and state.total[MONEY] < money
            ):
                money = int(state.total[MONEY])
                snapshot(state, memory.best)
    return money < IMPOSSIBLE


def _keys(floor: Floor, latest: Ints) -> Iterator[tuple[Ints, ...]]:
    """Yield what tasks are sorted by, the weightiest key last."""
    due = floor.order[floor.task[:-1, ORDER], DUE]
    family, early = floor.task[:-1, FAMILY], floor.task[:-1, EARLIEST]
    yield family, early, due
    yield early, family, latest
    yield family, latest - early, latest + early


def _build(floor: Floor, state: State, keys: tuple[Ints, ...], thrift: int) -> bool:
    """Place all tasks, area after area; False if one finds no place."""
    area_of = floor.task[:-1, AREA]
    ready, ends = np.zeros(floor.tasks, np.int64), np.zeros(floor.tasks, np.int64)
    machines = np.empty((floor.machines, 3), np.int64)
    families = int(floor.task[:-1, FAMILY].max(initial=0)) + 1
    opened, begun = np.empty((families, LOOK_BACK), np.int64), np.empty(floor.tasks, np.int64)
    by_key = np.lexsort((*keys, area_of))
    bounds = np.searchsorted(area_of[by_key], np.arange(len(floor.area)))
    for a in range(len(floor.area) - 1):
        tasks = by_key[bounds[a] : bounds[a + 1]]
        when_ready(floor, tasks, ready, ends)
        if floor.area[a, IS_LINE]:
            ends[tasks] = ready[tasks] + floor.task[tasks, ALONE]
            continue
        opened[:] = NONE
        count = into_batches(floor, state, tasks, opened, begun)
        if not into_rows(floor, state, begun[:count], thrift, machines, ready, ends):
            return False
    return True


@lean
def latest_ends(floor: Floor, by_area: Ints, latest: Ints) -> None:
    """Work out by when each task must end for its order to be in time, waiting and nights left out."""
    for x in range(len(by_area) - 1, -1, -1):
        task = by_area[x]
        order = floor.task[task, ORDER]
        counts = floor.order[order, LATE] > 0 or floor.order[order, EACH_SECOND] > 0
        end = floor.order[order, DUE] if counts else NEVER_S
        for y in range(floor.task[task, AFTER], floor.task[task + 1, AFTER]):
            follower = floor.link[y]
            end = min(end, latest[follower] - _shortest(floor, follower) - floor.task[task, REST])
        latest[task] = end


@spliced
def _shortest(floor: Floor, task: int) -> int:
    """Return the seconds that a task takes by itself on its fastest machine."""
    least = NEVER_S
    for x in range(floor.task[task, MODES], floor.task[task + 1, MODES]):
        k = floor.link[x]
        seconds = floor.machine[k, BASE] + floor.takes[task, k]
        seconds += floor.task[task, WORK] * floor.machine[k, PER_WORK] // 1000
        seconds += floor.task[task, HEIGHT] * floor.machine[k, PER_HEIGHT] // 1000
        least = min(least, seconds)
    return wide(least)


@lean
def when_ready(floor: Floor, tasks: Ints, ready: Ints, ends: Ints) -> None:
    """Work out when the parts of an area's tasks are there, about."""
    for x in range(len(tasks)):
        task = tasks[x]
        at = floor.task[task, EARLIEST]
        for y in range(floor.task[task, BEFORE], floor.task[task + 1, BEFORE]):
            earlier = floor.link[y]
            at = max(at, ends[earlier] + floor.task[earlier, REST])
        ready[task] = at


@lean
def into_batches(floor: Floor, state: State, tasks: Ints, opened: Ints, begun: Ints) -> int:
    """Make batches of tasks, each joining the first of its family's last ones that has room; return how
    many were begun."""
    count = 0
    for x in range(len(tasks)):
        task = tasks[x]
        family = floor.task[task, FAMILY]
        k = floor.link[floor.task[task, MODES]]
        if floor.machine[k, CAPACITY] and _joins(floor, state, task, opened):
            continue
        b = new_batch(floor, state, task, k)
        join(state, task, b)
        refresh(floor, state, b)
        for z in range(LOOK_BACK - 1, 0, -1):
            opened[family, z] = opened[family, z - 1]
        opened[family, 0] = b
        begun[count] = b
        count += 1
    return count


@lean
def _joins(floor: Floor, state: State, task: int, opened: Ints) -> bool:
    """Put a task into one of the batches that are open to its family, if one has room."""
    for z in range(LOOK_BACK):
        b = opened[floor.task[task, FAMILY], z]
        if b == NONE:
            return False
        join(state, task, b)
        if _finds_machine(floor, state, b):
            return True
        leave(state, task)
        state.task[task, NEXT] = NONE
        refresh(floor, state, b)
    return False


@lean
def _finds_machine(floor: Floor, state: State, b: int) -> bool:
    """Say whether a batch may run anywhere."""
    task = state.batch[b, HEAD]
    for x in range(floor.task[task, MODES], floor.task[task + 1, MODES]):
        if _holds(floor, state, b, floor.link[x]):
            return True
    return False


@lean
def _holds(floor: Floor, state: State, b: int, k: int) -> bool:
    """Say whether a batch may run on a machine, and have it there."""
    state.batch[b, ON] = k
    refresh(floor, state, b)
    return fits(floor, state, b, k) and state.batch[b, SECONDS] <= state.batch[b, LIMIT]


@lean
def into_rows(
    floor: Floor, state: State, begun: Ints, thrift: int, machines: Ints, ready: Ints, ends: Ints
) -> bool:
    """Put batches behind each other, each where it ends first; False if one finds no window."""
    for k in range(len(state.length)):
        machines[k, FREE], machines[k, HOURS] = 0, floor.machine[k, WINDOWS]
        machines[k, HOLDS] = floor.kind[floor.machine[k, GROUP], floor.machine[k, FIRST_FAMILY]]
    for x in range(len(begun)):
        b = begun[x]
        at = 0
        member = state.batch[b, HEAD]
        while member != NONE:
            at = max(at, ready[member])
            member = state.task[member, NEXT]
        task = state.batch[b, HEAD]
        best, least, window = NONE, NEVER_S, 0
        for y in range(floor.task[task, MODES], floor.task[task + 1, MODES]):
            k = floor.link[y]
            if _holds(floor, state, b, k):
                end, change_s, found = _end_on(floor, state, machines, b, k, at)
                if found != NONE and end + thrift * change_s < least:
                    best, least, window = k, end + thrift * change_s, found
        if best == NONE:
            return False
        _holds(floor, state, b, best)
        end, _, _ = _end_on(floor, state, machines, b, best, at)
        machines[best, FREE], machines[best, HOURS] = end, window
        machines[best, HOLDS] = state.batch[b, KIND]
        put(state, best, state.length[best], b)
        while task != NONE:
            ends[task] = end
            task = state.task[task, NEXT]
    return True


@spliced
def _end_on(
    floor: Floor, state: State, machines: Ints, b: int, k: int, ready: int
) -> tuple[int, int, int]:
    """Return when a batch would end behind a machine's last one, the seconds of its setup, and its window
    or NONE."""
    g = floor.machine[k, GROUP]
    cell = (
        floor.group[g, SETUPS] + machines[k, HOLDS] * floor.group[g, KINDS] + state.batch[b, KIND]
    )
    change_s = floor.setup[cell, TAKES]
    for window in range(machines[k, HOURS], floor.machine[k + 1, WINDOWS] if change_s >= 0 else 0):
        begin = max(machines[k, FREE], floor.window[window, OPENS])
        end = max(begin + change_s, ready) + state.batch[b, SECONDS]
        if end <= floor.window[window, CLOSES]:
            return wide(end), wide(change_s), wide(window)
    return 0, 0, NONE
