"""Load balancing over a shop's machines as a linear program: its dual as an exact certificate."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from scheduler.search.shop import Shop
from scheduler.search.spread import certified, set_aside, whole


def least_load(shop: Shop) -> int:
    """Return a second before which no plan ends, from the best weights that there are.

    The program's dual values are only taken as weights, so no rounding of the solver can make the
    bound wrong.
    """
    if not shop.tasks:
        return 0
    aside = set_aside(shop)
    return certified(shop, whole(shop, _duals(shop, aside), aside), aside)


def _duals(shop: Shop, aside: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what a second on each machine is worth; tasks that take the same everywhere are one row."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    span = solver.NumVar(0.0, solver.infinity(), "")
    load = [solver.Constraint(-solver.infinity(), -float(each)) for each in aside]
    for row in load:
        row.SetCoefficient(span, -1.0)
    for kind, count in _kinds(shop).items():
        once = solver.Constraint(float(count), float(count))
        for k, takes in kind:
            part = solver.NumVar(0.0, solver.infinity(), "")
            once.SetCoefficient(part, 1.0)
            load[k].SetCoefficient(part, float(takes))
    solver.Minimize(span)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return np.ones(shop.machines)
    return np.array([max(0.0, -row.DualValue()) for row in load])


def _kinds(shop: Shop) -> dict[tuple[tuple[int, int], ...], int]:
    machine, takes = shop.mode_machine.tolist(), shop.mode_takes.tolist()
    modes = list(zip(machine, takes, strict=True))
    ptr = shop.mode_ptr.tolist()
    kinds: dict[tuple[tuple[int, int], ...], int] = {}
    for a, b in pairwise(ptr):
        kind = tuple(modes[a:b])
        kinds[kind] = kinds.get(kind, 0) + 1
    return kinds
