"""Everything that an alarm should stand for now, read off the state."""

from controller.alarms.at_machines import at_machines
from controller.alarms.at_orders import at_orders
from controller.alarms.condition import Condition, Found
from controller.names import time_of_day
from controller.state import State
from controller.stock.alarms import at_stock

PLAN_S = 120
"""Real seconds after which a plan that does not come is somebody's business."""


def conditions(state: State, now_s: int) -> dict[str, Condition]:
    """Return the conditions that hold, by the id of their alarm."""
    return dict(
        [
            *at_machines(state, now_s),
            *at_orders(state, now_s),
            *at_stock(state, now_s),
            *_planning(state, now_s),
        ]
    )


def _planning(state: State, now_s: int) -> Found:
    since_s = max(state.unplanned_s, state.plan_s)
    waits = any(o.packed_s is None and o.cancelled is None for o in state.orders.values())
    if not waits or state.demand <= state.planned:
        return
    if now_s - since_s > PLAN_S * max(1, state.clock[2]):
        says = f"No plan could be made since {time_of_day(state, since_s)}."
        yield "plan", Condition(source="controller", priority="urgent", says=says)
