"""The proof of a small plain problem, as a stream beside the search: it raises the bound and may end it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from scheduler.problem import Problem
from scheduler.schedule import Schedule
from scheduler.solution import Solution

if TYPE_CHECKING:
    from scheduler.search.shop import Plan

MOST_MODES = 6_000
"""Beyond, the exact model alone takes seconds to build."""


def is_small(problem: Problem) -> bool:
    """Say whether a proof is worth a process."""
    return sum(len(task.modes) for task in problem.tasks.values()) <= MOST_MODES


def load() -> None:
    """Load the exact solver, which takes a second, ahead of the first question."""
    from scheduler import exact_shop as _  # noqa: F401, PLC0415 see `prove`


def prove(
    problem: Problem,
    stop: Callable[[], bool],
    seed: int = 0,
    hint: Schedule | None = None,
    progress: Callable[[Solution], None] | None = None,
    visitor: Callable[[], Schedule | None] | None = None,
) -> Solution:
    """Raise the bound, and find better plans than the search's if there are any, until both meet.

    `progress` hears of each better plan and of each better bound, the latter without a schedule.
    """
    # OR-Tools takes a second to load, and only this process needs it.
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
