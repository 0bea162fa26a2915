"""What flows are made of: the jobs of a group of machines, its changes, and time in buckets."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np

from scheduler.balance import least_share
from scheduler.bounding.changes import Changes, changes
from scheduler.bounding.tasks import latest_ends
from scheduler.indexed import NEVER_S, Indexed, facts_of
from scheduler.objectives import HOUR_S

MOST_DUES, MOST_BUCKETS = 16, 40
"""Due times and buckets of a group; fewer make a weaker bound, never a wrong one."""
MOST_FAMILIES = 40
CLOSE = 1e-9


class Job(NamedTuple):
    """What a task asks of its group."""

    order: int
    family: int
    work_s: float
    setup_s: float
    """Its share of the cheapest setup of a batch."""
    ready_s: int
    due_s: int
    alone_s: int
    part: float
    """Of the largest machine's room; all of it where each task is alone."""


@dataclass(frozen=True, slots=True)
class Group:
    """Machines between which all of these jobs choose. Families are those of the whole problem."""

    machines: list[int]
    jobs: list[Job]
    changes: Changes
    must: list[int]
    """Families that some machine has to be set up for."""
    begins: list[int]
    """Seconds at which buckets begin; the last one has no end."""

    def pairs(self) -> Iterator[tuple[tuple[int, int], float, float]]:
        """Yield (family before, after), and what the change takes and costs beyond the cheapest."""
        families = self.changes.families
        for b, after in enumerate(families):
            least_s, least = self.changes.into(after)
            for a, before in enumerate(families):
                seconds, cost = self.changes.seconds[a, b], self.changes.costs[a, b]
                if a != b and seconds < np.inf:
                    yield (before, after), float(seconds) - least_s, float(cost) - least


def group_of(
    indexed: Indexed, number: int, ends: list[int], open_orders: Collection[int]
) -> Group | None:
    """Return a group with the jobs that only it can do; None without any."""
    machines = [m for m, g in enumerate(indexed.group_of) if g == number]
    bound = [
        task
        for task, takes in enumerate(indexed.takes)
        if takes and all(indexed.group_of[m] == number for m in takes)
    ]
    known = changes(indexed, machines)
    if not bound or len(known.families) > MOST_FAMILIES:
        return None
    latest = latest_ends(indexed)
    jobs = [_job(indexed, known, task, ends, latest, open_orders) for task in bound]
    return Group(
        machines,
        jobs,
        known,
        must=list(dict.fromkeys(job.family for job in jobs)),
        begins=_begins(indexed, [job for job in jobs if job.due_s < NEVER_S // 2]),
    )


def _job(
    indexed: Indexed,
    known: Changes,
    task: int,
    ends: list[int],
    latest: list[int],
    open_orders: Collection[int],
) -> Job:
    order, family = indexed.order_of[task], indexed.family_of[task]
    takes = indexed.takes[task]
    most = max(indexed.resources[m].capacity for m in takes)
    single = any(indexed.resources[m].capacity == 0 for m in takes)
    part = indexed.size[task] / most if most and not single else float(single)
    before = (ends[each] + indexed.rest[each] for each in indexed.before[task])
    return Job(
        order,
        family,
        float(min(least_share(indexed, m, task) for m in takes)) / HOUR_S,
        part * known.into(family)[0] / HOUR_S,
        max([indexed.earliest[task], *before]),
        latest[task] if order in open_orders else NEVER_S,
        min(facts_of(indexed, m, (task,))[1] for m in takes),
        part,
    )


def least_batches(indexed: Indexed, group: Group) -> int:
    """Return what batches cost with the cheapest setup into each."""
    rooms = [indexed.resources[m].capacity for m in group.machines]
    cycle = min(indexed.cycle_cost[m] for m in group.machines)
    total = 0
    for family in group.must:
        each = int(group.changes.into(family)[1]) + cycle
        total += each * _batches(indexed, group, family, max(rooms))
    return total


def _batches(indexed: Indexed, group: Group, family: int, room: int) -> int:
    sizes = [
        indexed.size[task]
        for task, takes in enumerate(indexed.takes)
        if indexed.family_of[task] == family and takes and set(takes) <= set(group.machines)
    ]
    if any(indexed.resources[m].capacity == 0 for m in group.machines):
        return 1 if room else len(sizes)
    large = sum(2 * size > room for size in sizes)
    return max(1, large, -(-sum(sizes) // room))


def _begins(indexed: Indexed, jobs: list[Job]) -> list[int]:
    """Cut time at due times that stand for those shortly before them, and between them."""
    start = indexed.now_s
    dues = sorted({job.due_s for job in jobs if job.due_s > start})
    while len(dues) > MOST_DUES:
        gaps = [b - a for a, b in pairwise(dues)]
        del dues[gaps.index(min(gaps))]
    cuts = [start, *dues]
    width = max(1, (cuts[-1] - start) // MOST_BUCKETS)
    begins: list[int] = []
    for a, b in pairwise(cuts):
        parts = max(1, round((b - a) / width))
        begins += [a + (b - a) * part // parts for part in range(parts)]
    return [*sorted(set(begins)), cuts[-1]]


def machines_for(jobs: list[Job], open_s: int, setup_s: float) -> int:
    """Return how many machines some work asks for that has to fit into a stretch of time.

    Of its batches, the longest is as long as the longest job; what is as large as one room holds them,
    the next is as long as the next job, and so on.
    Source: Da Ros, Lackner and Musliu 2024 (arXiv 2410.01368), the bound on the total run time.
    """
    if not jobs or not open_s:
        return 0
    load_s, filled, full = 0.0, 0.0, 0.0
    for job in sorted(jobs, key=lambda each: -each.alone_s):
        filled += job.part
        while filled > full + CLOSE or not full:
            load_s += job.alone_s + setup_s
            full += 1.0
    # A second of slack keeps rounding on the safe side.
    return max(1, ceil((load_s - 1) / (open_s + setup_s)))


def bucket_of(begins: list[int], second: int) -> int:
    """Return the bucket in which a second lies; the first one for what was before."""
    return max(0, sum(begin <= second for begin in begins) - 1)


def bucket_before(begins: list[int], second: int) -> int:
    """Return the last bucket that begins before a second."""
    return max(0, sum(begin < second for begin in begins[:-1]) - 1)
