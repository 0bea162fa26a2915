"""Campaigns: how long a machine runs one family until the setup from the family to itself is due, a
cleaning, and how large its batches are at least."""

from collections.abc import Iterator

from scheduler.indexed import Batch, Indexed, Rows, facts_of
from scheduler.problem import Resource


def has_limit(resource: Resource) -> bool:
    """Say whether runs of one family may only be so long."""
    return bool(resource.most_run_s or resource.most_run_size)


def run_amount(indexed: Indexed, machine: int, batch: Batch) -> int:
    """Return what a batch adds to a run: its size or its seconds, as the machine counts."""
    if indexed.resources[machine].most_run_size:
        return sum(indexed.size[task] for task in batch)
    return facts_of(indexed, machine, batch)[1]


def changes_in(
    indexed: Indexed, machine: int, row: list[Batch], family: int, ran: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (seconds, cost, run so far) of the change before each batch of a row, and of the run that
    the batch ends; a machine begins at a family of which it has run some."""
    resource, g = indexed.resources[machine], indexed.group_of[machine]
    most = resource.most_run_s or resource.most_run_size
    seconds, costs = indexed.setup_s[g], indexed.setup_cost[g]
    for batch in row:
        after = indexed.family_of[batch[0]]
        amount = run_amount(indexed, machine, batch) if most else 0
        if most and after == family and ran + amount <= most:
            ran += amount
            yield 0, 0, ran
        else:
            ran = amount
            yield seconds[family][after], costs[family][after], ran
        family = after


def is_full_enough(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether a machine begins a batch of this size."""
    least = indexed.resources[machine].least_size
    return not least or sum(indexed.size[task] for task in batch) >= least


def too_small(indexed: Indexed, rows: Rows) -> tuple[int, Batch] | None:
    """Return (machine, batch) of the first batch that is too small."""
    for machine, row in enumerate(rows):
        if indexed.resources[machine].least_size:
            for batch in row:
                if not is_full_enough(indexed, machine, batch):
                    return machine, batch
    return None
