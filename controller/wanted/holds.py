"""Granted wishes as the dispatcher keeps to them: why a batch may not start yet."""

from controller.names import batch_words, order_of, time_of_day
from controller.state import State
from scheduler import Slot, wishes


def held_by_wish(state: State, machine: str, slot: Slot, takes_s: int, now_s: int) -> str | None:
    """Return why granted wishes keep a batch from starting on a machine now; None when none does."""
    for granted in state.wishes.values():
        reason = _held(state, granted.wish, machine, slot, now_s, now_s + takes_s)
        if reason is not None:
            return reason
    return None


def _held(
    state: State, wish: wishes.Wish, machine: str, slot: Slot, now_s: int, end_s: int
) -> str | None:
    match wish:
        case wishes.CloseMachine(begin_s=begin_s) if wish.machine == machine:
            if begin_s < end_s and now_s < wish.end_s:
                return _closed(state, wish, now_s)
        case wishes.NotBefore(at_s=at_s) if now_s < at_s and _meant(state, wish, slot):
            what = batch_words(state, wish.operations) if wish.operations else f"Order {wish.order}"
            return f"{what} does not start before {time_of_day(state, at_s)}, as was asked for."
        case wishes.Pin(operations=operations) | wishes.OnMachine(operations=operations):
            if not set(operations) & set(slot.operations):
                return None
            if wish.machine != machine:
                return (
                    f"{batch_words(state, operations)} stays on {wish.machine}, as was asked for."
                )
            if isinstance(wish, wishes.Pin) and now_s < wish.start_s:
                return f"Pinned: it starts at {time_of_day(state, wish.start_s)}."
        case _:
            pass
    return None


def _meant(state: State, wish: wishes.NotBefore, slot: Slot) -> bool:
    if wish.operations:
        return bool(set(wish.operations) & set(slot.operations))
    return any(order_of(state, name).order.id == wish.order for name in slot.operations)


def _closed(state: State, wish: wishes.CloseMachine, now_s: int) -> str:
    begin, end = time_of_day(state, wish.begin_s), time_of_day(state, wish.end_s)
    why = f": {wish.why}" if wish.why else ""
    if now_s < wish.begin_s:
        return f"It would run into the time from {begin} to {end} when it is closed{why}."
    return f"Closed until {end}{why}."
