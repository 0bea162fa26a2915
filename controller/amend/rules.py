"""What follows for orders that were taken back."""

from collections.abc import Iterator

from controller.amend.facts import OrderDropped
from controller.amend.fold import still_runs
from controller.state import State
from controller.step import Step
from controller.transient import Transient


def drop_cancelled_orders(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """A cancelled order leaves once nothing runs for it any more."""
    for name, opened in state.orders.items():
        if opened.cancelled is not None and not still_runs(state, name):
            yield Step(OrderDropped(order=name))
