"""Facts about material."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class LotReceived:
    """A lot is in the store."""

    material: str
    lot: str
    quantity: int
    """In the material's base unit."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotExpected:
    """A receipt is announced."""

    material: str
    reference: str
    quantity: int
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationEnded:
    """An announced receipt came, or will not come."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCounted:
    """Somebody counted, or weighed, what is left of a lot; or a machine used more than was left."""

    material: str
    lot: str
    quantity: int
    reason: str
    job_order: str = ""
    """The job order that used more than the store said there was; empty when a person counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotUsed:
    """A machine used material for operations of a job order: (operation, material, lot, quantity)."""

    machine: str
    job_order: str
    uses: tuple[tuple[str, str, str, int], ...]
    reported: bool = False
    """The machine said how much; otherwise it is what the routing plans."""
    note: str = ""
    """Why what the machine said was not believed."""


StockFact: TypeAlias = LotReceived | LotExpected | ExpectationEnded | LotCounted | LotUsed
