"""Batches that hold too much are parted: what must leave joins another batch or has one of its own.

The compiled search knows sums of sizes only. It is told how much usually lies on a plate, and what it
finds is made to fit before anybody sees it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from scheduler.construct import lawful
from scheduler.decode import may_run, with_row
from scheduler.indexed import NEVER_S, Batch, Indexed, Rows
from scheduler.nesting.memory import Asked
from scheduler.price import price
from scheduler.times import Times, decode_rows

Holds: TypeAlias = Callable[[int, Batch], bool]
"""Whether a machine holds a batch."""

NEARBY = 6
"""Batches of its family, the nearest in time, that a task which must leave looks at."""
TRIED = 20_000
"""Where tasks that must leave times all tasks are more, the first place is taken and no best one."""
FEWEST = 8
"""Answers about a plate below which nothing is concluded from them."""


@dataclass(slots=True)
class _Parting:
    """Rows out of which tasks were taken, and when each task starts and ends as far as is known."""

    indexed: Indexed
    holds: Holds
    rows: Rows
    start_of: list[int]
    end_of: list[int]
    home_of: dict[int, int]
    """Task that must leave -> its machine."""


class _Way(NamedTuple):
    """Rows with a task put back, and what that means for its times."""

    rows: Rows
    start_s: int
    end_s: int


def laid(indexed: Indexed, rows: Rows, times: Times) -> tuple[Rows, Times] | None:
    """Make every batch fit on its plate; None if then no window holds them."""
    nests = indexed.nests
    if nests is None:
        return rows, times
    return parted(indexed, rows, times, nests.fit)


def by_size(indexed: Indexed) -> Indexed:
    """Return the same problem with capacities that the outlines asked about so far usually allow."""
    if indexed.nests is None:
        return indexed
    usual = [_usual(indexed, asked) for asked in indexed.nests.plates]
    resources = []
    for k, resource in enumerate(indexed.resources):
        number = indexed.nests.plate_of[k]
        if number >= 0 and usual[number] is not None:
            alone = max(
                (indexed.size[t] for t, own in enumerate(indexed.takes) if k in own), default=0
            )
            limit = max(alone, usual[number] or 0)
            resources.append(replace(resource, capacity=min(resource.capacity, limit)))
        else:
            resources.append(resource)
    return replace(indexed, resources=tuple(resources))


def _usual(indexed: Indexed, asked: Asked) -> int | None:
    """Return the sum of sizes that tells best what was accepted from what was refused."""
    size_of: dict[int, int] = {}
    assert indexed.nests is not None, "Only plates that are known were asked about."
    for task, shape in enumerate(indexed.nests.shape_of):
        size_of[shape] = max(size_of.get(shape, 0), indexed.size[task])
    answers = sorted(
        (sum(size_of[each] for each in parts), fit)
        for parts, fit in asked.answers.items()
        if len(parts) > 1
    )
    if len(answers) < FEWEST:
        return None
    wrong = sum(fit for _, fit in answers)
    best, least = 0, wrong
    for size, fit in answers:
        wrong += -1 if fit else 1
        if wrong <= least:
            best, least = size, wrong
    return best


def within_size(indexed: Indexed, machine: int, batch: Batch) -> bool:
    """Say whether the sizes of a batch stay within a machine's capacity."""
    capacity = indexed.resources[machine].capacity
    return capacity == 0 or sum(indexed.size[task] for task in batch) <= capacity


def parted(indexed: Indexed, rows: Rows, times: Times, holds: Holds) -> tuple[Rows, Times] | None:
    """Take out of each batch what it does not hold; None if then no window holds all batches."""
    parting = _taken_out(indexed, rows, times, holds)
    left = parting.home_of
    if not left:
        return rows, times
    best = len(left) * len(indexed.task_ids) <= TRIED
    for task in sorted(left, key=lambda t: (parting.start_of[t], _due_s(indexed, t), t)):
        way = _cheapest(parting, task) if best else next(_ways(parting, task))
        parting.rows = way.rows
        parting.start_of[task], parting.end_of[task] = way.start_s, way.end_s
    for new in (parting.rows, _behind(indexed, rows, holds)):
        # What was parted may be less than a machine begins, or follow what it may not follow.
        mended = lawful(indexed, new)
        found = None if mended is None else decode_rows(indexed, mended)
        if mended is not None and found is not None:
            return mended, found
    return None


