"""When tasks are in time, and what they cost at the most when they are not."""

from typing import NamedTuple

from scheduler.balance import earliest_ends
from scheduler.bounding.changes import changes
from scheduler.indexed import NEVER_S, Indexed, facts_of, in_order
from scheduler.placing import alone_s


class Chances(NamedTuple):
    """For each task."""

    ready: list[int]
    """The earliest start."""
    latest: list[int]
    """The latest end with which its order is in time, if it speaks for its order; else long ago."""
    most: list[float]
    """What it costs if it is late: its order, if it speaks for it, and its share of a batch."""


def chances(indexed: Indexed, ends: list[int]) -> Chances:
    """Let one task of each order speak for it: the one with the least time to spare."""
    ready = [
        max([indexed.earliest[t], *(ends[b] + indexed.rest[b] for b in indexed.before[t])])
        for t in range(len(indexed.task_ids))
    ]
    latest = latest_ends(indexed)
    speaks = _speakers(indexed, ends, latest)
    spare = [-NEVER_S] * len(ready)
    most = shares(indexed)
    for order, task in speaks.items():
        most[task] += indexed.late_cost[order]
        if indexed.late_cost[order] and indexed.floor_end[order] <= indexed.due_s[order]:
            spare[task] = latest[task]
    return Chances(ready, spare, most)


def speakers(indexed: Indexed) -> set[int]:
    """Return the tasks that speak for an order."""
    return set(_speakers(indexed, earliest_ends(indexed), latest_ends(indexed)).values())


def _speakers(indexed: Indexed, ends: list[int], latest: list[int]) -> dict[int, int]:
    speaks: dict[int, int] = {}
    for task, order in enumerate(indexed.order_of):
        if order not in speaks or latest[task] - ends[task] < (
            latest[speaks[order]] - ends[speaks[order]]
        ):
            speaks[order] = task
    return speaks


def latest_ends(indexed: Indexed) -> list[int]:
    """Return by when each task ends if its own order is in time."""
    latest = [indexed.due_s[order] for order in indexed.order_of]
    for task in reversed(in_order(indexed)):
        for follower in indexed.after[task]:
            if indexed.order_of[follower] == indexed.order_of[task]:
                ends = latest[follower] - alone_s(indexed, follower) - indexed.rest[task]
                latest[task] = min(latest[task], ends)
    return latest


def shares(indexed: Indexed) -> list[float]:
    """Return what each task pays of a batch, so that those in one pay for no more than all of it.

    A batch within capacity C costs at least what its longest member would alone. Each pays the part
    of it that its size has of C, for what it would cost alone on the cheapest machine. Where a batch
    holds somebody in time, those pay by the longest of them in the same way: so whoever is late in it
    and has a share still leaves enough to pay for it.
    """
    known = [changes(indexed, [machine]) for machine in range(len(indexed.machine_ids))]
    found = []
    for task, takes in enumerate(indexed.takes):
        costs = [float("inf")]
        for machine in takes:
            _, seconds, _, _ = facts_of(indexed, machine, (task,))
            room = indexed.resources[machine].capacity
            into = known[machine].into(indexed.family_of[task])[1]
            whole = indexed.cycle_cost[machine] + into + indexed.run_cost[machine] * seconds
            costs.append(whole * indexed.size[task] / room if room else whole)
        found.append(min(costs))
    return found
