"""Which tote is free, and what carries what."""

from collections.abc import Collection

from controller.state import State


def lowest_free(state: State, taken: Collection[str] = ()) -> str:
    """Return the free tote with the lowest number; empty when the plant has no more."""
    number = 1
    while (tote := f"T-{number}") in state.totes or tote in taken:
        number += 1
    return tote if exists(state, tote) else ""


def exists(state: State, tote: str) -> bool:
    """Tell whether the plant has this tote."""
    most = state.plant.totes
    return most == 0 or int(tote.removeprefix("T-")) <= most
