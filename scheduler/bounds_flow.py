"""What a plant costs at least: how many machines are set up for what from hour to hour, as a flow.

Each group of machines is a flow between families, bucket of time by bucket. A plan says for each bucket
how many machines stand ready for a family at its begin, which changes are made in it (one counts where
its first batch starts), and for how long work of a family runs that is due by then. That obeys all rows
below, so no plan costs less than the cheapest flow: a batch takes at least the shares of its members
(`balance.least_share`), a setup at least the cheapest one into its family, what is due runs between
release and due time, and work of a family runs only where a machine stands ready for it. Whether an
order is late is one variable in all groups, so that its cost is counted once.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import ceil, gcd
from typing import NamedTuple, TypeAlias

from ortools.math_opt.python import mathopt

from scheduler.balance import earliest_ends, open_until
from scheduler.bounds_group import (
    Group,
    Job,
    bucket_before,
    bucket_of,
    group_of,
    least_batches,
    machines_for,
)
from scheduler.indexed import NEVER_S, Indexed
from scheduler.objectives import HOUR_S, risk_per_s

CUT_FAMILIES = 7
"""Families up to which every set of them is looked at."""
UNKNOWN = 1e15
SAFE = 1e-4
"""Relatively: by this much the solver's bound may be too large."""

Sum: TypeAlias = mathopt.LinearTypes


@dataclass(slots=True)
class Flow:
    """The program, in seconds / 3600 and cents."""

    program: mathopt.Model
    late: dict[int, mathopt.Variable]
    costs: list[Sum]


