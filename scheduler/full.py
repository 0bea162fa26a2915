"""What must end later because its buffer is full: who takes places in which order, and who waits how long.

An order is found by running the batches one after another without any clock: nothing runs for whose
results there is no room. With it given, a batch may end once so many of the results before it have left
that there is room for its own; where they have not, it is held back until so many have of those that
leave before it in this order, and all times are worked out again. That comes to an end, because the
batches one by one in this order are a plan in which nothing has to be held back.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scheduler.buffers import NO_BUFFER
from scheduler.indexed import NEVER_S, Batch, Indexed, Rows


class Item(NamedTuple):
    """What takes places in a buffer at once."""

    buffer: int
    tasks: Batch
    """The members of a planned batch that open work waits for; none for finished or running work."""
    stays: tuple[int, ...]
    """What came before it and leaves behind it, in the order in which batches run without a clock: tasks,
    and frozen work from -1 down."""
    lying: int = -1
    """The number of frozen work among what lies."""


@dataclass(slots=True)
class Queue:
    """In which order places are taken."""

    items: list[Item]
    crowded: int = -1
    """The number of running work that found no room when it ends, because something planned lay there."""


class Moments(NamedTuple):
    """When each task's batch starts and ends."""

    start: list[int]
    end: list[int]


@dataclass(slots=True)
class _Floor:
    """How far batches have run, one after another."""

    rows: Rows
    keys: list[list[int]]
    """How urgent each batch is."""
    buffer_of: list[int]
    there: list[list[int]]
    """Buffer -> what lies there: tasks, and frozen work from -1 down."""
    waits: dict[int, int]
    """Result -> how many open tasks wait for it that have not run."""
    needs: list[Batch]
    """Task -> what it takes."""
    heads: list[int] = field(init=False)
    done: set[int] = field(default_factory=set[int])

    def __post_init__(self) -> None:
        self.heads = [0] * len(self.rows)


def buffers_of(indexed: Indexed, rows: Rows) -> list[int]:
    """Return for each task the buffer in which its result lies, or NO_BUFFER: nothing waits for it."""
    buffer_of = [NO_BUFFER] * len(indexed.task_ids)
    for row, buffer in zip(rows, indexed.buffers.of, strict=True):
        for task in (task for batch in row for task in batch):
            if indexed.after[task]:
                buffer_of[task] = buffer
    return buffer_of


def is_overfull(indexed: Indexed, rows: Rows, moments: Moments) -> bool:
    """Say whether more lies in any buffer at some second than there is room for."""
    buffer_of = buffers_of(indexed, rows)
    comes: list[list[tuple[int, int]]] = [[] for _ in indexed.buffers.places]
    for task, buffer in enumerate(buffer_of):
        if buffer != NO_BUFFER:
            # Who leaves in a second makes room for the next one only.
            comes[buffer].append((moments.end[task], 1))
            comes[buffer].append((_leaves(indexed, moments, task) + 1, -1))
    for number, lying in enumerate(indexed.buffers.lying):
        since = indexed.now_s if lying.arrives_s is None else lying.arrives_s
        comes[lying.buffer].append((since, 1))
        comes[lying.buffer].append((_leaves(indexed, moments, -1 - number) + 1, -1))
    for buffer, places in enumerate(indexed.buffers.places):
        there = 0
        for _, change in sorted(comes[buffer]):
            there += change
            if there > places:
                return True
    return False


