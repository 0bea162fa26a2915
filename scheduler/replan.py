"""An older schedule is carried over: what fits stays, what is new goes where it costs least."""

from collections.abc import Iterator

from scheduler.decode import may_run
from scheduler.indexed import Batch, Indexed, Rows, in_order
from scheduler.placing import (
    Board,
    UnplannableError,
    latest_ends,
    place_all,
    sequences,
    set_up_board,
)
from scheduler.price import price
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows

MOST_INSERTED = 24
"""Beyond this many new tasks they find their place by the list heuristic."""
THRIFT = 4
"""As in the thriftier of the list heuristics: a plan that is carried over is mostly full."""
NEARBY = 3
"""Positions tried to each side of where a new task would be ready."""


def repair(indexed: Indexed, hint: Schedule) -> Rows | None:
    """Return the hint's sequences with finished work left out and new work put in, if that goes."""
    rows = kept(indexed, hint)
    held = {task for row in rows for batch in row for task in batch}
    order = in_order(indexed)
    missing = [task for task in order if task not in held]
    if decode_rows(indexed, rows, partial=True) is None:
        return None
    if len(missing) <= MOST_INSERTED:
        return _insert(indexed, rows, missing)
    # Many new tasks: only those that planned ones wait for are worth the exact search for a place.
    awaited = _awaited(indexed, order, held)
    if len(awaited) > MOST_INSERTED:
        return None
    inserted = _insert(indexed, rows, [task for task in missing if task in awaited])
    times = None if inserted is None else decode_rows(indexed, inserted, partial=True)
    if inserted is None or times is None:
        return None
    board = Board(indexed, latest_ends(indexed, order), THRIFT)
    set_up_board(board, inserted, times)
    try:
        place_all(board)
    except UnplannableError:
        return None
    return sequences(board)


def _awaited(indexed: Indexed, order: list[int], held: set[int]) -> set[int]:
    """Return the tasks without a place that tasks with one wait for, directly or not."""
    awaited: set[int] = set()
    for task in reversed(order):
        if task not in held and any(f in held or f in awaited for f in indexed.after[task]):
            awaited.add(task)
    return awaited


def _insert(indexed: Indexed, rows: Rows, missing: list[int]) -> Rows | None:
    """Put each task where the plan that results is cheapest, one after another."""
    for task in missing:
        best: tuple[tuple[int, int], Rows] | None = None
        times = decode_rows(indexed, rows, partial=True)
        assert times is not None, "Only sequences that can be decoded are gone on with."
        for candidate in _with_task(indexed, rows, times, task):
            tried = decode_rows(indexed, candidate, partial=True)
            if tried is not None and (best is None or price(indexed, tried) < best[0]):
                best = (price(indexed, tried), candidate)
        if best is None:
            return None
        rows = best[1]
    return rows


def kept(indexed: Indexed, hint: Schedule) -> Rows:
    """Return the hint's batches that are still open and still possible, in the hint's order."""
    machine_of = {name: number for number, name in enumerate(indexed.machine_ids)}
    rows: Rows = [[] for _ in machine_of]
    for name, row in hint.by_machine.items():
        machine = machine_of.get(name)
        if machine is None:
            continue
        for slot in row:
            known = (indexed.task_of.get(operation) for operation in slot.operations)
            batch = tuple(sorted(task for task in known if task is not None))
            if batch and may_run(indexed, machine, batch):
                rows[machine].append(batch)
    return rows


def _with_task(indexed: Indexed, rows: Rows, times: Times, task: int) -> Iterator[Rows]:
    ready = max(indexed.earliest[task], *(times.end[t] for t in indexed.before[task]), 0)
    for machine in indexed.takes[task]:
        if not may_run(indexed, machine, (task,)):
            continue
        row = rows[machine]
        for position, batch in enumerate(row):
            if indexed.family_of[batch[0]] != indexed.family_of[task]:
                continue
            joined = tuple(sorted((*batch, task)))
            if may_run(indexed, machine, joined):
                yield _changed(rows, machine, [*row[:position], joined, *row[position + 1 :]])
        at = next((n for n, start in enumerate(times.start[machine]) if start >= ready), len(row))
        for position in {*range(max(0, at - NEARBY), min(len(row), at + NEARBY) + 1), len(row)}:
            yield _changed(rows, machine, [*row[:position], (task,), *row[position:]])


def _changed(rows: Rows, machine: int, row: list[Batch]) -> Rows:
    changed = list(rows)
    changed[machine] = row
    return changed
