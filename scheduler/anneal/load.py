"""Sequences become a state of the search, and a state's sequences are read off again."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from scheduler.anneal.fill import clear, decode_all, fill, revive
from scheduler.anneal.floor import (
    AREA,
    HALL,
    IS_LINE,
    KEY_BITS,
    LINE,
    NEVER_S,
    OPENS,
    TIE,
    WAS_MACHINE,
    WINDOWS,
    Floor,
)
from scheduler.anneal.loop import Memory
from scheduler.anneal.state import ADVANCE, IN, KEY, UNTIL, WHO, State, blank
from scheduler.indexed import Indexed, Rows
from scheduler.times import Times


def load(
    floor: Floor, memory: Memory, rows: Rows, advance: Sequence[int], hold: Sequence[int] = ()
) -> State | None:
    """Return the state of sequences; lines are served anew, with tasks going ahead and held back as
    told. None if a batch finds no window."""
    state = blank(floor)
    state.hold[:] = hold if len(hold) else 0
    put_in(floor, state, rows)
    state.task[:, ADVANCE] = advance
    return state if decode_all(floor, state, memory) else None


def put_in(floor: Floor, state: State, rows: Rows) -> None:
    """Fill an empty state with sequences; lines have none."""
    is_line = floor.area[:, IS_LINE]
    area_of = floor.task[:, AREA].tolist()
    batches = [
        (k, batch) for k, row in enumerate(rows) for batch in row if not is_line[area_of[batch[0]]]
    ]
    machine = np.array([k for k, _ in batches], np.int64)
    first = np.array([0, *accumulate(len(batch) for _, batch in batches)], np.int64)
    fill(floor, state, machine, first, np.array([t for _, row in batches for t in row], np.int64))


def advances(indexed: Indexed, floor: Floor, times: Times) -> list[int]:
    """Return by how much tasks of lines must go ahead to be served in the order of a plan."""
    advance = [0] * floor.tasks
    ready = [
        max(
            indexed.earliest[t],
            *(times.end[earlier] + indexed.rest[earlier] for earlier in indexed.before[t]),
            0,
        )
        for t in range(floor.tasks)
    ]
    start = dict(_starts(times))
    for a, area in enumerate(floor.area[:-1]):
        if not area[IS_LINE]:
            continue
        tasks = [int(t) for t in floor.queued if floor.task[t, AREA] == a]
        turn, tie = NEVER_S, 0
        for task in sorted(
            tasks, key=lambda t: (start[t], ready[t], floor.task[t, TIE]), reverse=True
        ):
            # Of those with the same turn the smaller tie goes first.
            turn = min(turn - (floor.task[task, TIE] > tie), ready[task])
            tie = int(floor.task[task, TIE])
            advance[task] = ready[task] - turn
    return advance


def _starts(times: Times) -> Iterator[tuple[int, int]]:
    for machine, row in enumerate(times.rows):
        for batch, start in zip(row, times.start[machine], strict=True):
            for task in batch:
                yield task, start


def to_rows(floor: Floor, state: State) -> Rows:
    """Read off the sequences of a state, and which station did which task of a line."""
    members: dict[int, list[int]] = {}
    for task, b in enumerate(state.task[:, IN].tolist()):
        members.setdefault(b, []).append(task)
    rows: Rows = [
        [tuple(members[b]) for b in state.row[k, : state.length[k]].tolist()]
        for k in range(floor.machines)
    ]
    for a, area in enumerate(floor.area[:-1]):
        if area[IS_LINE]:
            _serve(floor, state, a, rows)
    return rows


def _serve(floor: Floor, state: State, a: int, rows: Rows) -> None:
    machines = [int(k) for k in floor.link[floor.area[a, HALL] : floor.area[a + 1, HALL]]]
    free = {k: int(floor.window[floor.machine[k, WINDOWS], OPENS]) for k in machines}
    turns = state.queue[floor.area[a, LINE] : floor.area[a + 1, LINE]]
    for key, task, end in turns[:, [KEY, WHO, UNTIL]].tolist():
        # Nobody who still comes could tell apart stations that were free before this turn.
        latest = max(min(free.values()), key >> KEY_BITS)
        was = int(floor.task[task, WAS_MACHINE])
        k = was if free.get(was, NEVER_S) <= latest else min(free, key=lambda k: (free[k], k))
        rows[k].append((task,))
        free[k] = end


def recall(floor: Floor, memory: Memory) -> State:
    """Return the state of the best plan."""
    state = blank(floor)
    clear(state)
    state.hold[:] = memory.best.hold
    revive(floor, state, memory.best)
    state.task[:, ADVANCE] = memory.best.advance
    assert decode_all(floor, state, memory), "The best plan could be run when it was found."
    return state