def queue_of(
    indexed: Indexed, rows: Rows, moments: Moments, first: set[int], *, by_leaving: bool
) -> Queue | None:
    """Run all batches one after another, what leaves or what ends first; None where all that could go on
    find no room. Running work comes when it ends, but before all that is planned if it is in `first`."""
    buffer_of, buffers = buffers_of(indexed, rows), indexed.buffers
    floor = _Floor(
        rows=rows,
        keys=[],
        buffer_of=buffer_of,
        there=[[] for _ in buffers.places],
        waits={t: len(indexed.after[t]) for t, b in enumerate(buffer_of) if b != NO_BUFFER},
        needs=needs_of(indexed),
    )
    floor.waits |= {-1 - n: len(lying.takers) for n, lying in enumerate(buffers.lying)}
    floor.keys = _keys(indexed, rows, moments, floor, by_leaving=by_leaving)
    items: list[Item] = []
    coming: list[tuple[int, int]] = []
    for number, lying in enumerate(buffers.lying):
        if lying.arrives_s is None or number in first:
            items.append(_comes(indexed, floor, number))
        else:
            coming.append((lying.arrives_s, number))
    coming.sort(reverse=True)
    for _ in range(sum(map(len, rows)) + len(coming)):
        machine = _next(indexed, floor)
        if coming and (machine is None or coming[-1][0] <= _key(floor, machine)):
            items.append(_comes(indexed, floor, coming.pop()[1]))
        elif machine is None:
            return None
        else:
            items += _run(indexed, floor, machine)
    return Queue(items)


def _comes(indexed: Indexed, floor: _Floor, number: int) -> Item:
    """Let finished or running work be there: nobody asks whether there is room."""
    buffer = indexed.buffers.lying[number].buffer
    item = Item(buffer, (), tuple(floor.there[buffer]), number)
    floor.there[buffer].append(-1 - number)
    floor.done.add(-1 - number)
    return item


def needs_of(indexed: Indexed) -> list[Batch]:
    """Return for each task what it takes: open tasks, and frozen work that lies in a buffer."""
    needs = [list(before) for before in indexed.before]
    for number, lying in enumerate(indexed.buffers.lying):
        for task in lying.takers:
            needs[task].append(-1 - number)
    return [tuple(row) for row in needs]


def _key(floor: _Floor, machine: int) -> int:
    return floor.keys[machine][floor.heads[machine]]


def _keys(
    indexed: Indexed, rows: Rows, moments: Moments, floor: _Floor, *, by_leaving: bool
) -> list[list[int]]:
    """Return how urgent each batch is: by the second in which the first of its results leaves, or in which
    it ends or, without results that lie anywhere, starts; and no less than whatever takes or puts down
    results of what stands behind it on its machine or takes what it makes."""
    keys: list[list[int]] = [[0] * len(row) for row in rows]
    urges: list[list[int]] = [[NEVER_S] * len(row) for row in rows]
    place: dict[int, tuple[int, int]] = {}
    for machine, row in enumerate(rows):
        for at, batch in enumerate(row):
            place |= dict.fromkeys(batch, (machine, at))
    last = sorted(
        ((k, at) for k, row in enumerate(rows) for at in range(len(row))),
        key=lambda each: (moments.end[rows[each[0]][each[1]][0]], each[1]),
        reverse=True,
    )
    for machine, at in last:
        batch = rows[machine][at]
        lies = [task for task in batch if floor.buffer_of[task] != NO_BUFFER]
        key = moments.end[batch[0]] if lies else moments.start[batch[0]]
        if lies and by_leaving:
            key = min(_leaves(indexed, moments, task) for task in lies)
        behind = urges[machine][at + 1 : at + 2]
        for k, n in (place[each] for task in batch for each in indexed.after[task]):
            behind.append(urges[k][n])
        takes = any(each in floor.waits for task in batch for each in floor.needs[task])
        urges[machine][at] = min([*behind, key] if lies or takes else [*behind, NEVER_S])
        keys[machine][at] = min(key, urges[machine][at])
    return keys


def _next(indexed: Indexed, floor: _Floor) -> int | None:
    """Return the machine with the most urgent batch that can run now."""
    best: tuple[int, int] | None = None
    for machine, head in enumerate(floor.heads):
        if head < len(floor.rows[machine]):
            key = (_key(floor, machine), machine)
            if (best is None or key < best) and _can_run(indexed, floor, machine):
                best = key
    return None if best is None else best[1]


