"""What the stock API takes and gives, as its description has it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")
Amount = Annotated[
    str, Field(max_length=40, description="With its unit: `2 kg`, `500 ml`; pieces as `12`.")
]
Code = Annotated[str, Field(max_length=60)]
Words = Annotated[str, Field(max_length=200)]
Stand: TypeAlias = Literal["enough", "low", "waits", "short"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """A lot in the store, in the material's base unit."""

    lot: str
    quantity: int
    amount: str
    received: int
    used: int
    corrected: int
    """What counts changed: quantity = received - used + corrected."""
    received_s: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """A receipt on its way."""

    reference: str
    quantity: int
    amount: str
    at_s: int
    at: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialNow:
    """How a material stands. Quantities are in base units: mg, ul or pieces."""

    name: str
    label: str
    unit: Literal["mg", "ul", "piece"]
    on_hand: int
    reserved: int
    """What open orders still need, work that machines were told included."""
    expected: int
    free: int
    """On hand and expected, less what is reserved."""
    reorder_at: int
    lot_size: int
    lead_time_s: int
    stand: Stand
    why: str
    """What to do about it, or what waits; empty when there is enough."""
    needed_by_s: int | None
    """The last cut-off among the orders that need it."""
    lots: tuple[LotLine, ...]
    receipts: tuple[ReceiptLine, ...]
    revision: int
    """For If-Match: the last event that touched it."""
    changed_by: str
    changed_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockNow:
    """Every material of the plant; where no stock is kept, nothing runs out."""

    kept: bool
    materials: tuple[MaterialNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFound:
    """A lot that carries a code."""

    material: str
    label: str
    lot: str
    quantity: int
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UseLine:
    """What an operation took of a lot."""

    operation: str
    order: str
    machine: str
    label: str
    at_s: int
    quantity: int
    amount: str
    verdict: str
    reported: bool
    """The machine measured it; otherwise it is what was planned."""
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """An order with good parts that hold material of the lot."""

    order: str
    operations: tuple[str, ...]
    quantity: int
    amount: str
    left_s: int | None
    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotNow:
    """A lot: what is left, where it went, and which orders it is in."""

    material: str
    label: str
    lot: LotLine
    uses: tuple[UseLine, ...]
    recall: tuple[RecallLine, ...]
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A lot came in."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    lot: Code
    quantity: Amount
    reference: Code = ""
    """The announced receipt that it is, if it is one."""
    note: Words = ""
    more: bool = False
    """It is another part of a lot that is here already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A receipt is announced, for a plant second or a local time such as `2026-11-25T09:00`."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    quantity: Amount
    at: Annotated[str, Field(max_length=40)] = ""
    at_s: Annotated[int | None, Field(ge=0, le=10**10)] = None
    reference: Code = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is really left of a lot."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    lot: Code
    quantity: Amount
    reason: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Why a receipt will not come."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTaken:
    """It is durable; `says` is what came of it."""

    seq: int
    says: str
