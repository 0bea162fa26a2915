"""Batches when every order is late anyway: only what runs and what is changed still costs."""

from collections.abc import Iterator
from itertools import combinations
from math import ceil

from ortools.sat.python import cp_model

from scheduler.exact_batches import ROUNDING, Model, Range, gather, lengths
from scheduler.indexed import Indexed

MOST_FAMILIES = 6
"""Families up to which every set of them is led into."""


def least_late(indexed: Indexed, known: Range, solver: cp_model.CpSolver) -> int:
    """Return what no schedule goes below in which all orders are late.

    Nothing is placed in time. A machine's batches are counted by family, and so are its changes: what
    is set up is left again or is the last. Every schedule is counted so; what is counted need not be
    one, so nothing is returned but the bound.
    """
    cp = cp_model.CpModel()
    takes = lengths(indexed)
    # Releases say nothing here: a batch waits for its last member.
    latest = cp.new_constant(max(indexed.earliest, default=0))
    model = Model(cp, indexed, takes, [], [latest] * len(takes))
    gather(model)
    terms: list[tuple[int, cp_model.IntVar]] = [
        (indexed.run_cost[m] * takes[task] + indexed.cycle_cost[m], leads)
        for (task, m), leads in model.leads.items()
    ]
    for machine in range(len(indexed.machine_ids)):
        terms += _changes(model, machine)
    total = cp_model.LinearExpr.weighted_sum([v for _, v in terms], [cost for cost, _ in terms])
    value = total + sum(indexed.late_cost)
    cp.add(value >= known.least)
    cp.add(value <= known.most)
    cp.minimize(value)
    status = solver.solve(cp)
    if status == cp_model.INFEASIBLE:
        return known.most + 1
    if status == cp_model.OPTIMAL:
        return max(known.least, ceil(solver.objective_value - ROUNDING))
    return max(known.least, ceil(solver.best_objective_bound - ROUNDING))


def _changes(model: Model, machine: int) -> Iterator[tuple[int, cp_model.IntVar]]:
    """Count a machine's changes from family to family; yield what each costs, and how many there are."""
    indexed, cp = model.indexed, model.cp
    own: dict[int, list[cp_model.IntVar]] = {}
    for (task, m), leads in model.leads.items():
        if m == machine:
            own.setdefault(indexed.family_of[task], []).append(leads)
    most = sum(map(len, own.values()))
    first = {family: cp.new_bool_var("") for family in own}
    last = {family: cp.new_bool_var("") for family in own}
    change = {(a, b): cp.new_int_var(0, most, "") for a in own for b in own}
    cp.add_at_most_one(first.values())
    cp.add(sum(first.values()) == sum(last.values()))
    for family, led in own.items():
        batches = cp_model.LinearExpr.sum(led)
        cp.add(first[family] + sum(change[a, family] for a in own) == batches)
        cp.add(last[family] + sum(change[family, b] for b in own) == batches)
    for inside in _sets(list(own)):
        into = [v for (a, b), v in change.items() if a not in inside and b in inside]
        entered = cp_model.LinearExpr.sum([*into, *(first[family] for family in inside)])
        for each in (each for family in inside for each in own[family]):
            cp.add(entered >= each)
    costs = indexed.setup_cost[indexed.group_of[machine]]
    for family, begins in first.items():
        yield costs[indexed.first_family[machine]][family], begins
    for (a, b), count in change.items():
        yield costs[a][b], count


def _sets(families: list[int]) -> Iterator[tuple[int, ...]]:
    sizes = range(1, len(families) + 1) if len(families) <= MOST_FAMILIES else (1, len(families))
    for count in sizes:
        yield from combinations(families, count)