def least_flow(indexed: Indexed, seconds: float) -> Iterator[int]:
    """Yield cents * 3600 that setups, cycles and late orders cost together at least: first with parts
    of machines and changes, then with whole ones, each within some seconds of solving."""
    ends = earliest_ends(indexed)
    program = mathopt.Model(name="flow")
    flow = Flow(program, {}, [])
    constant = 0
    for order, cost in enumerate(indexed.late_cost):
        if cost and indexed.due_s[order] < NEVER_S // 2:
            certain = _missed(indexed, order, ends)
            constant += cost * certain
            if not certain:
                flow.late[order] = program.add_binary_variable()
                flow.costs.append(cost / HOUR_S * flow.late[order])
    for number in range(len(indexed.setup_s)):
        group = group_of(indexed, number, ends, flow.late)
        if group is not None:
            constant += least_batches(indexed, group)
            _add(indexed, flow, group)
    program.minimize(mathopt.fast_sum(flow.costs))
    # What a plan costs is a multiple of what all that it pays divides by.
    unit = _unit(indexed)
    whole = [each for each in program.variables() if each.integer]
    for solver in (mathopt.SolverType.GLOP, mathopt.SolverType.HIGHS):
        for each in whole:
            each.integer = solver is mathopt.SolverType.HIGHS
        least = constant + _solve(program, solver, seconds)
        yield -(-least // unit) * unit


def _solve(program: mathopt.Model, solver: mathopt.SolverType, seconds: float) -> int:
    """Return what the program proves in time: nothing is less than nothing."""
    limit = datetime.timedelta(seconds=seconds)
    answer = mathopt.solve(program, solver, params=mathopt.SolveParameters(time_limit=limit))
    bound = answer.termination.objective_bounds.dual_bound
    if not 0.0 < bound < UNKNOWN:
        return 0
    return int(max(0, ceil(HOUR_S * (bound - SAFE * max(1.0, bound)))))


def _unit(indexed: Indexed) -> int:
    """Return the largest number of which all that a plan can pay is a multiple."""
    risk = risk_per_s(indexed.reserve_s)
    setups = {cost for table in indexed.setup_cost for row in table for cost in row}
    risks = {cost // HOUR_S * risk for cost in indexed.late_cost}
    paid = (*setups, *indexed.cycle_cost, *indexed.late_cost, *risks, *indexed.kit_cost)
    return gcd(*paid) or 1


def _missed(indexed: Indexed, order: int, ends: list[int]) -> int:
    """Return how many cut-offs an order misses for certain."""
    end_s = max([indexed.floor_end[order], *(ends[task] for task in indexed.last_of[order])])
    return sum(end_s > cut_s for cut_s in (indexed.due_s[order], *indexed.again[order]))


def _add(indexed: Indexed, flow: Flow, group: Group) -> None:
    """Add the rows of a group."""
    program, buckets = flow.program, len(group.begins)
    change: Changed = {}
    for pair, _, cost in group.pairs():
        for t in range(buckets):
            change[pair, t] = program.add_integer_variable(lb=0.0)
            flow.costs.append(cost / HOUR_S * change[pair, t])
    stands = _states(indexed, program, group, change)
    work = _work(flow, group, stands.ready)
    _share(indexed, program, group, stands.ready, work)
    _fit(indexed, flow, group, change, work)
    _visits(indexed, program, group, change)
    for family in group.must:
        _needs(indexed, flow, group, stands, family)


Changed: TypeAlias = dict[tuple[tuple[int, int], int], mathopt.Variable]
Work: TypeAlias = dict[tuple[int, int, int], mathopt.Variable]


class Stands(NamedTuple):
    """For each family and bucket."""

    at_begin: dict[tuple[int, int], Sum]
    """Machines that stand ready for it when the bucket begins."""
    ready: dict[tuple[int, int], Sum]
    """Machines that do so at some time of the bucket."""
    entered: dict[tuple[int, int], Sum]
    """Changes to it until the bucket ends."""


def _states(indexed: Indexed, program: mathopt.Model, group: Group, change: Changed) -> Stands:
    stands = Stands({}, {}, {})
    for family in group.changes.families:
        now: Sum = float(sum(indexed.first_family[m] == family for m in group.machines))
        until: Sum = 0.0
        for t in range(len(group.begins)):
            stands.at_begin[family, t] = now
            come = [v for (pair, at), v in change.items() if at == t and pair[1] == family]
            go = [v for (pair, at), v in change.items() if at == t and pair[0] == family]
            enter, left = program.add_variable(lb=0.0), program.add_variable(lb=0.0)
            program.add_linear_constraint(enter == mathopt.fast_sum(come))
            program.add_linear_constraint(
                left == mathopt.fast_sum([now, enter]) - mathopt.fast_sum(go)
            )
            stands.ready[family, t] = mathopt.fast_sum([now, enter])
            through = program.add_variable(lb=0.0)
            program.add_linear_constraint(through == mathopt.fast_sum([until, enter]))
            stands.entered[family, t] = until = through
            now = left
    return stands


def _needs(indexed: Indexed, flow: Flow, group: Group, stands: Stands, family: int) -> None:
    """Ask for whole machines in every stretch of time: as many as its work lasts times the stretch,
    unless some order of it is late. What a shorter stretch asks for already is left out.

    A machine that stands ready once works at most for as long as the stretch is open, and between two
    of its batches it is set up once more.
    Source: the rounding behind the (l, S) inequalities of Barany, Van Roy and Wolsey 1984 (Management
    Science 30, Strong formulations for multi-item capacitated lot sizing).
    """
    begins = group.begins
    jobs = [
        (bucket_of(begins, job.ready_s), bucket_before(begins, job.due_s), job)
        for job in group.jobs
        if job.family == family and job.due_s < NEVER_S // 2
    ]
    lasts = sorted({last for _, last, _ in jobs})
    asked = dict.fromkeys(lasts, 0)
    for first in sorted({first for first, _, _ in jobs}, reverse=True):
        inner = 0
        for last in (each for each in lasts if each >= first):
            own = [job for a, b, job in jobs if a >= first and b <= last]
            longest_s = max(
                open_until(indexed, m, begins[last + 1]) - open_until(indexed, m, begins[first])
                for m in group.machines
            )
            inner = max(inner, asked[last])
            machines = machines_for(own, longest_s, group.changes.into(family)[0])
            if machines > inner:
                late = mathopt.fast_sum(flow.late[job.order] for job in own)
                visits = stands.at_begin[family, first] + (
                    stands.entered[family, last]
                    - (stands.entered[family, first - 1] if first else 0.0)
                )
                flow.program.add_linear_constraint(visits + machines * late >= machines)
                inner = machines
            asked[last] = inner


def _work(flow: Flow, group: Group, ready: dict[tuple[int, int], Sum]) -> Work:
    """Let what is due run in time, where machines stand ready for it, unless its order is late."""
    program, begins = flow.program, group.begins
    classes: dict[tuple[int, int], list[Job]] = {}
    for job in group.jobs:
        if job.due_s < NEVER_S // 2:
            classes.setdefault((job.family, bucket_before(begins, job.due_s)), []).append(job)
    work: Work = {}
    for (family, last), jobs in classes.items():
        for t in range(last + 1):
            there = sum(job.work_s for job in jobs if job.ready_s < begins[t + 1])
            if there:
                runs = work[family, last, t] = program.add_variable(lb=0.0)
                program.add_linear_constraint(runs <= there * ready[family, t])
        for first in sorted({bucket_of(begins, job.ready_s) for job in jobs}):
            own = [job for job in jobs if bucket_of(begins, job.ready_s) >= first]
            done = mathopt.fast_sum(
                work[family, last, t] for t in range(first, last + 1) if (family, last, t) in work
            )
            asked = mathopt.fast_sum(job.work_s * (1 - flow.late[job.order]) for job in own)
            program.add_linear_constraint(done >= asked)
    return work


def _fit(indexed: Indexed, flow: Flow, group: Group, change: Changed, work: Work) -> None:
    """Keep to working hours: in each bucket, in each family's share of it, and from the begin on."""
    program, begins = flow.program, group.begins
    open_s = [sum(open_until(indexed, m, at) for m in group.machines) / HOUR_S for at in begins]
    spent: Sum = 0.0
    for t in range(len(begins) - 1):
        runs = [v for (_, _, at), v in work.items() if at == t]
        room = open_s[t + 1] - open_s[t]
        program.add_linear_constraint(mathopt.fast_sum(runs) <= room + 1 / HOUR_S)
        changes_s = [seconds / HOUR_S * change[pair, t] for pair, seconds, _ in group.pairs()]
        until = program.add_variable(lb=0.0)
        program.add_linear_constraint(until == mathopt.fast_sum([spent, *runs, *changes_s]))
        spent = until
        setups = mathopt.fast_sum(
            job.setup_s * (1 - flow.late[job.order])
            for job in group.jobs
            if job.due_s <= begins[t + 1]
        )
        program.add_linear_constraint(spent + setups <= open_s[t + 1] + 1 / HOUR_S)


def _share(
    indexed: Indexed,
    program: mathopt.Model,
    group: Group,
    ready: dict[tuple[int, int], Sum],
    work: Work,
) -> None:
    """Let machines that stand ready for a family work no longer than a bucket lasts."""
    for family in group.must:
        for t in range(len(group.begins) - 1):
            runs = [v for (f, _, at), v in work.items() if at == t and f == family]
            longest = max(
                open_until(indexed, m, group.begins[t + 1])
                - open_until(indexed, m, group.begins[t])
                for m in group.machines
            )
            if runs:
                program.add_linear_constraint(
                    mathopt.fast_sum(runs) <= longest / HOUR_S * ready[family, t]
                )


def _visits(indexed: Indexed, program: mathopt.Model, group: Group, change: Changed) -> None:
    """Lead some machine into every family, and into every set of families that none begins with."""
    begun = {indexed.first_family[m] for m in group.machines}
    wanted = [family for family in group.must if family not in begun]
    for inside in _sets(wanted):
        enters = [
            v for (pair, _), v in change.items() if pair[1] in inside and pair[0] not in inside
        ]
        program.add_linear_constraint(mathopt.fast_sum(enters) >= 1.0)


def _sets(families: list[int]) -> Iterator[set[int]]:
    most = len(families) if len(families) <= CUT_FAMILIES else 1
    for count in range(1, most + 1):
        yield from map(set, combinations(families, count))
