"""What every schedule costs at least: orders that cannot be in time, setups that none avoids."""

from collections.abc import Iterator, Mapping
from math import ceil, gcd
from typing import assert_never

from ortools.linear_solver import pywraplp

from scheduler.balance import TOLERANCE, earliest_ends, least_share, open_until
from scheduler.bounding.tasks import latest_ends
from scheduler.indexed import NEVER_S, Indexed, index
from scheduler.objectives import HOUR_S, late_cost, missed_cuts, running_ends
from scheduler.problem import Aim, Problem

MOST_DEADLINES = 40
"""Deadlines per group that are looked at; fewer make a weaker bound, never a wrong one."""


def least(problem: Problem) -> int:
    """Return a value of the aim below which no schedule comes."""
    match problem.aim:
        case Aim.CENTS:
            return least_cents(problem)
        case Aim.SCORE:
            return least_score(problem)
        case Aim.MAKESPAN | Aim.TARDINESS:
            # It loads kernels, which plants' problems do without.
            from scheduler.quick import first_bound  # noqa: PLC0415

            return first_bound(problem)
        case _:
            assert_never(problem.aim)


def least_score(problem: Problem) -> int:
    """Return what setups, the fullest batches and orders that are late for certain count at least."""
    indexed = index(problem)
    shares = sum(
        min(least_share(indexed, k, task) for k in takes)
        for task, takes in enumerate(indexed.takes)
    )
    ends = earliest_ends(indexed)
    late = sum(
        cost
        for cost, due_s, last in zip(indexed.late_cost, indexed.due_s, indexed.last_of, strict=True)
        if any(ends[task] > due_s for task in last)
    )
    late += settled_score(problem)
    return late + least_setups(indexed) + ceil(problem.score.run * shares)


def settled_score(problem: Problem) -> int:
    """Return what orders count that are late already, with nothing left of them to plan."""
    still_open = {task.order for task in problem.tasks.values()}
    return problem.score.late * sum(
        end_s > problem.dues[order].due_s
        for order, end_s in running_ends(problem).items()
        if order not in still_open
    )


def least_cents(problem: Problem) -> int:
    """Return cents below which no schedule comes."""
    indexed = index(problem)
    machines = least_setups(indexed) + _least_cycles(indexed)
    return settled_cents(problem) + _least_late(indexed) + machines // HOUR_S


def settled_cents(problem: Problem) -> int:
    """Return what orders cost that are late already, with nothing left of them to plan."""
    still_open = {task.order for task in problem.tasks.values()}
    return sum(
        late_cost(problem.dues[order]) * missed_cuts(problem.dues[order], end_s)
        for order, end_s in running_ends(problem).items()
        if order not in still_open
    )


def least_setups(indexed: Indexed) -> int:
    """Return what the setups cost that each family needs once where no machine starts with it."""
    return sum(
        min(indexed.setup_cost[group][before][family] for before in befores)
        for group, family, befores in _entered(indexed)
    )


