"""Batches when every order is late anyway, chosen as a whole from all that there are.

Nothing is placed in time: what costs is how long batches are, and what is set up between them. The
program (`exact_program`) is first solved over a few batches and parts of them; the prices of tasks
then say which other batches would make it cheaper, until none does. No plan is cheaper than that. Nor
does a batch belong to a plan below some cost if the program, with that batch in it, costs more. What is
left over is mostly few batches, and the best choice among them is the best plan.
Source: Gilmore and Gomory 1961 (Operations Research 9, A linear programming approach to the cutting
stock problem); Baldacci, Christofides and Mingozzi 2008 (Mathematical Programming 115), section 5, for
the batches that are left. A batch with nobody in it counts as a step between families, so where such a detour
pays the choice proves less than there is.
"""

from collections.abc import Callable, Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
from ortools.math_opt.python import mathopt

from scheduler.columns import Column, Floats, Slate, best_batches, slates, worthwhile
from scheduler.exact_batches import lengths, solver_for
from scheduler.exact_choice import best_choice
from scheduler.exact_program import Program, program_of
from scheduler.indexed import Indexed, Rows

MOST_ROUNDS = 400
MOST_COLUMNS = 20_000
"""Batches among which whole ones are chosen; with more it takes too long."""
SLICES = (0.2, 0.5, 2.0, 8.0, 32.0, 128.0, 512.0)
"""Deterministic seconds for whole batches; what is found in them is told before it goes on. In the first
only those of the program are looked at: the better the best plan, the fewer are left."""
PARTS = (1.0, 0.5, 0.25, 0.1, 0.03)
"""Of what lies between bound and best plan: the share for which all batches are looked for."""
CLOSE = 1e-7
"""Relatively: by this much a sum of floats may be too large."""


class Answer(NamedTuple):
    """What no schedule goes below in which all orders are late, and sequences that may cost as much."""

    bound: int
    rows: Rows | None


class _Priced(NamedTuple):
    """Prices at which no batch makes the program cheaper; costs in units of the program."""

    least: float
    tasks: Floats
    beside: dict[tuple[int, int], float]
    """(machine, family) -> what a batch there brings beside its tasks."""


def is_by_size(indexed: Indexed) -> bool:
    """Say whether machines hold by size, and by nothing else."""
    return all(each.capacity and not each.max_members for each in indexed.resources)


def choose(
    indexed: Indexed, rows: Rows, most: Callable[[], int], stop: Callable[[], bool], seed: int = 0
) -> Iterator[Answer]:
    """Yield better and better bounds and sequences; `rows` are known, `most()` is what the best cost."""
    takes = lengths(indexed)
    offered = list(slates(indexed, takes))
    program = program_of(indexed, offered)
    for column in _first(indexed, takes, offered, rows):
        program.add(column)
    late = sum(indexed.late_cost)

    def paid(units: float) -> int:
        return late + program.unit * ceil(units - CLOSE * max(1.0, abs(units)))

    priced = _priced(program, takes, offered, stop)
    if priced is None:
        return
    yield Answer(paid(priced.least), None)
    for number, slice_s in enumerate(SLICES):
        if stop():
            return
        before = most()
        aim = (before - late) / program.unit
        left, until = list(program.runs), priced.least
        if number:
            left, until = _left(program, offered, priced, aim)
        choice = best_choice(program, offered, left, aim, solver_for(slice_s, seed))
        yield Answer(paid(min(until, choice.bound)), choice.rows)
        if number and choice.is_over and (until >= aim or most() == before):
            return


def _first(
    indexed: Indexed, takes: list[int], offered: list[Slate], rows: Rows
) -> Iterator[Column]:
    """Yield batches to begin with: those that are known, and each task alone."""
    for machine, row in enumerate(rows):
        for batch in row:
            longest = max(takes[task] for task in batch)
            yield Column(machine, indexed.family_of[batch[0]], longest, batch)
    for slate in offered:
        for task in slate.tasks:
            yield Column(slate.machine, slate.family, takes[task], (task,))


def _priced(
    program: Program, takes: list[int], offered: list[Slate], stop: Callable[[], bool]
) -> _Priced | None:
    """Add batches that make the program cheaper until there are none; None if that did not end."""
    solver = mathopt.IncrementalSolver(program.model, mathopt.SolverType.GLOP)
    for _ in range(MOST_ROUNDS):
        answer = solver.solve()
        if answer.termination.reason is not mathopt.TerminationReason.OPTIMAL or stop():
            return None
        duals = answer.dual_values()
        prices: Floats = np.array([duals[row] for row in program.covers])
        beside = {
            key: -duals[row] - duals[program.left[key]] for key, row in program.entered.items()
        }
        worst, fresh = 0.0, []
        for slate in offered:
            worths, batches = best_batches(slate, prices)
            gains = worths - _needs(program, slate, beside)
            worst = max(worst, float(gains.max()))
            for at in np.flatnonzero(gains > CLOSE).tolist():
                longest = max((takes[task] for task in batches[at]), default=0)
                column = Column(slate.machine, slate.family, longest, batches[at])
                if longest and column not in program.runs:
                    fresh.append(column)
        if not fresh:
            # Batches are as many as tasks at the most, and each may be cheaper by so much.
            return _Priced(answer.objective_value() - worst * len(takes), prices, beside)
        for column in fresh:
            program.add(column)
    return None


def _needs(program: Program, slate: Slate, beside: dict[tuple[int, int], float]) -> Floats:
    """Return for each length what members must be worth for a batch to cost nothing."""
    costs = [program.cost(slate.machine, int(seconds)) for seconds in slate.lengths]
    return np.array(costs) - beside[slate.machine, slate.family]


def _left(
    program: Program, offered: list[Slate], priced: _Priced, aim: float
) -> tuple[list[Column], float]:
    """Return all batches of plans that cost no more than some units, as much as can be looked at."""
    for part in PARTS:
        until = priced.least + part * max(0.0, aim - priced.least)
        found = _within(program, offered, priced, until)
        if found is not None:
            return found, until
    return list(program.runs), priced.least


def _within(
    program: Program, offered: list[Slate], priced: _Priced, until: float
) -> list[Column] | None:
    """Return all batches of plans that cost no more than that; None if there are too many."""
    slack = until - priced.least + CLOSE * max(1.0, until)
    found: list[Column] = []
    for slate in offered:
        for length, need in enumerate(_needs(program, slate, priced.beside).tolist()):
            most = MOST_COLUMNS - len(found)
            own = worthwhile(slate, length, priced.tasks, need - slack, most)
            if own is None:
                return None
            seconds = int(slate.lengths[length])
            found += [Column(slate.machine, slate.family, seconds, members) for members in own]
    return found
