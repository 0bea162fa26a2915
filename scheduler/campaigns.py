"""Sequences in which nothing follows what it may not follow: families in another order, or elsewhere."""

from collections.abc import Iterator

from scheduler.decode import may_run
from scheduler.indexed import Batch, Indexed, Rows
from scheduler.runs import changes_in, has_limit

MOST_STEPS = 20_000
"""Of the search for an order of a machine's families."""
ROUNDS = 8
"""Over all machines that break; each may take from others what they need themselves."""


def forbids(indexed: Indexed) -> bool:
    """Say whether any change of family may not be."""
    rows = {id(row): row for group in indexed.setup_s for row in group}
    return any(min(row, default=0) < 0 for row in rows.values())


def breaks(indexed: Indexed, machine: int, row: list[Batch]) -> bool:
    """Say whether any batch of a machine follows one that it may not follow."""
    family, ran = indexed.first_family[machine], indexed.resources[machine].ran
    return any(seconds < 0 for seconds, _, _ in changes_in(indexed, machine, row, family, ran))


def reordered(indexed: Indexed, rows: Rows) -> Rows | None:
    """Bring the families of each machine that breaks into an order that may be, and what none of its
    families leads to onto other machines; None where none is found."""
    rows = [list(row) for row in rows]
    for _ in range(ROUNDS):
        broken = [k for k, row in enumerate(rows) if breaks(indexed, k, row)]
        if not broken:
            return rows
        for machine in broken:
            if not _sent_away(indexed, rows, machine):
                return None
            # What was brought here may be missing elsewhere, which the next round sees.
            rows[machine] = _in_an_order(indexed, machine, rows[machine]) or rows[machine]
    return None


def reached(indexed: Indexed, machine: int, families: set[int]) -> set[int]:
    """Return which families a machine can be set up for when it runs only these."""
    setup_s = indexed.setup_s[indexed.group_of[machine]]
    agenda, seen = [indexed.first_family[machine]], set[int]()
    while agenda:
        before = agenda.pop()
        for after in families - seen:
            if setup_s[before][after] >= 0:
                seen.add(after)
                agenda.append(after)
    return seen


def _sent_away(indexed: Indexed, rows: Rows, machine: int) -> bool:
    """Move batches whose family a machine does not reach to the ends of others that do, or bring here
    what leads to them."""
    for batch in list(rows[machine]):
        family = indexed.family_of[batch[0]]
        families = {indexed.family_of[other[0]] for other in rows[machine]}
        if batch not in rows[machine] or family in reached(indexed, machine, families):
            continue
        if not _moved_on(indexed, rows, machine, batch) and not _led_to(
            indexed, rows, machine, family
        ):
            return False
    return True


def _moved_on(indexed: Indexed, rows: Rows, machine: int, batch: Batch) -> bool:
    family = indexed.family_of[batch[0]]
    for other in indexed.takes[batch[0]]:
        others = {indexed.family_of[b[0]] for b in rows[other]} | {family}
        can = other != machine and may_run(indexed, other, batch)
        if can and family in reached(indexed, other, others):
            rows[machine].remove(batch)
            rows[other].append(batch)
            return True
    return False


def _led_to(indexed: Indexed, rows: Rows, machine: int, family: int) -> bool:
    """Bring to a machine a batch of each family on the shortest way from what it runs to another one."""
    setup_s = indexed.setup_s[indexed.group_of[machine]]
    near: dict[int, tuple[int, Batch]] = {}
    for other, row in enumerate(rows):
        for batch in row:
            if other != machine and may_run(indexed, machine, batch):
                near.setdefault(indexed.family_of[batch[0]], (other, batch))
    own = {indexed.family_of[batch[0]] for batch in rows[machine]}
    there = [indexed.first_family[machine], *reached(indexed, machine, own)]
    came_from = dict.fromkeys(there, family)
    for before in there:
        if setup_s[before][family] >= 0:
            at = before
            while came_from[at] != family:
                other, batch = near[at]
                rows[other].remove(batch)
                rows[machine].append(batch)
                at = came_from[at]
            return True
        for after in near.keys() - came_from.keys() - {family}:
            if setup_s[before][after] >= 0:
                came_from[after] = before
                there.append(after)
    return False


def _in_an_order(indexed: Indexed, machine: int, row: list[Batch]) -> list[Batch] | None:
    """Return a machine's batches family by family, mostly as they stood; None where none is found."""
    queues: dict[int, list[Batch]] = {}
    for batch in row:
        queues.setdefault(indexed.family_of[batch[0]], []).append(batch)
    setup_s = indexed.setup_s[indexed.group_of[machine]]
    left = {family: len(queue) for family, queue in queues.items()}
    steps = [0]

    def runs(before: int) -> Iterator[list[tuple[int, int]]]:
        """Yield ways to run what is left, as (family, how many), once a machine has run a family."""
        steps[0] += 1
        if not any(left.values()):
            yield []
        if steps[0] > MOST_STEPS:
            return
        for after in [f for f, count in left.items() if count and setup_s[before][f] >= 0]:
            most = (
                left[after]
                if setup_s[after][after] >= 0
                else _unbroken(indexed, machine, queues[after][-left[after] :])
            )
            # Who comes by twice keeps one for the second time.
            for count in dict.fromkeys((most, max(1, most - 1), 1)):
                left[after] -= count
                for rest in runs(after):
                    yield [(after, count), *rest]
                left[after] += count

    way = next(runs(indexed.first_family[machine]), None)
    if way is None:
        return None
    return [queues[family].pop(0) for family, count in way for _ in range(count)]


def _unbroken(indexed: Indexed, machine: int, queue: list[Batch]) -> int:
    """Return how many of a family's next batches go together where nothing may be made between them."""
    if not has_limit(indexed.resources[machine]):
        return 1
    runs = changes_in(indexed, machine, queue, indexed.family_of[queue[0][0]], 0)
    return max(1, next((n for n, (s, _, _) in enumerate(runs) if s < 0), len(queue)))
