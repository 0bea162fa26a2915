"""The proof of a problem, as a stream beside the search: it raises the bound and may end it."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from scheduler.problem import Aim, Problem
from scheduler.schedule import Schedule
from scheduler.search.shop import is_path_problem
from scheduler.solution import Solution

if TYPE_CHECKING:
    from scheduler.search.shop import Plan

__all__ = ["is_path_problem", "is_worth_it", "load", "prove"]

MOST_MODES = 6_000
"""Of shops: beyond, the exact model alone takes seconds to build."""


def is_worth_it(problem: Problem) -> bool:
    """Say whether a proof is worth a process."""
    if is_path_problem(problem):
        return sum(len(task.modes) for task in problem.tasks.values()) <= MOST_MODES
    return problem.aim in {Aim.SCORE, Aim.CENTS}


def load(problem: Problem) -> None:
    """Load the exact solver, which takes a second, ahead of the first question."""
    import_module("scheduler.exact_shop" if is_path_problem(problem) else "scheduler.proof_sums")


def prove(
    problem: Problem,
    stop: Callable[[], bool],
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Callable[[Solution], None] | None = None,
    visitor: Callable[[], Schedule | None] | None = None,
    hopeful: Callable[[], None] | None = None,
    awaited: Callable[[], Schedule | None] | None = None,
) -> Solution:
    """Raise the bound, and find better plans than the search's if there are any, until both meet.

    `progress` hears of each better plan and of each better bound, the latter without a schedule;
    `hopeful` is called once an exact solver is at work that has a good chance to end; `awaited` waits
    for what a search finds next, and gives nothing at the end.
    """
    # OR-Tools takes a second to load, and only this process needs it.
    if not is_path_problem(problem):
        from scheduler.proof_sums import prove_sums  # noqa: PLC0415

        return prove_sums(problem, stop, seed, hint, progress, visitor, hopeful, awaited)
    from scheduler import exact_shop, plain  # noqa: PLC0415
    from scheduler.bounds_shop import least_of  # noqa: PLC0415
    from scheduler.objectives import measure_levels  # noqa: PLC0415
    from scheduler.search.graph import ends_of  # noqa: PLC0415
    from scheduler.search.shop import to_schedule, to_shop  # noqa: PLC0415

    shop = to_shop(problem)
    tell = progress if progress is not None else lambda _solution: None

    def solution(plan: "Plan", bound: int | None) -> Solution:
        schedule = to_schedule(problem, shop, plan, ends_of(shop, plan))
        return Solution(schedule=schedule, levels=measure_levels(problem, schedule), bound=bound)

    aim = problem.aim
    least = least_of(shop, aim)
    start = plain.first_plan(problem, shop, seed, hint)
    ports = exact_shop.Ports(
        stop=stop,
        found=lambda plan, _value: tell(solution(plan, None)),
        raised=lambda bound: tell(Solution(schedule=None, bound=bound)),
        visitor=plain.visits(problem, shop, visitor),
    )
    tell(Solution(schedule=None, bound=least))
    end = exact_shop.prove(shop, start, aim, least, ports, seed)
    best = solution(end.plan, end.bound)
    said = f"exact: {best.levels[-1][1]}, {'proven' if end.proven else f'bound {end.bound}'}"
    return Solution(
        schedule=best.schedule,
        levels=best.levels,
        bound=end.bound,
        proven=end.proven,
        tiers=(said,),
    )
