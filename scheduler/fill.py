"""Batches that are smaller than their machine begins are filled up from others of their family."""

from scheduler.decode import may_run
from scheduler.indexed import Batch, Indexed, Rows
from scheduler.portions import portions
from scheduler.runs import is_full_enough, too_small


def filled(indexed: Indexed, rows: Rows) -> Rows | None:
    """Put small batches together, or take tasks for them out of others; None where neither goes."""
    rows = [list(row) for row in rows]
    for _ in range(sum(len(row) for row in rows) + 1):
        small = too_small(indexed, rows)
        if small is None:
            return rows
        mended = _merged(indexed, rows, *small) or _topped_up(indexed, rows, *small)
        if not mended and not _parted_anew(indexed, rows, *small):
            return None
    return None


def _parted_anew(indexed: Indexed, rows: Rows, machine: int, batch: Batch) -> bool:
    """Part all that a machine runs of a family anew."""
    resource, family = indexed.resources[machine], indexed.family_of[batch[0]]
    own = [other for other in rows[machine] if indexed.family_of[other[0]] == family]
    tasks = [task for other in own for task in other]
    room = (resource.least_size, resource.capacity, resource.max_members)
    parts = portions([indexed.size[task] for task in tasks], *room)
    if parts is None:
        return False
    anew = [tuple(sorted(tasks[n] for n in part)) for part in parts]
    if len(anew) > len(own) or not all(_may_meet(indexed, machine, each) for each in anew):
        return False
    places = dict(zip(own, anew, strict=False))
    rows[machine] = [places.get(b, b) for b in rows[machine] if b not in own or b in places]
    return True


def _others(indexed: Indexed, rows: Rows, batch: Batch) -> list[tuple[int, Batch]]:
    """Return the other batches of a family, with their machines, small ones first."""
    family = indexed.family_of[batch[0]]
    found = [
        (is_full_enough(indexed, machine, other), machine, other)
        for machine, row in enumerate(rows)
        for other in row
        if other != batch and indexed.family_of[other[0]] == family
    ]
    return [(machine, other) for _, machine, other in sorted(found)]


def _may_meet(indexed: Indexed, machine: int, batch: Batch) -> bool:
    held = set(batch)
    linked = any(held.intersection(indexed.before[task]) for task in batch)
    return not linked and may_run(indexed, machine, batch)


def _merged(indexed: Indexed, rows: Rows, machine: int, batch: Batch) -> bool:
    """Put a batch into another one, on the machine of either."""
    for elsewhere, other in _others(indexed, rows, batch):
        both = tuple(sorted((*batch, *other)))
        for here, gone, stays in ((elsewhere, machine, other), (machine, elsewhere, batch)):
            if _may_meet(indexed, here, both):
                rows[gone].remove(batch if stays == other else other)
                rows[here][rows[here].index(stays)] = both
                return True
    return False


def _topped_up(indexed: Indexed, rows: Rows, machine: int, batch: Batch) -> bool:
    """Take tasks out of batches that stay large enough until this one is; undo nothing if it is not."""
    grown = batch
    taken: list[tuple[int, Batch, Batch]] = []
    for elsewhere, other in _others(indexed, rows, batch):
        left = other
        for task in other:
            rest = tuple(each for each in left if each != task)
            more = tuple(sorted((*grown, task)))
            if is_full_enough(indexed, machine, grown) or not rest:
                break
            if is_full_enough(indexed, elsewhere, rest) and _may_meet(indexed, machine, more):
                grown, left = more, rest
        if left != other:
            taken.append((elsewhere, other, left))
    if not is_full_enough(indexed, machine, grown):
        return False
    for elsewhere, other, left in taken:
        rows[elsewhere][rows[elsewhere].index(other)] = left
    rows[machine][rows[machine].index(batch)] = grown
    return True
