"""An older schedule is carried over: what fits stays, what is new or late goes where it costs least."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from scheduler.decode import may_run, with_row
from scheduler.indexed import NO_PIN, Batch, Indexed, Rows, in_order
from scheduler.objectives import MOVED_S
from scheduler.placing import (
    Board,
    UnplannableError,
    alone_s,
    latest_ends,
    place_all,
    sequences,
    set_up_board,
)
from scheduler.price import price
from scheduler.problem import Slot
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows
from scheduler.wishes import PIN_SLACK_S

Kept: TypeAlias = list[tuple[Batch, Slot]]
"""A machine's batches with where the hint has them."""

MOST_INSERTED = 24
"""Beyond this many new batches they find their place by the list heuristic."""
THRIFT = 4
"""As in the thriftier of the list heuristics: a plan that is carried over is mostly full."""
NEARBY = 3
"""Positions tried to each side of where a new batch would be ready."""


def repair(indexed: Indexed, hint: Schedule) -> Rows | None:
    """Return the hint's sequences with finished work left out and new work put in, if that goes.

    What can no longer begin about when the hint has it would hold up all that stands behind it, so
    it is taken out and put in again like new work; everything else stays where it is.
    """
    order = in_order(indexed)
    whole = kept(indexed, hint)
    late = _late(indexed, order, whole)
    rows = [_without((batch for batch, _ in row), late) for row in whole]
    held = {task for row in rows for batch in row for task in batch}
    if decode_rows(indexed, rows, partial=True) is None:
        return None
    missing = _units(indexed, order, whole, held)
    if len(missing) <= MOST_INSERTED:
        inserted = _insert(indexed, rows, missing, order)
        return None if inserted is None else _let_pass(indexed, order, whole, inserted, missing)
    # Many new tasks: only those that planned ones wait for are worth the exact search for a place.
    awaited = _awaited(indexed, order, held)
    near = [unit for unit in missing if awaited.intersection(unit)]
    if len(near) > MOST_INSERTED:
        return None
    inserted = _insert(indexed, rows, near, order)
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


def kept(indexed: Indexed, hint: Schedule) -> list[Kept]:
    """Return the hint's batches that are still open and still possible, in the hint's order."""
    machine_of = {name: number for number, name in enumerate(indexed.machine_ids)}
    rows: list[Kept] = [[] for _ in machine_of]
    for name, row in hint.by_machine.items():
        machine = machine_of.get(name)
        if machine is None:
            continue
        for slot in row:
            known = (indexed.task_of.get(operation) for operation in slot.operations)
            batch = tuple(sorted(task for task in known if task is not None))
            if batch and indexed.pin_of and not may_run(indexed, machine, batch):
                batch = tuple(task for task in batch if indexed.pin_of[task] == NO_PIN)
            if batch and may_run(indexed, machine, batch):
                rows[machine].append((batch, slot))
    return rows


def _late(indexed: Indexed, order: list[int], rows: list[Kept]) -> set[int]:
    """Return the tasks that cannot begin about when the hint has them: their parts come later, their
    machine is away then, or they are pinned to another time."""
    place: dict[int, tuple[int, int]] = {}
    late: set[int] = set()
    for machine, row in enumerate(rows):
        free_s = 0
        for batch, slot in row:
            if _away(indexed, machine, slot) or _misses_pin(indexed, batch, slot):
                late.update(batch)
                continue
            # A machine that runs late shifts what stands behind as far as gaps do not make up for it.
            start_s = max(slot.start_s, free_s + slot.start_s - slot.setup_start_s)
            free_s = start_s + slot.end_s - slot.start_s
            place |= dict.fromkeys(batch, (start_s, free_s))
    ends = [0] * len(order)
    for task in order:
        parts = (ends[earlier] + indexed.rest[earlier] for earlier in indexed.before[task])
        ready = max(indexed.earliest[task], *parts, 0)
        ends[task] = ready + alone_s(indexed, task)
        if task in place:
            start_s, end_s = place[task]
            if ready > start_s + MOVED_S:
                late.add(task)
            else:
                ends[task] = end_s + max(0, ready - start_s)
    return late


def _away(indexed: Indexed, machine: int, slot: Slot) -> bool:
    """Say whether a machine is broken or closed when the hint has a batch on it."""
    hours = zip(indexed.opens[machine], indexed.closes[machine], strict=True)
    return not any(a - MOVED_S <= slot.start_s < b for a, b in hours)


def _misses_pin(indexed: Indexed, batch: Batch, slot: Slot) -> bool:
    if not indexed.pin_of or indexed.pin_of[batch[0]] == NO_PIN:
        return False
    start_s = indexed.pins[indexed.pin_of[batch[0]]].start_s
    return not start_s <= slot.start_s <= start_s + PIN_SLACK_S


def _without(row: Iterable[Batch], late: set[int]) -> list[Batch]:
    """Return a row without what is late."""
    batches = (tuple(task for task in batch if task not in late) for batch in row)
    return [batch for batch in batches if batch]


