"""What people and programs may ask of the running controller; each is answered by a reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from controller.alarms.requests import AlarmRequest
from controller.amend.requests import AmendRequest
from controller.floor.requests import FloorRequest
from controller.identity.requests import IdentityRequest
from controller.stock.requests import StockRequest
from controller.wanted.requests import WantedRequest
from drivers import UnitResult

if TYPE_CHECKING:
    from controller.orders.ready import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrders:
    """Take in a file of orders."""

    name: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTotals:
    """What became of the parts of a file before the last one."""

    accepted: int = 0
    repeated: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOrders:
    """Take in a part of a file whose rows were read and judged beside the loop."""

    name: str
    digest: str
    ready: "tuple[Ready, ...]"
    refused: "tuple[RefusedRow, ...]"
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> its column in the file."""
    before: FileTotals | None = None
    """None: more parts follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearMachine:
    """What was made is off the machine; an unknown job order or a failure on it is settled with it."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginHandWork:
    """A person starts on what a hand station shows."""

    machine: str
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishHandWork:
    """A person is done, with a verdict on each member."""

    machine: str
    job_order: str
    results: tuple[UnitResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideDoubt:
    """A person looked and says what became of a job order in doubt."""

    job_order: str
    verdict: Literal["made_good", "made_scrap", "not_made"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock:
    """Change how fast plant time goes; 0 is a pause."""

    speed: int


LineRequest: TypeAlias = (
    ImportOrders | TakeOrders | ClearMachine | BeginHandWork | FinishHandWork | SetClock
)

Request: TypeAlias = (
    LineRequest
    | DecideDoubt
    | FloorRequest
    | AmendRequest
    | WantedRequest
    | IdentityRequest
    | StockRequest
    | AlarmRequest
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing was changed, in a sentence for the page; `conflict` is another state than expected."""

    kind: Literal["unknown", "conflict", "wrong"]
    why: str
    stale: bool = False
    """The asker saw an older state; asked again without naming it, it may count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row of an order file that was not taken."""

    row: int
    """As a spreadsheet counts: the head is row 1."""
    column: str
    value: str
    reason: str
    order: str = ""
    """The order that the row is of, so that erasing its person finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """An item of a web shop's order that is not made here; no fault of anybody."""

    row: int
    order: str
    item: str
    """What the shop calls it."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file of orders."""

    accepted: tuple[str, ...]
    repeated: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    left_alone: tuple[LeftAlone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """It is durable; `seq` is the last event that it caused."""

    seq: int
    says: str = ""
    """What came of it, in a sentence; empty where the page shows it anyway."""


Reply: TypeAlias = Imported | Taken | Refusal
