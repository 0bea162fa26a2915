"""What setups, batches and lateness cost a search, in the unit of the problem's aim."""

from collections.abc import Iterable
from typing import assert_never

from scheduler.objectives import HOUR_S, cycle_cost, late_cost
from scheduler.problem import Aim, Due, Problem, Setup


def setup_cost(problem: Problem, group: str, setup: Setup) -> int:
    """Return what a setup costs: cents * 3600 where money counts."""
    match problem.aim:
        case Aim.CENTS:
            return setup.cents * HOUR_S + setup.takes_s * problem.rates.get(group, 0)
        case Aim.SCORE:
            return problem.score.setup * setup.takes_s + problem.score.cost * setup.cents
        case Aim.MAKESPAN | Aim.TARDINESS:
            return 0
        case _:
            assert_never(problem.aim)


def miss_cost(problem: Problem, due: Due | None) -> int:
    """Return what a missed cut-off costs."""
    match problem.aim:
        case Aim.CENTS:
            return 0 if due is None else late_cost(due) * HOUR_S
        case Aim.SCORE:
            return 0 if due is None else problem.score.late
        case Aim.MAKESPAN | Aim.TARDINESS:
            return 0
        case _:
            assert_never(problem.aim)


def cycle_costs(problem: Problem) -> tuple[int, ...]:
    """Return what each batch costs, machine by machine."""
    resources = problem.resources.values()
    if problem.aim is not Aim.CENTS:
        return (0,) * len(resources)
    return tuple(cycle_cost(problem, resource) for resource in resources)


def run_costs(problem: Problem) -> tuple[int, ...]:
    """Return what each second of a batch costs, machine by machine."""
    each = problem.score.run if problem.aim is Aim.SCORE else 0
    return (each,) * len(problem.resources)


def kit_costs(problem: Problem) -> tuple[int, ...]:
    """Return what each second costs between the first and the last end of what a task waits for, task by
    task; empty where none does."""
    tasks = problem.tasks.values()
    if problem.aim is not Aim.CENTS or not any(task.kit_cents for task in tasks):
        return ()
    return tuple(task.kit_cents for task in tasks)


def overdue_costs(problem: Problem, dues: Iterable[Due | None]) -> tuple[int, ...]:
    """Return what each second of lateness costs, order by order."""
    weighs = problem.aim is Aim.TARDINESS
    return tuple(due.weight if due is not None and weighs else 0 for due in dues)