def _least_cycles(indexed: Indexed) -> int:
    """Return what shared cycles cost when each family fills them to the brim, on the cheapest machine."""
    total = 0
    for group in range(len(indexed.setup_cost)):
        machines = [m for m, g in enumerate(indexed.group_of) if g == group]
        most = max((indexed.resources[m].capacity for m in machines), default=0)
        if not most:
            continue
        sizes: dict[int, int] = {}
        for task, takes in enumerate(indexed.takes):
            if _belongs(indexed, group, takes):
                family = indexed.family_of[task]
                sizes[family] = sizes.get(family, 0) + indexed.size[task]
        cheapest = min(indexed.cycle_cost[m] for m in machines)
        total += cheapest * sum(-(-size // most) for size in sizes.values())
    return total


def _entered(indexed: Indexed) -> Iterator[tuple[int, int, set[int]]]:
    """Yield (group, family, families that can stand before it) for each that must be set up."""
    for group, setup_s in enumerate(indexed.setup_s):
        machines = [m for m, g in enumerate(indexed.group_of) if g == group]
        first = {indexed.first_family[machine] for machine in machines}
        can_be = first | {
            indexed.family_of[task]
            for task, takes in enumerate(indexed.takes)
            if any(indexed.group_of[m] == group for m in takes)
        }
        must_be = {
            indexed.family_of[task]
            for task, takes in enumerate(indexed.takes)
            if _belongs(indexed, group, takes)
        }
        for family in sorted(must_be - first):
            befores = {each for each in can_be - {family} if setup_s[each][family] >= 0}
            if befores:
                yield group, family, befores


def _least_late(indexed: Indexed) -> int:
    """Return the least cost of late orders when work only has to fit the hours before its deadline.

    Each order is late or not, in the program perhaps in part; what is in time takes its least share
    of machine seconds before its latest end, and each family that no machine starts with one setup.
    """
    solver = pywraplp.Solver.CreateSolver("GLOP")
    ends = earliest_ends(indexed)
    late = []
    for order, last in enumerate(indexed.last_of):
        end_s = max([indexed.floor_end[order], *(ends[task] for task in last)])
        certain = end_s > indexed.due_s[order]
        late.append(solver.NumVar(1.0 if certain else 0.0, 1.0, f"late {order}"))
    latest = latest_ends(indexed)
    setups = {
        (group, family): min(indexed.setup_s[group][before][family] for before in befores)
        for group, family, befores in _entered(indexed)
    }
    for group in range(len(indexed.setup_s)):
        tasks = [
            task
            for task, takes in enumerate(indexed.takes)
            if latest[task] < NEVER_S // 2 and _belongs(indexed, group, takes)
        ]
        deadlines = sorted({latest[task] for task in tasks})
        for deadline in deadlines[:: 1 + len(deadlines) // MOST_DEADLINES]:
            early = [task for task in tasks if latest[task] <= deadline]
            row = _fits_before(solver, indexed, group, early, deadline, late)
            for family in sorted({indexed.family_of[task] for task in early}):
                if setups.get((group, family)):
                    of_family = (t for t in early if indexed.family_of[t] == family)
                    orders = sorted({indexed.order_of[task] for task in of_family})
                    _needs_setup(solver, row, setups[group, family], [late[o] for o in orders])
    cents = [cost // HOUR_S for cost in indexed.late_cost]
    solver.Minimize(solver.Sum([each * var for each, var in zip(cents, late, strict=True)]))
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return 0
    value = float(solver.Objective().Value())
    # An order is late as a whole, so what is paid is a multiple of what all late costs divide by.
    unit = gcd(*cents) or 1
    return max(0, ceil((value - TOLERANCE * max(1.0, value)) / unit)) * unit


def _belongs(indexed: Indexed, group: int, takes: Mapping[int, int]) -> bool:
    return bool(takes) and all(indexed.group_of[machine] == group for machine in takes)


def _fits_before(
    solver: pywraplp.Solver,
    indexed: Indexed,
    group: int,
    tasks: list[int],
    deadline: int,
    late: list[pywraplp.Variable],
) -> pywraplp.Constraint:
    """Demand that what is in time of some tasks fits the group's hours before a deadline."""
    machines = [m for m, g in enumerate(indexed.group_of) if g == group]
    room_s = sum(open_until(indexed, machine, deadline) for machine in machines)
    share_of: dict[int, float] = {}
    for task in tasks:
        share_s = float(min(least_share(indexed, m, task) for m in indexed.takes[task]))
        order = indexed.order_of[task]
        share_of[order] = share_of.get(order, 0.0) + share_s / HOUR_S
    # A second more room than there is keeps the solver's rounding on the safe side.
    row = solver.Constraint(-solver.infinity(), (room_s + 1) / HOUR_S - sum(share_of.values()))
    for order, share in share_of.items():
        row.SetCoefficient(late[order], -share)
    return row


def _needs_setup(
    solver: pywraplp.Solver,
    row: pywraplp.Constraint,
    setup_s: int,
    orders: list[pywraplp.Variable],
) -> None:
    """Take a setup out of the same hours unless all orders that want it are late."""
    wanted = solver.NumVar(0.0, 1.0, "")
    row.SetCoefficient(wanted, setup_s / HOUR_S)
    for late in orders:
        needs = solver.Constraint(1.0, solver.infinity())
        needs.SetCoefficient(wanted, 1.0)
        needs.SetCoefficient(late, 1.0)
