"""Tasks find their place one by one: beside others in a batch, or in a batch of their own."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from scheduler.decode import may_run
from scheduler.hours import end_from
from scheduler.indexed import NEVER_S, NO_PIN, Batch, Indexed, Rows, facts_of
from scheduler.runs import has_limit
from scheduler.times import Times

JOINS = 4
"""Batches of its family that a task looks at on each machine, from the last one back."""
LOOK_BACK = 12
"""Batches from the end among which it looks for them, and for gaps."""
DAY_S = 86_400
LATE = 8
"""A second too late counts as much as this many seconds of waiting; assumed, by trial."""


class UnplannableError(ValueError):
    """No working window holds a task: whoever made the problem gives it more or longer windows."""


@dataclass(slots=True)
class Placed:
    """A batch while the plan is being built; it may grow as long as nothing behind it moves."""

    tasks: list[int]
    family: int
    begin: int
    start: int
    end: int
    window: int
    """In which it begins."""
    latest: int
    """Its members' earliest latest end."""
    limit: int = NEVER_S
    """First start of a batch that waits for one of its members."""


class Place(NamedTuple):
    """Where a task could go; the smallest is taken."""

    score: int
    machine: int
    position: int
    joins: bool
    begin: int
    start: int
    end: int
    window: int


@dataclass(slots=True)
class Board:
    """The plan as far as it is built."""

    indexed: Indexed
    latest_end: list[int]
    thrift: int
    """A second of machine time counts as much as this many seconds of waiting."""
    lax: bool = False
    """Changes that may not be are taken, but dearly: `campaigns` mends them."""
    rows: list[list[Placed]] = field(init=False)
    batch_of: list[Placed | None] = field(init=False)
    settled: list[int] = field(init=False)
    """Machine -> how many of its first batches nothing joins or passes any more."""

    def __post_init__(self) -> None:
        self.rows = [[] for _ in self.indexed.machine_ids]
        self.batch_of = [None] * len(self.indexed.task_ids)
        self.settled = [0] * len(self.rows)

    def settle(self) -> None:
        """Let all that comes from now on stand behind what is there."""
        self.settled = [len(row) for row in self.rows]


def sequences(board: Board) -> Rows:
    """Return the batches of each machine in order."""
    return [[tuple(sorted(placed.tasks)) for placed in row] for row in board.rows]


def place_all(board: Board, orders: Container[int] | None = None) -> None:
    """Place what is not yet on the board, or only what is of some orders, each after what it waits for:
    what leads to a pin first, then what planners want first, and of those alike the one that must start
    first. Raises UnplannableError."""
    indexed = board.indexed
    units = [_unit(indexed, task) for task in range(len(indexed.task_ids))]
    ranks = _ranks(indexed)
    keys = [
        (ranks[task], board.latest_end[task] - alone_s(indexed, task), indexed.order_of[task], task)
        for task in range(len(indexed.task_ids))
    ]
    left = [0] * len(units)
    for task, before in enumerate(indexed.before):
        left[units[task][0]] += sum(board.batch_of[t] is None for t in before)
    leads = [
        task
        for task, unit in enumerate(units)
        if unit[0] == task and (orders is None or indexed.order_of[task] in orders)
    ]
    wanted = set(leads)
    agenda = [keys[t] for t in leads if left[t] == 0 and board.batch_of[t] is None]
    heapify(agenda)
    while agenda:
        unit = units[heappop(agenda)[-1]]
        place(board, unit)
        for follower in (each for task in unit for each in indexed.after[task]):
            lead = units[follower][0]
            left[lead] -= 1
            if left[lead] == 0 and lead in wanted and board.batch_of[lead] is None:
                heappush(agenda, keys[lead])


def _unit(indexed: Indexed, task: int) -> Batch:
    """Return what has to be placed together with a task: all of its pin, or itself."""
    if not indexed.pin_of or indexed.pin_of[task] == NO_PIN:
        return (task,)
    return indexed.pins[indexed.pin_of[task]].tasks


