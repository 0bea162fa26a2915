"""The facts, in the past tense. What is not here did not happen.

The line's own facts stand here; those of an area stand in its `facts.py` and are named here.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from controller.alarms.facts import (
    AlarmAcknowledged,
    AlarmEnded,
    AlarmFact,
    AlarmRaised,
    AlarmShelved,
)
from controller.amend.facts import AmendFact, OrderCancelled, OrderDropped, PersonErased
from controller.doubts.facts import DoubtFact, VerdictSigned
from controller.floor.facts import (
    CommandAnswered,
    CommandGiven,
    FloorFact,
    HelpCalled,
    HelpEnded,
    MachineTakenIn,
    MachineTakenOut,
    ModeSet,
    StartConfirmed,
)
from controller.identity.facts import (
    FinishUndone,
    IdentityFact,
    PartScanned,
    PartScrapped,
    PartTaken,
    ScanRefused,
    ScanUndone,
    ToteAssigned,
)
from controller.stock.facts import (
    ExpectationEnded,
    LotCounted,
    LotExpected,
    LotReceived,
    LotUsed,
    StockFact,
)
from controller.wanted.facts import WantedFact, WishGranted, WishWithdrawn
from drivers import Answer, JobOrder, Report
from plant_config import Order
from scheduler import Slot

VERSION = 2
"""Version of the events' shapes; a change of shape adds one and a step in `journal.upgrade`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantOpened:
    """The first fact of a journal: which plant, and where second 0 lies."""

    plant: str
    digest: str
    origin_utc: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerStarted:
    """A controller took over; every machine is asked before it is told anything (R7)."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """From `utc` on, plant time goes `speed` times as fast, starting at `plant_s`; 0 is a pause."""

    utc: str
    plant_s: int
    speed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImported:
    """A file of orders was read; `digest` is over its content, so that it counts once."""

    digest: str
    name: str
    accepted: int
    refused: int
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefused:
    """A row that cannot be made. Its value is personal data and stays in the erasable table."""

    file: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccepted:
    """A customer's order, checked against the product and priced."""

    order: Order
    cost_cents: int
    """Standard cost of its own operations and materials at the time of the quote."""
    premium_cents: int
    """What its options cost more than the base price."""
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPublished:
    """A verified schedule that dispatch follows from now on."""

    number: int
    why: str
    slots: tuple[Slot, ...]
    levels: tuple[tuple[str, int], ...]
    bound: int | None
    tiers: tuple[str, ...]
    """What each step of the engine contributed, a clause each."""
    took_ms: int
    answers: int
    """Sequence number up to which it knows what is wanted."""
    ends: tuple[tuple[str, int], ...] = ()
    """Order -> its projected end."""
    says: str = ""
    """What it changes for people, in a line: `Plan 9: 3 orders moved, 4127 is now at risk.`"""
    late_ends: tuple[tuple[str, int], ...] = ()
    """Order -> second by which it is packed in nine of ten replays with random durations."""
    waits: tuple[tuple[tuple[str, ...], int, int], ...] = ()
    """(operations, second, parts) of batches that wait until then for so many more, not being full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobIntended:
    """A machine is going to be told (R1): durable before the first byte leaves."""

    job: JobOrder
    plan: int
    setup_s: int
    """Predicted seconds of changeover before it."""
    setup_cents: int
    setup_says: str
    cleaning: bool
    family_before: str
    planned_start_s: int
    planned_end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAnswered:
    """What the machine said right after it was told; `unknown` leads to a look-up, never to a resend."""

    job_order: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReported:
    """A machine's report about a job order."""

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProvenUnmade:
    """The machine proved that it never started this job order; its members may be told again (R3)."""

    job_order: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDoubted:
    """Nobody but a person can tell what became of this job order (R5)."""

    job_order: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtDecided:
    """A person looked and said what became of it."""

    job_order: str
    verdict: Literal["made_good", "made_scrap", "not_made"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobConfirmed:
    """The machine was told that its result is safe, and let go of the job order (R8)."""

    machine: str
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineCleared:
    """What was made is off the machine, so the next job order may start."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRestored:
    """A machine answers, with its boot and part counters."""

    machine: str
    boot: int | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost:
    """A machine no longer answers."""

    machine: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanFound:
    """A machine holds a job order that this journal does not know; it is never started over (R7)."""

    machine: str
    job_order: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanSettled:
    """A person took the unknown job order off the machine."""

    machine: str
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPacked:
    """The last operation of an order is good."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped:
    """The carrier left with it."""

    order: str
    carrier: str
    on_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """The last cut-off of the day has passed."""

    due: int
    shipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKept:
    """A request that carried a key was answered; the same key gets the same answer again."""

    key: str
    """SHA-256 of actor and key."""
    request: str
    """SHA-256 of what was asked."""
    says: str


LineFact: TypeAlias = (
    PlantOpened
    | ControllerStarted
    | ClockSet
    | FileImported
    | RowRefused
    | OrderAccepted
    | PlanPublished
    | JobIntended
    | JobAnswered
    | JobReported
    | JobProvenUnmade
    | JobDoubted
    | DoubtDecided
    | JobConfirmed
    | MachineCleared
    | LinkRestored
    | LinkLost
    | OrphanFound
    | OrphanSettled
    | OrderPacked
    | OrderShipped
    | DayClosed
    | RequestKept
)

Event: TypeAlias = (
    LineFact | FloorFact | AmendFact | WantedFact | IdentityFact | StockFact | AlarmFact | DoubtFact
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """An event in its envelope. `hash` is the SHA-256 of the canonical envelope without it."""

    seq: int
    at_s: int
    """Plant time."""
    utc: str
    actor: str
    """`controller`, `machine P3`, `person amira`, `cli`."""
    station: str
    boot: str
    """Which run of the controller wrote it."""
    epoch: int
    """Which leader (controller lease) wrote it."""
    version: int
    event: Event
    previous: str
    hash: str


__all__ = [
    "VERSION",
    "AlarmAcknowledged",
    "AlarmEnded",
    "AlarmFact",
    "AlarmRaised",
    "AlarmShelved",
    "AmendFact",
    "ClockSet",
    "CommandAnswered",
    "CommandGiven",
    "ControllerStarted",
    "DayClosed",
    "DoubtDecided",
    "DoubtFact",
    "Event",
    "ExpectationEnded",
    "FileImported",
    "FinishUndone",
    "FloorFact",
    "HelpCalled",
    "HelpEnded",
    "IdentityFact",
    "JobAnswered",
    "JobConfirmed",
    "JobDoubted",
    "JobIntended",
    "JobProvenUnmade",
    "JobReported",
    "LineFact",
    "LinkLost",
    "LinkRestored",
    "LotCounted",
    "LotExpected",
    "LotReceived",
    "LotUsed",
    "MachineCleared",
    "MachineTakenIn",
    "MachineTakenOut",
    "ModeSet",
    "OrderAccepted",
    "OrderCancelled",
    "OrderDropped",
    "OrderPacked",
    "OrderShipped",
    "OrphanFound",
    "OrphanSettled",
    "PartScanned",
    "PartScrapped",
    "PartTaken",
    "PersonErased",
    "PlanPublished",
    "PlantOpened",
    "RequestKept",
    "RowRefused",
    "ScanRefused",
    "ScanUndone",
    "Stamped",
    "StartConfirmed",
    "StockFact",
    "ToteAssigned",
    "VerdictSigned",
    "WantedFact",
    "WishGranted",
    "WishWithdrawn",
]
