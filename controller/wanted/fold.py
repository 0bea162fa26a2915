"""Planners' wishes become state."""

from typing import assert_never

from controller.state import State
from controller.wanted import facts as f
from controller.wanted.state import GrantedWish


def fold(state: State, fact: f.WantedFact, *, actor: str) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    match fact:
        case f.WishGranted():
            state.wished = fact.number
            state.wishes[fact.number] = GrantedWish(
                number=fact.number,
                wish=fact.wish,
                why=fact.why,
                by=actor,
                at_s=state.at_s,
                seq=state.seq,
            )
        case f.WishWithdrawn():
            state.wishes.pop(fact.number, None)
        case _:
            assert_never(fact)
    state.demand = state.seq
    return frozenset({"plan", "wishes"})
