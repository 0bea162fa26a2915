"""Unrelated parallel machines with setups as arrays: what a change of sequences adds to a machine's end.

Without releases, breaks and joins a machine ends after the sum of its setups and durations, so a change costs
a few additions. Source: Vallada and Ruiz 2011, EJOR 211 (setups that depend on machine and sequence; what
an insertion adds, in constant time).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.indexed import NEVER_S, Indexed, Rows, facts_of
from scheduler.problem import Aim
from scheduler.search.kernel import inlined, lean, spliced, wide
from scheduler.times import decode_rows

NONE = -1
FORBIDDEN = 1 << 40
"""What a setup takes that may not be, and all that adds up with it."""
NEAR = 40
"""Places that are tried for a task at most, in the order of what it takes there."""
MANY = 2_000
"""Tasks from which on such places are not ranked: it would take seconds."""

Ints = NDArray[np.int64]
Dice = NDArray[np.uint64]


class Yard(NamedTuple):
    """What is given."""

    takes: Ints
    """[task, machine]: seconds, or NONE where it cannot be made."""
    setup: Ints
    """[group, family before, family after]: seconds, or negative where it may not be."""
    group: Ints
    family: Ints
    first: Ints
    """Machine -> family that it is set up for."""
    near: Ints
    """[task, rank]: machine * (tasks + 1) + the task before it there or all tasks for none: the places where
    it takes least with its setup, the best first."""


class Sequences(NamedTuple):
    """A plan, and the best one so far."""

    row: Ints
    """[machine, place]: task; only so much of it counts as `length` says."""
    length: Ints
    on: Ints
    place: Ints
    end: Ints
    best_row: Ints
    best_length: Ints
    hand: Ints
    """Tasks that are being moved."""
    counts: Ints
    """The best plan's latest end, moves, better plans."""


BEST, MOVES, BETTER = range(3)


def is_parallel(indexed: Indexed) -> bool:
    """Say whether tasks wait for nothing but one machine each, which has no breaks and no other rules."""
    machines = indexed.resources
    spans = zip(indexed.opens, indexed.closes, strict=True)
    longest = max((s for rows in indexed.setup_s for row in rows for s in row), default=0)
    work_s = sum(max(own.values()) + longest for own in indexed.takes)
    return (
        indexed.aim is Aim.MAKESPAN
        and not any(indexed.before)
        and max(indexed.earliest, default=0)
        <= min((opens[0] for opens in indexed.opens if opens), default=0)
        and all(len(opens) == 1 and closes[0] - opens[0] >= work_s for opens, closes in spans)
        and min(indexed.most, default=NEVER_S) == NEVER_S
        and not any(indexed.crews)
        and not (indexed.pools.are_used or indexed.buffers.are_used or indexed.nests)
        and not (indexed.pins or indexed.was or indexed.keeps)
        and not any(
            each.capacity or each.least_size or each.most_run_s or each.most_run_size or each.base_s
            for each in machines
        )
    )


def yard_of(indexed: Indexed) -> Yard:
    """Return a problem as arrays."""
    takes = np.full((len(indexed.takes), len(indexed.machine_ids)), NONE, np.int64)
    for task, own in enumerate(indexed.takes):
        for k in own:
            takes[task, k] = facts_of(indexed, k, (task,))[1]
    yard = Yard(
        takes=takes,
        setup=np.array([list(map(list, rows)) for rows in indexed.setup_s], np.int64),
        group=np.array(indexed.group_of, np.int64),
        family=np.array(indexed.family_of, np.int64),
        first=np.array(indexed.first_family, np.int64),
        near=np.zeros((0, 0), np.int64),
    )
    return yard._replace(near=_near(yard))