def _ranks(indexed: Indexed) -> list[int]:
    """Return for each task 0 if a pin waits for it, 1 if its order goes before others, or else 2."""
    ranks = [1 if order in indexed.first else 2 for order in indexed.order_of]
    agenda = [task for pin in indexed.pins for task in pin.tasks]
    while agenda:
        task = agenda.pop()
        if ranks[task]:
            ranks[task] = 0
            agenda += indexed.before[task]
            agenda += _unit(indexed, task)
    return ranks


def latest_ends(indexed: Indexed, order: list[int]) -> list[int]:
    """Return by when each task must end for its order to be in time, nights left out."""
    latest = [NEVER_S] * len(order)
    for task in reversed(order):
        ends = [
            latest[follower] - alone_s(indexed, follower) - indexed.rest[task]
            for follower in indexed.after[task]
        ]
        latest[task] = min([indexed.due_s[indexed.order_of[task]], *ends])
        if indexed.pin_of and indexed.pin_of[task] != NO_PIN:
            pin = indexed.pins[indexed.pin_of[task]]
            latest[task] = min(latest[task], pin.start_s + alone_s(indexed, task))
    return latest


def set_up_board(board: Board, rows: Rows, times: Times) -> None:
    """Put batches that are already timed on an empty board."""
    indexed = board.indexed
    for machine, row in enumerate(rows):
        for at, batch in enumerate(row):
            begin, start = times.setup_start[machine][at], times.start[machine][at]
            windows = zip(indexed.opens[machine], indexed.closes[machine], strict=True)
            placed = Placed(
                tasks=list(batch),
                family=indexed.family_of[batch[0]],
                begin=begin,
                start=start,
                end=times.end[batch[0]],
                window=next(n for n, (a, b) in enumerate(windows) if a <= begin and start <= b),
                latest=min(board.latest_end[task] for task in batch),
            )
            board.rows[machine].append(placed)
            for task in batch:
                board.batch_of[task] = placed
    for held, before in zip(board.batch_of, indexed.before, strict=True):
        if held is not None:
            for earlier in before:
                _limit(board, earlier, held.start - board.indexed.rest[earlier])


def place(board: Board, unit: Batch) -> None:
    """Put tasks where they end early and take little machine time. Raises UnplannableError."""
    indexed, ready = board.indexed, 0
    for task in unit:
        ready = max(ready, indexed.earliest[task])
        for earlier in indexed.before[task]:
            placed = board.batch_of[earlier]
            assert placed is not None, "Tasks are placed after those that they wait for."
            ready = max(ready, placed.end + indexed.rest[earlier])
    joins = _joins(board, unit[0], ready) if len(unit) == 1 else ()
    options = [*joins, *_additions(board, unit, ready)]
    if not options:
        raise UnplannableError(
            f"{indexed.task_ids[unit[0]]} finds no machine that takes it within one working window."
        )
    _put(board, unit, min(options))


def alone_s(indexed: Indexed, task: int) -> int:
    """Return the seconds that a task takes by itself on its fastest machine."""
    machines = indexed.takes[task]
    return min((facts_of(indexed, machine, (task,))[1] for machine in machines), default=0)


def _joins(board: Board, task: int, ready: int) -> Iterator[Place]:
    indexed = board.indexed
    for machine in indexed.takes[task]:
        if indexed.resources[machine].capacity == 0:
            continue
        row, found = board.rows[machine], 0
        least = max(board.settled[machine], len(row) - LOOK_BACK)
        for position in range(len(row) - 1, least - 1, -1):
            placed = row[position]
            if placed.family != indexed.family_of[task] or placed.limit <= ready:
                continue
            batch = tuple(sorted((*placed.tasks, task)))
            waits = any(earlier in placed.tasks for earlier in indexed.before[task])
            if waits or not may_run(indexed, machine, batch):
                continue
            option = _joined(board, task, ready, machine, position, batch)
            if option is not None:
                yield option
            found += 1
            if found == JOINS:
                break


def _joined(
    board: Board, task: int, ready: int, machine: int, position: int, batch: tuple[int, ...]
) -> Place | None:
    """Return the place if the batch can grow without moving what stands behind it."""
    indexed, row = board.indexed, board.rows[machine]
    placed = row[position]
    seconds = facts_of(indexed, machine, batch)[1]
    start = max(placed.start, ready)
    found = end_from(indexed, machine, placed.window, start, seconds)
    behind = row[position + 1].begin if position + 1 < len(row) else NEVER_S
    if found is None or found[0] > min(behind, placed.limit):
        return None
    end = found[0]
    hurt = len(placed.tasks) * max(0, end - max(placed.end, placed.latest))
    late = max(0, end - board.latest_end[task])
    score = end + board.thrift * (end - placed.end) + LATE * (hurt + late)
    return Place(score, machine, position, True, placed.begin, start, end, placed.window)


