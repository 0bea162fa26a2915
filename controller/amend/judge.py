"""A wish to take an order back, or to forget its person, becomes a fact, or a refusal that says why."""

from typing import assert_never

from controller.amend.facts import OrderCancelled, PersonErased
from controller.amend.fold import still_runs
from controller.amend.requests import AmendRequest, CancelOrder, ForgetPerson
from controller.judged import Answered, Judged
from controller.names import money, operation_name, time_of_day
from controller.requests import Refusal
from controller.state import OpenOrder, Phase, State
from plant_config import cost_of

_NAMED = 3
"""Running parts that a reply names; more are counted."""


def judge(state: State, request: AmendRequest) -> Answered:
    """Answer a request about an accepted order from the state alone."""
    match request:
        case CancelOrder():
            return _cancel(state, request)
        case ForgetPerson(order=name):
            return _forget(state, name)
        case _:
            assert_never(request)


def _cancel(state: State, request: CancelOrder) -> Answered:
    opened = state.orders.get(request.order)
    why = _against(state, request.order, opened)
    if why is not None:
        return why
    assert opened is not None
    if not request.reason.strip():
        return Refusal(
            kind="wrong", why="A cancelled order needs a reason, so that others know it."
        )
    cancelled = OrderCancelled(
        order=request.order,
        reason=request.reason.strip(),
        sunk_cents=sunk_cents(state, opened),
        made=tuple(o for o in opened.routing.operations if state.work[o].phase is Phase.DONE),
        running=still_runs(state, request.order),
    )
    return Judged(facts=(cancelled,), says=_says(state, cancelled))


def _against(state: State, name: str, opened: OpenOrder | None) -> Refusal | None:
    if opened is None:
        if name in state.known_orders:
            return Refusal(kind="conflict", why=f"Order {name} is no longer open; it has left.")
        return Refusal(kind="unknown", why=f"There is no order {name!r}.")
    if opened.cancelled is not None:
        at = time_of_day(state, opened.cancelled.at_s)
        return Refusal(kind="conflict", why=f"Order {name} was cancelled at {at}.")
    if opened.packed_s is not None:
        at = time_of_day(state, opened.packed_s)
        why = f"Order {name} was packed at {at}; it can only come back as a return."
        return Refusal(kind="conflict", why=why)
    return None


def _says(state: State, cancelled: OrderCancelled) -> str:
    """Say what it cost, and what still runs for it: `2 parts are finished first: midsole ... on P4`."""
    sunk = (
        f"Order {cancelled.order} is cancelled; {money(state.plant, cancelled.sunk_cents)} is sunk."
    )
    running = running_words(state, cancelled.running)
    return f"{sunk} {running}".rstrip()


def running_words(state: State, running: tuple[str, ...]) -> str:
    """Name what machines still make of an order: it is finished, then put aside; empty for nothing."""
    if not running:
        return ""
    named = [_where(state, operation) for operation in running[:_NAMED]]
    more = len(running) - len(named)
    said = ", ".join(named) + (f" and {more} more" if more else "")
    verb = "is" if len(running) == 1 else "are"
    return f"{said[:1].upper()}{said[1:]} {verb} finished first and put aside."


def _where(state: State, operation: str) -> str:
    job = state.jobs.get(state.work[operation].job_order)
    on = f" on {job.intended.job.machine}" if job is not None else ""
    return f"{operation_name(state, operation)}{on}"


def _forget(state: State, name: str) -> Answered:
    """The same for open orders and for those that left; asked twice, it is done twice."""
    if name not in state.known_orders:
        return Refusal(kind="unknown", why=f"There is no order {name!r}.")
    opened = state.orders.get(name)
    still = ""
    if opened is not None and opened.packed_s is None and opened.cancelled is None:
        still = " It is still open: nobody can make its texts or address it any more."
    says = f"Name, place, texts and refused rows of order {name} are erased.{still}"
    return Judged(facts=(PersonErased(order=name),), says=says, forget=(name,))


def sunk_cents(state: State, opened: OpenOrder) -> int:
    """Return the standard cost of an order's operations that are done or running."""
    begun = (
        operation
        for name, operation in opened.routing.operations.items()
        if state.work[name].phase is not Phase.OPEN
    )
    return cost_of(state.plant, begun)
