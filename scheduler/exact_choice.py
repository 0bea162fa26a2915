"""The best choice among whole batches, by CP-SAT; `exact_program` says what the rows mean."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ortools.sat.python import cp_model

from scheduler.columns import Column, Slate
from scheduler.exact_batches import ROUNDING
from scheduler.exact_program import Program, able_of, sets_of
from scheduler.indexed import Batch, Indexed, Rows


class Choice(NamedTuple):
    """What no choice goes below, and the best that was found; costs in units of the program."""

    bound: float
    rows: Rows | None
    is_over: bool
    """Nothing is left to look at: there is no choice, or none better than this."""


@dataclass(frozen=True, slots=True)
class _Whole:
    cp: cp_model.CpModel
    indexed: Indexed
    runs: dict[Column, cp_model.IntVar]
    spare: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    """(machine, family) -> batches with nobody in them, for a detour that pays."""
    first: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    change: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)


def best_choice(
    program: Program,
    offered: list[Slate],
    columns: Collection[Column],
    below: float,
    solver: cp_model.CpSolver,
) -> Choice:
    """Look for a choice that costs less than some units."""
    cp = cp_model.CpModel()
    whole = _Whole(cp, program.indexed, {column: cp.new_bool_var("") for column in columns})
    holders: list[list[cp_model.IntVar]] = [[] for _ in program.indexed.task_ids]
    for column, runs in whole.runs.items():
        for task in column.members:
            holders[task].append(runs)
    for each in holders:
        cp.add_bool_or(each)
    for slate in offered:
        key = (slate.machine, slate.family)
        whole.spare[key] = cp.new_int_var(0, len(holders), "")
        whole.first[key] = cp.new_bool_var("")
    for machine in range(len(program.indexed.machine_ids)):
        _chain(whole, machine)
    total = _total(whole, program, offered)
    cp.add(total < round(below))
    cp.minimize(total)
    # The proof is in the linear program of covers, which are clauses to the solver otherwise.
    solver.parameters.linearization_level = 2
    status = solver.solve(cp)
    if status == cp_model.INFEASIBLE:
        return Choice(below, None, is_over=True)
    low = max(0.0, solver.best_objective_bound - ROUNDING)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(low, None, is_over=False)
    return Choice(low, _rows(whole, solver), is_over=status == cp_model.OPTIMAL)


def _chain(whole: _Whole, machine: int) -> None:
    """Bring a machine's batches of all families into one chain."""
    cp = whole.cp
    families = sorted(family for m, family in whole.first if m == machine)
    own = {family: list(_batches(whole, machine, family)) for family in families}
    most = len(whole.indexed.task_ids)
    for before in families:
        for after in families:
            whole.change[machine, before, after] = cp.new_int_var(0, 2 * most, "")
    cp.add_at_most_one(whole.first[machine, family] for family in families)
    for family in families:
        batches = sum(own[family]) + whole.spare[machine, family]
        into = sum(whole.change[machine, each, family] for each in families)
        out_of = sum(whole.change[machine, family, each] for each in families)
        cp.add(whole.first[machine, family] + into == batches)
        cp.add(out_of <= batches)
    able = able_of(whole.indexed)
    for inside in sets_of(families):
        entered = sum(whole.first[machine, family] for family in inside) + sum(
            whole.change[machine, before, after]
            for before in families
            if before not in inside
            for after in inside
        )
        if any(frozenset((machine,)) in able[family] for family in inside):
            cp.add(entered >= 1)
            continue
        led = [each for family in inside for each in own[family]]
        cp.add(most * entered >= cp_model.LinearExpr.sum(led))


def _batches(whole: _Whole, machine: int, family: int) -> Iterator[cp_model.IntVar]:
    for column, runs in whole.runs.items():
        if (column.machine, column.family) == (machine, family):
            yield runs


def _total(whole: _Whole, program: Program, offered: list[Slate]) -> cp_model.LinearExprT:
    """Return what a choice costs; a batch with nobody in it costs no more than the shortest."""
    costs = [
        (runs, program.cost(column.machine, column.takes)) for column, runs in whole.runs.items()
    ]
    for slate in offered:
        shortest = program.cost(slate.machine, int(slate.lengths[0]))
        costs.append((whole.spare[slate.machine, slate.family], shortest))
    indexed = whole.indexed
    for (machine, family), first in whole.first.items():
        table = indexed.setup_cost[indexed.group_of[machine]]
        costs.append((first, table[indexed.first_family[machine]][family] / program.unit))
    for (machine, before, after), change in whole.change.items():
        table = indexed.setup_cost[indexed.group_of[machine]]
        costs.append((change, table[before][after] / program.unit))
    variables, weights = [each for each, _ in costs], [round(cost) for _, cost in costs]
    return cp_model.LinearExpr.weighted_sum(variables, weights)


def _rows(whole: _Whole, solver: cp_model.CpSolver) -> Rows | None:
    """Bring chosen batches into an order that has the chosen changes; None if there is none."""
    seen: set[int] = set()
    batches: dict[tuple[int, int], list[Batch]] = {}
    for column, runs in whole.runs.items():
        fresh = tuple(task for task in column.members if task not in seen)
        if fresh and solver.boolean_value(runs):
            seen |= set(fresh)
            batches.setdefault((column.machine, column.family), []).append(fresh)
    rows: Rows = [[] for _ in whole.indexed.machine_ids]
    for machine, row in enumerate(rows):
        first = [f for (m, f), v in whole.first.items() if m == machine and solver.value(v)]
        counts = {(a, b): solver.value(v) for (m, a, b), v in whole.change.items() if m == machine}
        for family in _walk(first, counts):
            own = batches.get((machine, family))
            if own:
                row.append(own.pop())
    return None if any(batches.values()) else rows


def _walk(first: list[int], counts: dict[tuple[int, int], int]) -> list[int]:
    """Return families in an order that makes each change as often as counted.

    Source: Hierholzer 1873 (Mathematische Annalen 6), on walks along all lines of a figure.
    """
    stack, order = first[:1], list[int]()
    while stack:
        after = next((b for (a, b), n in counts.items() if a == stack[-1] and n > 0), None)
        if after is None:
            order.append(stack.pop())
        else:
            counts[stack[-1], after] -= 1
            stack.append(after)
    return order[::-1]