def _can_run(indexed: Indexed, floor: _Floor, machine: int) -> bool:
    batch = floor.rows[machine][floor.heads[machine]]
    needed = [each for task in batch for each in floor.needs[task]]
    if not floor.done.issuperset(needed):
        return False
    lies = sum(floor.buffer_of[task] != NO_BUFFER for task in batch)
    if not lies:
        return True
    buffer = indexed.buffers.of[machine]
    stays = [
        each
        for each in floor.there[buffer]
        if each not in needed or floor.waits[each] > needed.count(each)
    ]
    return len(stays) + lies <= indexed.buffers.places[buffer]


def _run(indexed: Indexed, floor: _Floor, machine: int) -> Iterator[Item]:
    """Take what a batch needs, and put down what it leaves."""
    batch = floor.rows[machine][floor.heads[machine]]
    floor.heads[machine] += 1
    for each in (each for task in batch for each in floor.needs[task]):
        if each in floor.waits:
            floor.waits[each] -= 1
            if floor.waits[each] == 0:
                where = (
                    floor.buffer_of[each] if each >= 0 else indexed.buffers.lying[-1 - each].buffer
                )
                floor.there[where].remove(each)
    floor.done.update(batch)
    lies = tuple(task for task in batch if floor.buffer_of[task] != NO_BUFFER)
    if lies:
        there = floor.there[floor.buffer_of[lies[0]]]
        yield Item(floor.buffer_of[lies[0]], lies, tuple(there))
        there += lies


def held_back(indexed: Indexed, queue: Queue, moments: Moments, held: list[int]) -> bool:
    """Hold back, in `held`, whatever finds no room when it ends; say whether anything does, or running
    work is crowded out by what is planned."""
    gone: list[list[int]] = [[] for _ in indexed.buffers.places]
    changed = False
    for at, item in enumerate(queue.items):
        left = gone[item.buffer]
        if not item.tasks:
            if _is_crowded(indexed, queue, moments, at, left):
                queue.crowded = item.lying
                return True
            insort(left, _leaves(indexed, moments, -1 - item.lying))
            continue
        room = indexed.buffers.places[item.buffer] - len(item.tasks)
        end = moments.end[item.tasks[0]]
        if len(left) > room and end <= left[-1 - room]:
            stays = Counter(_leaves(indexed, moments, each) for each in item.stays)
            gone_at = _last_to_go(left, stays, room - len(item.stays))
            start = moments.start[item.tasks[0]] + gone_at + 1 - end
            for task in item.tasks:
                held[task] = max(held[task], start)
            changed = True
        for task in item.tasks:
            insort(left, _leaves(indexed, moments, task))
    return changed


def _last_to_go(left: list[int], stays: Counter[int], room: int) -> int:
    """Return when so many have left, apart from those that stay, that no more are there than `room`."""
    for at in reversed(left):
        if stays[at] > 0:
            stays[at] -= 1
        elif room == 0:
            return at
        else:
            room -= 1
    raise AssertionError("Only where more are there than room is something held back.")


def _leaves(indexed: Indexed, moments: Moments, result: int) -> int:
    """Return when the last work starts that takes a result; never if nothing does."""
    takers = indexed.after[result] if result >= 0 else indexed.buffers.lying[-1 - result].takers
    return max((moments.start[each] for each in takers), default=NEVER_S)


def _is_crowded(indexed: Indexed, queue: Queue, moments: Moments, at: int, left: list[int]) -> bool:
    """Say whether running work finds no room when it ends, and anything planned lies there."""
    item = queue.items[at]
    comes = indexed.buffers.lying[item.lying].arrives_s
    if comes is None or len(left) - bisect_left(left, comes) < indexed.buffers.places[item.buffer]:
        return False
    return any(
        other.buffer == item.buffer and _leaves(indexed, moments, task) >= comes
        for other in queue.items[:at]
        for task in other.tasks
    )
