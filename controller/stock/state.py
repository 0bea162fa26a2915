"""What is in the store, and what is on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of a traceable lot, in the material's base unit."""

    material: str
    lot: str
    quantity: int
    received_s: int
    received: int = 0
    """All that came of it."""
    used: int = 0
    corrected: int = 0
    """What counts changed: quantity = received - used + corrected, always."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A receipt on its way."""

    material: str
    reference: str
    quantity: int
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """More of a material was used than the store said there was; somebody should count it."""

    material: str
    lot: str
    quantity: int
    """How much more."""
    machine: str
    at_s: int


class Lack(NamedTuple):
    """An operation cannot start now: this much of a material is missing in the store for it."""

    material: str
    quantity: int
    reference: str = ""
    """The announced receipt that it gets it from; empty: nobody knows when it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What of the open work has its material, and when."""

    at_hand_s: Mapping[str, int] = field(default_factory=dict[str, int])
    """Operation -> second at which its material comes; absent: it is there."""
    without: frozenset[str] = frozenset()
    """Operations for which neither stock nor a receipt is left."""
    lacks: Mapping[str, tuple[Lack, ...]] = field(default_factory=dict[str, tuple[Lack, ...]])
    """Of both of them: what they lack now."""
    free: Mapping[str, int] = field(default_factory=dict[str, int])
    """Material -> on hand and expected, less what open orders need."""
    waiting: Mapping[str, int] = field(default_factory=dict[str, int])
    """Material -> orders that wait for it without a receipt that covers them."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """The last allocation, and what it was worked out from."""

    key: tuple[int, int, int]
    allocation: Allocation


@dataclass(slots=True)
class Store:
    """All material of the plant; `kept` is false for a plant that keeps no stock: nothing runs out there."""

    kept: bool = False
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict[tuple[str, str], Lot])
    """(material, lot) -> what is left, oldest first."""
    expected: dict[str, Expected] = field(default_factory=dict[str, Expected])
    announced: int = 0
    """How many receipts were ever announced; numbers those that nobody named."""
    accounted: set[str] = field(default_factory=set[str])
    """Job orders that are not cleared yet and whose use is recorded; each is recorded once."""
    surprises: dict[str, Surprise] = field(default_factory=dict[str, Surprise])
    """Material -> more was used than was there; until somebody counts or receives it."""
    moved: int = 0
    """Rises when a machine reported another use than planned, so that less or more is left than thought."""
    wants: dict[str, tuple[tuple[str, tuple[tuple[str, int], ...]], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, tuple[tuple[str, int], ...]], ...]],
        compare=False,
        repr=False,
    )
    """Order -> (operation, what it uses), read off its routing once."""
    allocated: Allocated | None = field(default=None, compare=False, repr=False)
    """Kept because dispatch asks for each machine; no fact depends on it."""

    def on_hand(self, material: str) -> int:
        """Return what is left of a material in all its lots."""
        return sum(lot.quantity for lot in self.lots.values() if lot.material == material)

    def lots_of(self, material: str) -> tuple[Lot, ...]:
        """Return a material's lots, oldest first."""
        return tuple(lot for lot in self.lots.values() if lot.material == material)
