"""Wishes end by themselves when nothing is left that they speak of."""

from collections.abc import Iterator

from controller.events import WishWithdrawn
from controller.state import Phase, State
from controller.step import Step
from controller.transient import Transient
from scheduler import wishes


def withdraw_what_is_over(state: State, _transient: Transient, now_s: int) -> Iterator[Step]:
    """A wish about an order that has left, work that began, or a time that has passed is over."""
    for number, granted in state.wishes.items():
        if why := _over(state, granted.wish, now_s):
            yield Step(WishWithdrawn(number=number, why=why))
            return  # the next round sees this one folded


def _over(state: State, wish: wishes.Wish, now_s: int) -> str:
    match wish:
        case wishes.Pin(operations=operations) | wishes.OnMachine(operations=operations):
            begun = not any(_open(state, name) for name in operations)
            return "its work has begun" if begun else ""
        case wishes.NotBefore(order=order, at_s=at_s):
            return "its time has come" if at_s <= now_s else _gone(state, order)
        case wishes.Expedite(order=order):
            return _gone(state, order)
        case wishes.CloseMachine(end_s=end_s):
            return "the machine is open again" if end_s <= now_s else ""
        case _:
            return ""


def _gone(state: State, order: str) -> str:
    opened = state.orders.get(order)
    if opened is None:
        return "the order has left"
    return "" if opened.cancelled is None else "the order was cancelled"


def _open(state: State, operation: str) -> bool:
    work = state.work.get(operation)
    return work is not None and work.phase is Phase.OPEN
