"""A wish in one sentence."""

from typing import assert_never

from controller.names import batch_words, duration, time_of_day
from controller.state import State
from scheduler import wishes


def wish_words(state: State, wish: wishes.Wish) -> str:
    """Say what a planner wishes: `Order 4131 goes first`."""
    match wish:
        case wishes.Pin():
            what, at = batch_words(state, wish.operations), time_of_day(state, wish.start_s)
            return f"{what} stays on {wish.machine} at {at}"
        case wishes.OnMachine():
            return f"{batch_words(state, wish.operations)} runs on {wish.machine}"
        case wishes.NotBefore():
            what = batch_words(state, wish.operations) if wish.operations else f"Order {wish.order}"
            return f"{what} does not start before {time_of_day(state, wish.at_s)}"
        case wishes.Expedite():
            return f"Order {wish.order} goes first"
        case wishes.CloseMachine():
            begin, end = time_of_day(state, wish.begin_s), time_of_day(state, wish.end_s)
            why = f", {wish.why}" if wish.why else ""
            return f"{wish.machine} is closed from {begin} to {end}{why}"
        case wishes.PlateWait():
            return f"Plates wait at most {duration(wish.wait_s)} for more parts"
        case wishes.LevelOrder():
            return "Money comes first" if wish.first == "money" else "A calm plan comes first"
        case _:
            assert_never(wish)
