"""What may be asked about material."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLot:
    """A lot came in; with a reference it is one that was expected."""

    material: str
    lot: str
    quantity: int
    reference: str = ""
    note: str = ""
    more: bool = False
    """It is another part of a lot that is here already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectLot:
    """A receipt is announced; without a reference it gets a number."""

    material: str
    reference: str
    quantity: int
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndExpectation:
    """An announced receipt will not come."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLot:
    """Say what is really left of a lot."""

    material: str
    lot: str
    quantity: int
    reason: str


StockRequest: TypeAlias = ReceiveLot | ExpectLot | EndExpectation | CountLot