def _additions(board: Board, unit: Batch, ready: int) -> Iterator[Place]:
    indexed = board.indexed
    for machine in indexed.takes[unit[0]]:
        if not may_run(indexed, machine, unit):
            continue
        row = board.rows[machine]
        least = max(board.settled[machine], len(row) - LOOK_BACK)
        for position in range(len(row), least - 1, -1):
            if position < len(row) and row[position].start <= ready:
                break
            option = _added(board, unit, ready, machine, position)
            if option is not None:
                yield option


def _added(board: Board, unit: Batch, ready: int, machine: int, position: int) -> Place | None:
    """Return the place of a new batch before `position` if what stands there need not move."""
    indexed, row = board.indexed, board.rows[machine]
    setup = indexed.setup_s[indexed.group_of[machine]]
    family, seconds, _, _ = facts_of(indexed, machine, unit)
    before = row[position - 1].family if position else indexed.first_family[machine]
    free = row[position - 1].end if position else 0
    window = row[position - 1].window if position else 0
    opens = indexed.opens[machine]
    runs = has_limit(indexed.resources[machine])
    change = 0 if runs and before == family else setup[before][family]
    if change < 0 and not board.lax:
        return None
    found = None
    while window < len(opens):
        begin = max(free, opens[window])
        start = max(begin + max(change, 0), ready)
        found = end_from(indexed, machine, window, start, seconds)
        if found is not None:
            break
        window += 1
    if found is None:
        return None
    end, extra = found[0], _weighs(change)
    if position < len(row):
        behind = row[position]
        change = 0 if runs and behind.family == family else setup[family][behind.family]
        if change < 0 and not board.lax:
            return None
        if max(end, opens[behind.window]) + max(change, 0) > behind.start:
            return None
        extra += _weighs(change) - _weighs(setup[before][behind.family])
    late = max(0, end - min(board.latest_end[task] for task in unit))
    score = end + extra + board.thrift * (seconds + extra) + LATE * late
    begin = begin if setup[before][family] > 0 else start
    return Place(score, machine, position, False, begin, start, end, window)


def _weighs(change_s: int) -> int:
    """Return a setup's seconds, or for one that may not be more than any."""
    return change_s if change_s >= 0 else DAY_S


def _put(board: Board, unit: Batch, chosen: Place) -> None:
    indexed, row = board.indexed, board.rows[chosen.machine]
    latest = min(board.latest_end[task] for task in unit)
    if chosen.joins:
        placed = row[chosen.position]
        placed.tasks += unit
        placed.start, placed.end = chosen.start, chosen.end
        placed.latest = min(placed.latest, latest)
    else:
        placed = Placed(
            tasks=list(unit),
            family=indexed.family_of[unit[0]],
            begin=chosen.begin,
            start=chosen.start,
            end=chosen.end,
            window=chosen.window,
            latest=latest,
        )
        row.insert(chosen.position, placed)
        _push_setup(board, chosen.machine, chosen.position)
    for task in unit:
        board.batch_of[task] = placed
        for earlier in indexed.before[task]:
            _limit(board, earlier, placed.start - indexed.rest[earlier])


def _limit(board: Board, task: int, start: int) -> None:
    """Keep a task's batch from growing beyond the start of what waits for it."""
    held = board.batch_of[task]
    if held is not None:
        held.limit = min(held.limit, start)


def _push_setup(board: Board, machine: int, position: int) -> None:
    """Let the setup of the batch behind a new one begin when the new one ends."""
    indexed, row = board.indexed, board.rows[machine]
    if position + 1 == len(row):
        return
    placed, behind = row[position], row[position + 1]
    change = indexed.setup_s[indexed.group_of[machine]][placed.family][behind.family]
    opens = indexed.opens[machine][behind.window]
    behind.begin = max(placed.end, opens) if change > 0 else behind.start
