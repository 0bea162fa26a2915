"""What follows for totes."""

from collections.abc import Iterator

from controller.identity.facts import ToteAssigned
from controller.identity.totes import lowest_free
from controller.state import Phase, State
from controller.step import Rule, Step
from controller.transient import Transient


def assign_totes(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """An order gets a tote when its first operation is given to a machine."""
    taken: set[str] = set()
    for order in _without(state):
        tote = lowest_free(state, taken)
        if not tote:
            return
        taken.add(tote)
        yield Step(ToteAssigned(order=order, tote=tote))


def _without(state: State) -> Iterator[str]:
    """Yield the orders that are being made and have no tote, each once."""
    seen: set[str] = set()
    for job in state.jobs.values():
        for member in job.intended.job.members:
            order = member.operation.partition("/")[0]
            if order not in seen and _wants_one(state, order):
                seen.add(order)
                yield order
    if state.plant.totes == 0 or len(state.totes) >= state.plant.totes:
        return
    # Where totes are few, an order may have waited for one until its machine was done.
    for order, opened in state.orders.items():
        if (
            order in state.begun
            and order not in seen
            and not opened.tote
            and _wants_one(state, order)
        ):
            begun = (state.work[name].phase is not Phase.OPEN for name in opened.routing.operations)
            if any(begun):
                yield order


def _wants_one(state: State, order: str) -> bool:
    opened = state.orders.get(order)
    if opened is None or opened.tote:
        return False
    return opened.cancelled is None and opened.packed_s is None


RULES: tuple[Rule, ...] = (assign_totes,)
