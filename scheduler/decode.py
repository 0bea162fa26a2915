"""Sequences of batches become a schedule, or turn out to contradict the problem."""

from collections.abc import Mapping, Sequence

from scheduler.buffers import NO_BUFFER
from scheduler.indexed import NEVER_S, NO_PIN, Batch, Indexed, Rows, facts_of, index
from scheduler.nesting import fits
from scheduler.problem import Problem, Slot
from scheduler.runs import run_amount
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows


def decode(problem: Problem, sequences: Mapping[str, Sequence[Sequence[str]]]) -> Schedule | None:
    """Run each machine's batches in the given order, each as early as it can be.

    None when no schedule has these sequences: they contradict the precedence, leave a task out, put
    one where it cannot be made or beside one that it may not share a cycle with, or find no window.
    """
    indexed = index(problem)
    rows = rows_of(indexed, sequences)
    if rows is None or any(not may_run(indexed, k, b) for k, row in enumerate(rows) for b in row):
        return None
    times = decode_rows(indexed, rows)
    return None if times is None else to_schedule(indexed, rows, times)


def to_schedule(indexed: Indexed, rows: Rows, times: Times) -> Schedule:
    """Name what was decoded by number."""
    slots = [
        Slot(
            machine=indexed.machine_ids[k],
            operations=tuple(indexed.task_ids[task] for task in batch),
            family=indexed.family_names[indexed.family_of[batch[0]]],
            setup_start_s=times.setup_start[k][at],
            start_s=times.start[k][at],
            end_s=times.end[batch[0]],
        )
        for k, row in enumerate(rows)
        for at, batch in enumerate(row)
    ]
    return Schedule(tuple(sorted(slots, key=lambda slot: (slot.start_s, slot.machine))))


def rows_of(indexed: Indexed, sequences: Mapping[str, Sequence[Sequence[str]]]) -> Rows | None:
    """Number sequences of names; None when a name is unknown or stands twice."""
    machine_of = {name: number for number, name in enumerate(indexed.machine_ids)}
    names = [name for row in sequences.values() for batch in row for name in batch]
    if len(set(names)) != len(names) or not indexed.task_of.keys() >= set(names):
        return None
    if not machine_of.keys() >= {name for name, row in sequences.items() if row}:
        return None
    rows: Rows = [[] for _ in machine_of]
    for name, row in sequences.items():
        if row:
            rows[machine_of[name]] = [
                tuple(sorted(indexed.task_of[task] for task in batch)) for batch in row if batch
            ]
    return rows


def sequences_of(schedule: Schedule) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return what a schedule says apart from its times."""
    return {
        machine: tuple(slot.operations for slot in row)
        for machine, row in schedule.by_machine.items()
    }


def may_run(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether a machine can make these tasks in one cycle."""
    resource = indexed.resources[machine]
    if indexed.pin_of and not _as_pinned(indexed, machine, batch):
        return False
    return (
        all(machine in indexed.takes[task] for task in batch)
        and len({indexed.family_of[task] for task in batch}) == 1
        and (resource.max_members == 0 or len(batch) <= resource.max_members)
        and fits((indexed.size[task] for task in batch), resource.capacity)
        and (indexed.nests is None or indexed.nests.fit(machine, batch))
        and _find_room(indexed, machine, batch)
        and _all_stand(indexed, machine, batch)
        and _is_one_run(indexed, machine, batch)
    )


def _find_room(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether all that a batch leaves for others lies in its buffer at once."""
    buffer = indexed.buffers.of[machine]
    if buffer == NO_BUFFER:
        return True
    return sum(bool(indexed.after[task]) for task in batch) <= indexed.buffers.places[buffer]


def _all_stand(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether the cycle is too long for none of its members."""
    most_s = min(indexed.most[task] for task in batch)
    return most_s == NEVER_S or facts_of(indexed, machine, batch)[1] <= most_s


def _is_one_run(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether a batch alone is no longer than the machine runs one family."""
    resource = indexed.resources[machine]
    most = resource.most_run_s or resource.most_run_size
    return not most or run_amount(indexed, machine, batch) <= most


def _as_pinned(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether a batch is a whole pin on its machine, or has nothing pinned in it."""
    number = indexed.pin_of[batch[0]]
    if any(indexed.pin_of[task] != number for task in batch):
        return False
    if number == NO_PIN:
        return True
    pin = indexed.pins[number]
    return machine == pin.machine and len(batch) == len(pin.tasks)


def with_row(rows: Rows, machine: int, row: list[Batch]) -> Rows:
    """Return the same rows with another one of a machine."""
    changed = list(rows)
    changed[machine] = row
    return changed