def _units(indexed: Indexed, order: list[int], rows: list[Kept], held: set[int]) -> list[Batch]:
    """Return what has no place, in an order in which it can be put in: late batches and pins whole."""
    unit_of: dict[int, Batch] = {task: (task,) for task in order if task not in held}
    for batch in (batch for row in rows for batch, _ in row):
        unit = tuple(task for task in batch if task not in held)
        unit_of |= dict.fromkeys(unit, unit)
    for pin in indexed.pins:
        if not held.intersection(pin.tasks):
            unit_of |= dict.fromkeys(pin.tasks, pin.tasks)
    rank = {task: number for number, task in enumerate(order)}
    return sorted(set(unit_of.values()), key=lambda unit: max(rank[task] for task in unit))


def _awaited(indexed: Indexed, order: list[int], held: set[int]) -> set[int]:
    """Return the tasks without a place that tasks with one wait for, directly or not."""
    awaited: set[int] = set()
    for task in reversed(order):
        if task not in held and any(f in held or f in awaited for f in indexed.after[task]):
            awaited.add(task)
    return awaited


def _insert(indexed: Indexed, rows: Rows, missing: list[Batch], order: list[int]) -> Rows | None:
    """Put each batch where the plan that results is cheapest, one after another."""
    for unit in missing:
        best: tuple[tuple[int, int], Rows] | None = None
        times = decode_rows(indexed, rows, partial=True)
        assert times is not None, "Only sequences that can be decoded are gone on with."
        times = _foreseen(indexed, order, times)
        for candidate in _with_unit(indexed, rows, times, unit):
            tried = decode_rows(indexed, candidate, partial=True)
            if tried is None:
                continue
            cost = price(indexed, _foreseen(indexed, order, tried))
            if best is None or cost < best[0]:
                best = (cost, candidate)
        if best is None:
            return None
        rows = best[1]
    return rows


def _let_pass(
    indexed: Indexed, order: list[int], whole: list[Kept], rows: Rows, missing: list[Batch]
) -> Rows:
    """Put what waits for inserted work behind others that it would hold up, if that is cheaper."""
    times = decode_rows(indexed, rows)
    if times is None:
        return rows
    held_up = _held_up(indexed, order, whole, times, {task for unit in missing for task in unit})
    left = [_without(row, held_up) for row in rows]
    kept_tasks = {task for row in left for batch in row for task in batch}
    units = _units(indexed, order, whole, kept_tasks)
    if not 0 < len(units) <= MOST_INSERTED:
        return rows
    passed = _insert(indexed, left, units, order)
    after = None if passed is None else decode_rows(indexed, passed)
    if passed is None or after is None or price(indexed, after) >= price(indexed, times):
        return rows
    return passed


def _held_up(
    indexed: Indexed, order: list[int], whole: list[Kept], times: Times, placed: set[int]
) -> set[int]:
    """Return the tasks whose own parts come much later than the hint has it, because of work that was put
    in; what merely stands behind such a task is not held up once it has let others pass."""
    hint = {
        task: (slot.start_s, slot.end_s) for row in whole for batch, slot in row for task in batch
    }
    held_up: set[int] = set()
    ends = list(times.end)
    for task in order:
        if task not in hint:
            continue
        start_s, end_s = hint[task]
        before = indexed.before[task]
        ready = max((ends[earlier] + indexed.rest[earlier] for earlier in before), default=0)
        if ready > start_s + MOVED_S:
            held_up.add(task)
        if task not in placed:
            ends[task] = end_s + max(0, ready - start_s)
    return held_up


def _foreseen(indexed: Indexed, order: list[int], times: Times) -> Times:
    """Return times in which what has no place yet runs as if it had a machine for itself: so the place
    of a part is chosen with an eye to what waits for it."""
    end = list(times.end)
    for task in order:
        before = indexed.before[task]
        if before:
            ready = max(end[earlier] + indexed.rest[earlier] for earlier in before)
            end[task] = max(end[task], ready + alone_s(indexed, task))
        elif not end[task]:
            end[task] = max(0, indexed.earliest[task]) + alone_s(indexed, task)
    return replace(times, end=end)


def _with_unit(indexed: Indexed, rows: Rows, times: Times, unit: Batch) -> Iterator[Rows]:
    parts = (earlier for task in unit for earlier in indexed.before[task])
    ready = max(
        *(indexed.earliest[task] for task in unit),
        *(times.end[t] + indexed.rest[t] for t in parts),
        0,
    )
    for machine in indexed.takes[unit[0]]:
        if not may_run(indexed, machine, unit):
            continue
        row = rows[machine]
        for position, batch in enumerate(row):
            if indexed.family_of[batch[0]] != indexed.family_of[unit[0]]:
                continue
            joined = tuple(sorted((*batch, *unit)))
            if may_run(indexed, machine, joined):
                yield with_row(rows, machine, [*row[:position], joined, *row[position + 1 :]])
        at = next((n for n, start in enumerate(times.start[machine]) if start >= ready), len(row))
        for position in {*range(max(0, at - NEARBY), min(len(row), at + NEARBY) + 1), len(row)}:
            yield with_row(rows, machine, [*row[:position], unit, *row[position:]])
