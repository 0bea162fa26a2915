"""How work could be spread over machines at best: a linear program, and what it proves."""

from collections import Counter
from fractions import Fraction

from ortools.linear_solver import pywraplp

from scheduler.hours import end_from
from scheduler.indexed import NEVER_S, Indexed, facts_of, in_order

TOLERANCE = 1e-5
"""A bound gives way by this much, relatively: ten times GLOP's own tolerance."""


def least_makespan(indexed: Indexed) -> int:
    """Return a second before which not all work can be done, however it is spread and batched."""
    heads = earliest_ends(indexed)
    low = max(heads, default=0)
    high = max((row[-1] for row in indexed.closes if row), default=low)
    kinds = Counter(_shares(indexed, task) for task in range(len(indexed.task_ids)))
    while low < high:
        middle = (low + high) // 2
        if _spreads(indexed, kinds, middle):
            high = middle
        else:
            low = middle + 1
    return low


def earliest_ends(indexed: Indexed) -> list[int]:
    """Return when each task could end if it had every machine for itself and no setups."""
    ends = [0] * len(indexed.task_ids)
    for task in in_order(indexed):
        parts = (ends[before] + indexed.rest[before] for before in indexed.before[task])
        ready = max(indexed.earliest[task], *parts, 0)
        ends[task] = min(
            (_alone_until(indexed, machine, task, ready) for machine in indexed.takes[task]),
            default=NEVER_S,
        )
    return ends


def least_share(indexed: Indexed, machine: int, task: int) -> Fraction:
    """Return machine seconds that a task costs even in the fullest batch.

    A batch of sizes s within capacity C takes at least sum(s / C) times any of its maxima, and its
    work adds up. Source: the area bound of parallel batching with maxima, scaled by size.
    """
    resource = indexed.resources[machine]
    _, alone, _, _ = facts_of(indexed, machine, (task,))
    if resource.capacity == 0:
        return Fraction(alone)
    work_s = indexed.work[task] * resource.per_work_ms // 1000
    return work_s + Fraction((alone - work_s) * indexed.size[task], resource.capacity)


def open_until(indexed: Indexed, machine: int, until_s: int) -> int:
    """Return a machine's working seconds up to some second."""
    windows = zip(indexed.opens[machine], indexed.closes[machine], strict=True)
    return sum(max(0, min(closes, until_s) - opens) for opens, closes in windows)


def _alone_until(indexed: Indexed, machine: int, task: int, ready: int) -> int:
    _, seconds, _, _ = facts_of(indexed, machine, (task,))
    for window, opens in enumerate(indexed.opens[machine]):
        found = end_from(indexed, machine, window, max(opens, ready), seconds)
        if found is not None:
            return found[0]
    return NEVER_S


def _shares(indexed: Indexed, task: int) -> tuple[tuple[int, Fraction], ...]:
    return tuple((m, least_share(indexed, m, task)) for m in sorted(indexed.takes[task]))


def _spreads(
    indexed: Indexed, kinds: Counter[tuple[tuple[int, Fraction], ...]], until_s: int
) -> bool:
    """Say whether all shares find room before a second when every task may be cut in pieces."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    load = [solver.Constraint(-solver.infinity(), 0.0) for _ in indexed.machine_ids]
    over = solver.NumVar(0.0, solver.infinity(), "over")
    for machine, row in enumerate(load):
        row.SetUb(float(open_until(indexed, machine, until_s)))
        row.SetCoefficient(over, -1.0)
    for kind, count in kinds.items():
        whole = solver.Constraint(float(count), float(count))
        for machine, share in kind:
            part = solver.NumVar(0.0, solver.infinity(), "")
            whole.SetCoefficient(part, 1.0)
            load[machine].SetCoefficient(part, float(share))
    solver.Minimize(over)
    status = solver.Solve()
    if status != pywraplp.Solver.OPTIMAL:
        # Without an answer nothing is proved, so the second stays possible.
        return True
    return bool(over.solution_value() <= TOLERANCE * max(1, until_s))
