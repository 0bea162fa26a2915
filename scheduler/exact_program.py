"""A choice among whole batches and changes as a program: every task in a batch, every batch in a chain."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import gcd
from typing import TypeAlias

from ortools.math_opt.python import mathopt

from scheduler.columns import Column, Slate
from scheduler.indexed import Indexed

MOST_FAMILIES = 6
"""Families up to which every set of them is led into."""

Sum: TypeAlias = mathopt.LinearTypes


@dataclass(frozen=True, slots=True)
class Program:
    """Batches, first families and changes of machines. Costs are counted in what all of them divide by."""

    indexed: Indexed
    unit: int
    model: mathopt.Model
    covers: list[mathopt.LinearConstraint]
    """Task -> it is in some batch."""
    entered: dict[tuple[int, int], mathopt.LinearConstraint] = field(default_factory=dict)
    """(machine, family) -> each of its batches comes first or after another."""
    left: dict[tuple[int, int], mathopt.LinearConstraint] = field(default_factory=dict)
    """The same -> no more of them are followed than there are."""
    first: dict[tuple[int, int], mathopt.Variable] = field(default_factory=dict)
    """(machine, family) -> the machine begins with it."""
    change: dict[tuple[int, int, int], mathopt.Variable] = field(default_factory=dict)
    """(machine, family before, family after) -> how often."""
    runs: dict[Column, mathopt.Variable] = field(default_factory=dict)

    def cost(self, machine: int, seconds: int) -> float:
        """Return what a batch costs by itself."""
        paid = self.indexed.run_cost[machine] * seconds + self.indexed.cycle_cost[machine]
        return paid / self.unit

    def add(self, column: Column) -> None:
        """Let a batch be chosen."""
        if column in self.runs:
            return
        key = (column.machine, column.family)
        runs = self.runs[column] = self.model.add_variable(lb=0.0)
        self.model.objective.set_linear_coefficient(runs, self.cost(column.machine, column.takes))
        for task in column.members:
            self.covers[task].set_coefficient(runs, 1.0)
        self.entered[key].set_coefficient(runs, -1.0)
        self.left[key].set_coefficient(runs, -1.0)


def unit_of(indexed: Indexed) -> int:
    """Return what all costs of batches and changes divide by."""
    setups = {cost for table in indexed.setup_cost for row in table for cost in row}
    return gcd(*setups, *indexed.cycle_cost, *indexed.run_cost) or 1


def program_of(indexed: Indexed, offered: list[Slate]) -> Program:
    """Say what a choice is, without batches to choose from."""
    model = mathopt.Model(name="batches")
    covers = [model.add_linear_constraint(lb=1.0) for _ in indexed.task_ids]
    program = Program(indexed, unit_of(indexed), model, covers)
    for machine in range(len(indexed.machine_ids)):
        _changes(program, machine, [each.family for each in offered if each.machine == machine])
    _visits(program, {each.family for each in offered})
    return program


def _changes(program: Program, machine: int, families: list[int]) -> None:
    """Let a machine begin with a family, and go from each to each."""
    indexed, model = program.indexed, program.model
    costs = indexed.setup_cost[indexed.group_of[machine]]
    begin = indexed.first_family[machine]
    for family in families:
        first = program.first[machine, family] = model.add_variable(lb=0.0, ub=1.0)
        model.objective.set_linear_coefficient(first, costs[begin][family] / program.unit)
        program.entered[machine, family] = model.add_linear_constraint(lb=0.0, ub=0.0)
        program.left[machine, family] = model.add_linear_constraint(ub=0.0)
        program.entered[machine, family].set_coefficient(first, 1.0)
    firsts = mathopt.fast_sum(program.first[machine, family] for family in families)
    model.add_linear_constraint(firsts <= 1.0)
    for before in families:
        for after in families:
            change = program.change[machine, before, after] = model.add_variable(lb=0.0)
            model.objective.set_linear_coefficient(change, costs[before][after] / program.unit)
            program.entered[machine, after].set_coefficient(change, 1.0)
            program.left[machine, before].set_coefficient(change, 1.0)


def _visits(program: Program, families: set[int]) -> None:
    """Lead some machine into each set of families of which only these machines can do a task."""
    able = able_of(program.indexed)
    for inside in sets_of(sorted(families)):
        wanted = {machines for family in inside for machines in able[family]}
        # Who is led into on one of a few machines is led into on one of more.
        for machines in (each for each in wanted if not any(other < each for other in wanted)):
            into = (_entries(program, machine, inside) for machine in machines)
            program.model.add_linear_constraint(mathopt.fast_sum(into) >= 1.0)


def _entries(program: Program, machine: int, inside: tuple[int, ...]) -> Sum:
    """Count how often a machine is led into a set of families."""
    into = [
        v
        for (m, before, after), v in program.change.items()
        if m == machine and after in inside and before not in inside
    ]
    first = [v for (m, family), v in program.first.items() if m == machine and family in inside]
    return mathopt.fast_sum([*into, *first])


def able_of(indexed: Indexed) -> dict[int, set[frozenset[int]]]:
    """Return for each family the sets of machines between which its tasks choose."""
    able: dict[int, set[frozenset[int]]] = {}
    for task, machines in enumerate(indexed.takes):
        able.setdefault(indexed.family_of[task], set()).add(frozenset(machines))
    return able


def sets_of(families: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield all sets of a few families; of many, each alone and all together."""
    sizes = range(1, len(families) + 1) if len(families) <= MOST_FAMILIES else (1, len(families))
    for count in sizes:
        yield from combinations(families, count)