def _near(yard: Yard) -> Ints:
    """Rank what each task may follow on which machine by what it takes then, with its setup."""
    tasks, machines = yard.takes.shape
    ranks = min(NEAR, machines * tasks) if tasks <= MANY else 0
    near = np.zeros((tasks, ranks), np.int64)
    family = np.append(yard.family, 0)
    for task in range(tasks if ranks else 0):
        total = np.full((machines, tasks + 1), FORBIDDEN, np.int64)
        for k in np.flatnonzero(yard.takes[task] >= 0):
            to = yard.setup[yard.group[k], :, yard.family[task]]
            setups = to[family]
            setups[tasks] = to[yard.first[k]]
            total[k] = np.where(setups < 0, FORBIDDEN, setups + yard.takes[task, k])
        total[:, task] = FORBIDDEN
        # Among equals, each task has others: a family follows all of its own at once.
        turned = np.roll(np.arange(total.size), -task * (tasks // 2 + 1))
        flat = total.ravel()[turned]
        best = np.argpartition(flat, ranks - 1)[:ranks]
        near[task] = turned[best[np.argsort(flat[best], kind="stable")]]
    return near


def sequences_of(indexed: Indexed, rows: Rows) -> Sequences:
    """Return a plan's sequences, which are also the best so far."""
    tasks, machines = len(indexed.task_ids), len(indexed.machine_ids)
    times = decode_rows(indexed, rows)
    assert times is not None, "The search begins at sequences that can be run."
    plan = Sequences(
        row=np.zeros((machines, tasks + 1), np.int64),
        length=np.array([len(row) for row in rows], np.int64),
        on=np.zeros(tasks, np.int64),
        place=np.zeros(tasks, np.int64),
        end=np.array([opens[0] for opens in indexed.opens], np.int64),
        best_row=np.zeros((machines, tasks + 1), np.int64),
        best_length=np.zeros(machines, np.int64),
        hand=np.zeros(tasks + 1, np.int64),
        counts=np.zeros(3, np.int64),
    )
    for k, row in enumerate(rows):
        for place, (task,) in enumerate(row):
            plan.row[k, place], plan.on[task], plan.place[task] = task, k, place
            plan.end[k] = times.end[task]
    keep(plan)
    return plan


@spliced
def family_before(yard: Yard, plan: Sequences, k: int, place: int) -> int:
    """Return the family that a machine is set up for before a place."""
    return wide(yard.family[plan.row[k, place - 1]] if place else yard.first[k])


@spliced
def setup_between(yard: Yard, k: int, before: int, after: int) -> int:
    """Return the seconds between two families on a machine, FORBIDDEN if the one may not follow."""
    seconds = yard.setup[yard.group[k], before, after]
    return wide(seconds if seconds >= 0 else FORBIDDEN)


@spliced
def gap(yard: Yard, plan: Sequences, k: int, before: int, place: int) -> int:
    """Return the setup from a family to what stands at a place, if anything does."""
    if place >= plan.length[k]:
        return 0
    return setup_between(yard, k, before, yard.family[plan.row[k, place]])


@inlined
def without(yard: Yard, plan: Sequences, k: int, place: int, size: int) -> int:
    """Return how much earlier a machine ends without a run of tasks."""
    before = family_before(yard, plan, k, place)
    last = yard.family[plan.row[k, place + size - 1]]
    there = setup_between(yard, k, before, yard.family[plan.row[k, place]])
    there += gap(yard, plan, k, last, place + size) - gap(yard, plan, k, before, place + size)
    return wide(there + run_of(yard, plan, k, k, place, place + size))


@inlined
def run_of(yard: Yard, plan: Sequences, k: int, on: int, first: int, until: int) -> int:
    """Return what tasks of a machine take one after the other on this or another one, without the setup
    before the first."""
    total = yard.takes[plan.row[k, first], on]
    if total < 0:
        return FORBIDDEN
    for z in range(first + 1, until):
        task, earlier = plan.row[k, z], plan.row[k, z - 1]
        if yard.takes[task, on] < 0:
            return FORBIDDEN
        total += yard.takes[task, on]
        total += setup_between(yard, on, yard.family[earlier], yard.family[task])
    return wide(total)


@inlined
def latest(plan: Sequences) -> int:
    """Return the machine that ends last."""
    last = 0
    for k in range(len(plan.end)):
        if plan.end[k] > plan.end[last]:
            last = k
    return last


@lean
def keep(plan: Sequences) -> None:
    """Make the plan the best one."""
    plan.counts[BEST] = plan.end[latest(plan)]
    plan.counts[BETTER] += 1
    for k in range(len(plan.length)):
        plan.best_length[k] = plan.length[k]
        for z in range(plan.length[k]):
            plan.best_row[k, z] = plan.row[k, z]


@inlined
def put_run(plan: Sequences, a: int, place: int, b: int, to: int, size: int) -> None:
    """Move a run from a place of a sequence before a place, which it does not touch, of this or another."""
    for z in range(size):
        plan.hand[z] = plan.row[a, place + z]
    for z in range(place, plan.length[a] - size):
        plan.row[a, z] = plan.row[a, z + size]
        plan.place[plan.row[a, z]] = z
    plan.length[a] -= size
    if a == b and to > place:
        to -= size
    for z in range(plan.length[b] - 1, to - 1, -1):
        plan.row[b, z + size] = plan.row[b, z]
        plan.place[plan.row[b, z]] = z + size
    for z in range(size):
        task = plan.hand[z]
        plan.row[b, to + z], plan.on[task], plan.place[task] = task, b, to + z
    plan.length[b] += size
