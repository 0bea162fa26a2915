"""A wish to take an order back becomes a fact with its sunk cost, or a refusal that says why."""

from controller.amend.facts import OrderCancelled
from controller.amend.fold import still_runs
from controller.amend.requests import AmendRequest
from controller.judged import Answered, Judged
from controller.names import money, time_of_day
from controller.requests import Refusal
from controller.state import OpenOrder, Phase, State
from plant_config import cost_of


def judge(state: State, request: AmendRequest) -> Answered:
    """Cancel an order that is not packed yet."""
    name = request.order
    opened = state.orders.get(name)
    if opened is None:
        if name in state.known_orders:
            return Refusal(kind="conflict", why=f"Order {name} is no longer open; it has left.")
        return Refusal(kind="unknown", why=f"There is no order {name!r}.")
    if opened.cancelled is not None:
        at = time_of_day(state, opened.cancelled.at_s)
        return Refusal(kind="conflict", why=f"Order {name} was cancelled at {at}.")
    if opened.packed_s is not None:
        at = time_of_day(state, opened.packed_s)
        return Refusal(
            kind="conflict",
            why=f"Order {name} was packed at {at}; it can only come back as a return.",
        )
    if not request.reason.strip():
        return Refusal(
            kind="wrong", why="A cancelled order needs a reason, so that others know it."
        )
    running = still_runs(state, name)
    cancelled = OrderCancelled(
        order=name,
        reason=request.reason.strip(),
        sunk_cents=sunk_cents(state, opened),
        made=tuple(o for o in opened.routing.operations if state.work[o].phase is Phase.DONE),
        running=running,
    )
    sunk = money(state.plant, cancelled.sunk_cents)
    ends = f" {len(running)} running parts are finished first." if running else ""
    return Judged(facts=(cancelled,), says=f"Order {name} is cancelled; {sunk} is sunk.{ends}")


def sunk_cents(state: State, opened: OpenOrder) -> int:
    """Return the standard cost of an order's operations that are done or running."""
    begun = (
        operation
        for name, operation in opened.routing.operations.items()
        if state.work[name].phase is not Phase.OPEN
    )
    return cost_of(state.plant, begun)
