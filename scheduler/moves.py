"""Small changes of sequences: one task, one batch or a run of batches goes somewhere else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scheduler.decode import may_run
from scheduler.indexed import Batch, Indexed, Rows
from scheduler.times import Times

Change: TypeAlias = dict[int, list[Batch]]
"""Machine -> its new row."""

LONGEST_RUN = 8
NEARBY = 4
LATE_FIRST = 30
"""Per cent of moves that begin at a task of an order that is late."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sequences with their times, as moves see them."""

    indexed: Indexed
    rows: Rows
    times: Times
    machine_of: list[int]
    """Task -> machine."""
    late: tuple[int, ...]
    """Tasks of late orders."""


Move: TypeAlias = Callable[[Plan, Iterator[int]], Change | None]


def plan_of(indexed: Indexed, rows: Rows, times: Times) -> Plan:
    """Gather what moves need to know of decoded sequences."""
    machine_of = [0] * len(indexed.task_ids)
    for machine, row in enumerate(rows):
        for batch in row:
            for task in batch:
                machine_of[task] = machine
    late_orders = {
        order
        for order, last in enumerate(indexed.last_of)
        if any(times.end[task] > indexed.due_s[order] for task in last)
    }
    late = tuple(t for t, order in enumerate(indexed.order_of) if order in late_orders)
    return Plan(indexed, rows, times, machine_of, late)


