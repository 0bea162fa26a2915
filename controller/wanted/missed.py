"""Wishes that a plan could not keep, in a sentence each."""

from collections.abc import Iterable, Mapping

from controller.names import time_of_day
from controller.state import State
from controller.wanted.holds import placed_by
from controller.wanted.state import GrantedWish
from scheduler import Slot, wishes


def newly_missed(state: State, slots: Iterable[Slot], before: Iterable[Slot]) -> tuple[str, ...]:
    """Say which granted wishes a plan misses that the plan before it kept."""
    placed = placed_by(state.wishes.values())
    known = _missed(state, placed, before).keys()
    found = _missed(state, placed, slots)
    return tuple(said for number, said in found.items() if number not in known)


def _missed(
    state: State, placed: Mapping[str, GrantedWish], slots: Iterable[Slot]
) -> dict[int, str]:
    """Return a sentence for each wish, by its number."""
    found: dict[int, str] = {}
    for slot in slots:
        for granted in (placed[name] for name in slot.operations if name in placed):
            why = _why_missed(state, granted.wish, slot)
            if why:
                found[granted.number] = f"{granted.why} cannot be kept: {why}."
    return found


def _why_missed(state: State, wish: wishes.Wish, slot: Slot) -> str:
    assert isinstance(wish, wishes.Pin | wishes.OnMachine)
    at = time_of_day(state, slot.start_s)
    if slot.machine != wish.machine:
        return f"{slot.machine} has it at {at}"
    late = isinstance(wish, wishes.Pin) and slot.start_s > wish.start_s + wishes.PIN_SLACK_S
    return f"it begins at {at}" if late else ""
