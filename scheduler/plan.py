"""A solution as the value that `plan.json` holds: what outsiders may rely on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from scheduler.objectives import order_ends
from scheduler.problem import Problem
from scheduler.solution import Solution

if TYPE_CHECKING:
    from plant_config import Order

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def plan_json(
    problem: Problem, solution: Solution, orders: "Iterable[Order]", *, plant: str, origin: str
) -> dict[str, Json]:
    """Write a plan in seconds from `origin` (UTC); an order that has no plan is projected as null."""
    slots = () if solution.schedule is None else solution.schedule.slots
    ends = {} if solution.schedule is None else order_ends(problem, solution.schedule)
    return {
        "plant": plant,
        "origin": origin,
        "levels": [[name, value] for name, value in solution.levels],
        "bound": solution.bound,
        "slots": [
            {
                "machine": slot.machine,
                "setup_start": slot.setup_start_s,
                "start": slot.start_s,
                "end": slot.end_s,
                "operations": list(slot.operations),
            }
            for slot in slots
        ],
        "orders": [
            {
                "order": order.id,
                "due": order.due_s,
                "projected": ends.get(order.id),
                "cut_off": order.cut_off,
            }
            for order in orders
        ],
    }