def propose(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Draw a move; None when the draw leads nowhere."""
    roll = next(chance) % MOVES[-1][0]
    return next(move for limit, move in MOVES if roll < limit)(plan, chance)


def join_other(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Take a task out of its batch and into another one of its family."""
    indexed = plan.indexed
    task = _some_task(plan, chance)
    machine = _able_machine(plan, chance, task)
    row = plan.rows[machine]
    family = indexed.family_of[task]
    same = [n for n, b in enumerate(row) if indexed.family_of[b[0]] == family and task not in b]
    if not same or indexed.resources[machine].capacity == 0:
        return None
    position = same[next(chance) % len(same)]
    joined = tuple(sorted((*row[position], task)))
    if not may_run(indexed, machine, joined):
        return None
    change = _without(plan, task)
    goal = change.get(machine, row)
    at = goal.index(row[position])
    change[machine] = [*goal[:at], joined, *goal[at + 1 :]]
    return change


def split_off(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Take a task out of its batch and give it a batch of its own."""
    task = _some_task(plan, chance)
    machine = _able_machine(plan, chance, task)
    if not may_run(plan.indexed, machine, (task,)):
        return None
    change = _without(plan, task)
    _insert(plan, chance, change, machine, [(task,)])
    return change


def swap_tasks(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Let two tasks of one family change places between batches."""
    indexed = plan.indexed
    one = _some_task(plan, chance)
    machine = _able_machine(plan, chance, one)
    family = indexed.family_of[one]
    others = [b for b in plan.rows[machine] if indexed.family_of[b[0]] == family and one not in b]
    if not others:
        return None
    theirs = others[next(chance) % len(others)]
    other = theirs[next(chance) % len(theirs)]
    home, ours = plan.machine_of[one], _batch_of(plan, one)
    if home not in indexed.takes[other]:
        return None
    with_other = tuple(sorted(other if task == one else task for task in ours))
    with_one = tuple(sorted(one if task == other else task for task in theirs))
    if not may_run(indexed, home, with_other) or not may_run(indexed, machine, with_one):
        return None
    swapped = {ours: with_other, theirs: with_one}
    return {
        each: [swapped.get(batch, batch) for batch in plan.rows[each]] for each in {home, machine}
    }


def relocate_batch(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Move one batch to another place, perhaps on another machine."""
    return _relocate(plan, chance, 1)


def relocate_run(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Move neighbouring batches of one family together."""
    return _relocate(plan, chance, 1 + next(chance) % LONGEST_RUN)


def swap_batches(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Let two batches change places."""
    indexed = plan.indexed
    task = _some_task(plan, chance)
    home, ours = plan.machine_of[task], _batch_of(plan, task)
    machine = _able_machine(plan, chance, task)
    row = plan.rows[machine]
    if not row:
        return None
    at = _near(plan, chance, machine, _start_of(plan, home, ours))
    theirs = row[min(at, len(row) - 1)]
    if theirs == ours:
        return None
    if home != machine and not (may_run(indexed, machine, ours) and may_run(indexed, home, theirs)):
        return None
    swapped = {ours: theirs, theirs: ours}
    return {
        each: [swapped.get(batch, batch) for batch in plan.rows[each]] for each in {home, machine}
    }


def merge(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Put a whole batch into another one of its family."""
    indexed = plan.indexed
    task = _some_task(plan, chance)
    home, ours = plan.machine_of[task], _batch_of(plan, task)
    machine = _able_machine(plan, chance, task)
    if indexed.resources[machine].capacity == 0:
        return None
    fitting = [
        joined
        for batch in plan.rows[machine]
        if batch != ours and may_run(indexed, machine, joined := tuple(sorted(batch + ours)))
    ]
    if not fitting:
        return None
    joined = fitting[next(chance) % len(fitting)]
    change = {each: plan.rows[each] for each in {home, machine}}
    change[home] = [batch for batch in change[home] if batch != ours]
    change[machine] = [joined if batch[0] in joined else batch for batch in change[machine]]
    return change


def split(plan: Plan, chance: Iterator[int]) -> Change | None:
    """Part a batch in two and put the second half somewhere else."""
    task = _some_task(plan, chance)
    home, ours = plan.machine_of[task], _batch_of(plan, task)
    if len(ours) < 2:  # noqa: PLR2004
        return None
    orders = sorted(ours, key=lambda each: (plan.indexed.due_s[plan.indexed.order_of[each]], each))
    cut = 1 + next(chance) % (len(ours) - 1)
    first, second = tuple(sorted(orders[:cut])), tuple(sorted(orders[cut:]))
    machine = _able_machine(plan, chance, second[0])
    if not may_run(plan.indexed, machine, second):
        return None
    change = {home: [first if batch == ours else batch for batch in plan.rows[home]]}
    _insert(plan, chance, change, machine, [second])
    return change


MOVES: tuple[tuple[int, Move], ...] = (
    (6, join_other),
    (8, split_off),
    (16, swap_tasks),
    (30, relocate_batch),
    (44, swap_batches),
    (47, merge),
    (50, split),
    (100, relocate_run),
)
"""Cumulated weights in per cent. Source: the shares that won on a plant of this kind in research;
with half of all moves on runs of a family, short searches here ended cheaper on most seeds."""


def _relocate(plan: Plan, chance: Iterator[int], longest: int) -> Change | None:
    indexed = plan.indexed
    task = _some_task(plan, chance)
    home, ours = plan.machine_of[task], _batch_of(plan, task)
    row = plan.rows[home]
    first = row.index(ours)
    until = first + 1
    family = indexed.family_of[task]
    while until < min(len(row), first + longest) and indexed.family_of[row[until][0]] == family:
        until += 1
    run = row[first:until]
    machine = _able_machine(plan, chance, task)
    if machine != home and not all(may_run(indexed, machine, batch) for batch in run):
        return None
    change = {home: row[:first] + row[until:]}
    _insert(plan, chance, change, machine, run)
    return change


def _some_task(plan: Plan, chance: Iterator[int]) -> int:
    if plan.late and next(chance) % 100 < LATE_FIRST:
        return plan.late[next(chance) % len(plan.late)]
    return next(chance) % len(plan.machine_of)


def _able_machine(plan: Plan, chance: Iterator[int], task: int) -> int:
    """Stay on the machine in three of ten draws, otherwise any that can do it."""
    if next(chance) % 10 < 3:  # noqa: PLR2004
        return plan.machine_of[task]
    able = tuple(plan.indexed.takes[task])
    return able[next(chance) % len(able)]


def _batch_of(plan: Plan, task: int) -> Batch:
    return next(batch for batch in plan.rows[plan.machine_of[task]] if task in batch)


def _start_of(plan: Plan, machine: int, batch: Batch) -> int:
    return plan.times.start[machine][plan.rows[machine].index(batch)]


def _without(plan: Plan, task: int) -> Change:
    machine = plan.machine_of[task]
    row = [tuple(t for t in b if t != task) if task in b else b for b in plan.rows[machine]]
    return {machine: [batch for batch in row if batch]}


def _insert(
    plan: Plan, chance: Iterator[int], change: Change, machine: int, run: list[Batch]
) -> None:
    """Put a run beside its family, near its present time or anywhere, by the draw."""
    row = change.get(machine, plan.rows[machine])
    roll, at = next(chance) % 100, next(chance) % (len(row) + 1)
    if roll < 35:  # noqa: PLR2004
        family = plan.indexed.family_of[run[0][0]]
        of_family = plan.indexed.family_of
        beside = [n for n, batch in enumerate(row) if of_family[batch[0]] == family]
        if beside:
            at = beside[next(chance) % len(beside)] + next(chance) % 2
    elif roll < 90:  # noqa: PLR2004
        task = run[0][0]
        at = _near(plan, chance, machine, plan.times.end[task])
    at = min(at, len(row))
    change[machine] = [*row[:at], *run, *row[at:]]


def _near(plan: Plan, chance: Iterator[int], machine: int, at_s: int) -> int:
    """Return a position close to a second on a machine's present row."""
    starts = plan.times.start[machine]
    low = next((n for n, start in enumerate(starts) if start >= at_s), len(starts))
    return max(0, low + next(chance) % (2 * NEARBY + 1) - NEARBY)
