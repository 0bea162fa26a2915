"""Orders that were taken back become state."""

from typing import assert_never

from controller.amend import facts as f
from controller.state import Cancelled, Phase, State


def fold(state: State, fact: f.AmendFact, *, actor: str) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    match fact:
        case f.OrderCancelled():
            opened = state.orders[fact.order]
            opened.cancelled = Cancelled(
                reason=fact.reason, at_s=state.at_s, by=actor, sunk_cents=fact.sunk_cents
            )
            state.accepted -= 1
            state.cancelled += 1
            state.demand = state.seq
        case f.OrderDropped():
            opened = state.orders.pop(fact.order)
            for operation in opened.routing.operations:
                del state.work[operation]
            state.totes.pop(opened.tote, None)
            state.begun.discard(fact.order)
        case f.PersonErased():
            state.erased[fact.order] = state.at_s
        case _:
            assert_never(fact)
    return frozenset({f"order:{fact.order}", "orders"})


def still_runs(state: State, order: str) -> tuple[str, ...]:
    """Return the operations of an order that are on machines."""
    routing = state.orders[order].routing
    return tuple(name for name in routing.operations if state.work[name].phase is Phase.GIVEN)