def _taken_out(indexed: Indexed, rows: Rows, times: Times, holds: Holds) -> _Parting:
    start_of = [0] * len(indexed.task_ids)
    home_of: dict[int, int] = {}
    kept: Rows = []
    for machine, row in enumerate(rows):
        stays: list[Batch] = []
        for batch, start_s in zip(row, times.start[machine], strict=True):
            inside = batch if holds(machine, batch) else _first_fit(indexed, machine, batch, holds)
            stays.append(inside)
            for task in batch:
                start_of[task] = start_s
            home_of |= dict.fromkeys((t for t in batch if t not in inside), machine)
        kept.append(stays)
    return _Parting(indexed, holds, kept, start_of, list(times.end), home_of)


def _due_s(indexed: Indexed, task: int) -> int:
    return indexed.due_s[indexed.order_of[task]]


def _first_fit(indexed: Indexed, machine: int, batch: Batch, holds: Holds) -> Batch:
    """Keep who is due first, as far as there is room."""
    inside: Batch = ()
    for task in sorted(batch, key=lambda t: (_due_s(indexed, t), t)):
        with_it = tuple(sorted((*inside, task)))
        if not inside or holds(machine, with_it):
            inside = with_it
    return inside


def _cheapest(parting: _Parting, task: int) -> _Way:
    """Return the place with which the plan is cheapest."""
    best: tuple[tuple[int, int], _Way] | None = None
    for way in _ways(parting, task):
        times = decode_rows(parting.indexed, way.rows, partial=True)
        if times is not None and (best is None or price(parting.indexed, times) < best[0]):
            best = (price(parting.indexed, times), way)
    return _alone(parting, task) if best is None else best[1]


def _ways(parting: _Parting, task: int) -> Iterator[_Way]:
    """Yield joins of batches that start when the task is ready and what waits for it has not begun,
    the nearest in time first, and then a batch of its own."""
    indexed, start_of, found = parting.indexed, parting.start_of, 0
    rests = ((parting.end_of[each] + indexed.rest[each]) for each in indexed.before[task])
    ready = max(indexed.earliest[task], *rests, 0)
    until = min((start_of[each] for each in indexed.after[task]), default=NEVER_S)
    near = sorted(
        (abs(start_of[batch[0]] - start_of[task]), machine, at)
        for machine in indexed.takes[task]
        for at, batch in enumerate(parting.rows[machine])
        if indexed.family_of[batch[0]] == indexed.family_of[task]
        and ready <= start_of[batch[0]] < until
    )
    for _, machine, at in near:
        row = parting.rows[machine]
        joined = tuple(sorted((*row[at], task)))
        if may_run(indexed, machine, joined) and parting.holds(machine, joined):
            rows = with_row(parting.rows, machine, [*row[:at], joined, *row[at + 1 :]])
            yield _Way(rows, start_of[row[at][0]], parting.end_of[row[at][0]])
            found += 1
        if found == NEARBY:
            break
    yield _alone(parting, task)


def _alone(parting: _Parting, task: int) -> _Way:
    """Give a task a batch of its own, behind what starts no later on its machine."""
    machine, start_s = parting.home_of[task], parting.start_of[task]
    row = parting.rows[machine]
    at = sum(parting.start_of[batch[0]] <= start_s for batch in row)
    rows = with_row(parting.rows, machine, [*row[:at], (task,), *row[at:]])
    return _Way(rows, start_s, parting.end_of[task])


def _behind(indexed: Indexed, rows: Rows, holds: Holds) -> Rows:
    """Part each batch in place: its parts run one behind the other, which contradicts nothing."""
    parted_rows: Rows = []
    for machine, row in enumerate(rows):
        pieces: list[Batch] = []
        for batch in row:
            rest = batch
            while rest:
                inside = rest if holds(machine, rest) else _first_fit(indexed, machine, rest, holds)
                pieces.append(inside)
                rest = tuple(task for task in rest if task not in inside)
        parted_rows.append(pieces)
    return parted_rows
