"""Who gets which material: stock and announced receipts against what open orders need."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from controller.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What of the open work has its material, and when."""

    at_hand_s: Mapping[str, int] = field(default_factory=dict[str, int])
    """Operation -> second at which its material comes; absent: it is there."""
    without: frozenset[str] = frozenset()
    """Operations for which neither stock nor a receipt is left."""


def allocate(state: State) -> Allocation:
    """Hand out stock to open operations, the earliest cut-off first."""
    if not state.store.kept:
        return Allocation()
    return Allocation()
