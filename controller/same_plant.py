"""A journal goes on with the plant files that its open orders were taken on."""

from collections.abc import Sequence

from controller import events as e
from controller.state import State


class PlantChangedError(Exception):
    """The journal was written on other plant files; whoever changed them can do something about it."""


def refuse_another_plant(state: State, events: Sequence[e.Stamped]) -> None:
    """Open work is bound to the plant that it was routed and priced on (R12). Raises
    PlantChangedError."""
    left = e.OrderShipped | e.OrderDropped
    shipped = {s.event.order for s in events if isinstance(s.event, left)}
    accepted = {s.event.order.id for s in events if isinstance(s.event, e.OrderAccepted)}
    digests = [s.event.digest for s in events if isinstance(s.event, e.ControllerStarted)]
    if accepted - shipped and digests and digests[-1] != state.plant.digest:
        raise PlantChangedError(
            f"The files of plant {state.plant.name!r} have changed while "
            f"{len(accepted - shipped)} orders are open. Put the old files back and finish "
            f"those orders, or begin another journal with --db."
        )
