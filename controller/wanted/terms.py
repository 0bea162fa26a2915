"""What every plan has to keep to: granted wishes, and the material that is there."""

from controller.state import State
from controller.stock.allocation import allocate
from scheduler import wishes


def terms_of(state: State, more: tuple[wishes.Wish, ...] = ()) -> wishes.Terms:
    """Return the terms of a plan, as if some more wishes were granted."""
    granted = tuple(each.wish for each in state.wishes.values())
    allocated = allocate(state)
    return wishes.Terms(
        wishes=(*granted, *more), at_hand_s=allocated.at_hand_s, without=allocated.without
    )
