"""Facts about orders that were taken back, and about persons that were forgotten."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled:
    """It is not made any further; what runs for it ends first."""

    order: str
    reason: str
    sunk_cents: int
    """Standard cost of its operations that are done or running."""
    made: tuple[str, ...] = ()
    """Operations that are done; their parts are put aside."""
    running: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDropped:
    """Nothing runs for a cancelled order any more; it leaves the state."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonErased:
    """Name, place, texts and refused rows of an order are gone; this fact holds none of them."""

    order: str


AmendFact: TypeAlias = OrderCancelled | OrderDropped | PersonErased
