"""Machines as the controller sees them: job orders in, reports out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

Value: TypeAlias = int | str


class JobState(StrEnum):
    """Top-level states of a job order. Source: OPC 10031-4 v2.00, 6.2.1 (ISA95 Job Control V2)."""

    NOT_ALLOWED_TO_START = "NotAllowedToStart"
    ALLOWED_TO_START = "AllowedToStart"
    RUNNING = "Running"
    INTERRUPTED = "Interrupted"
    ENDED = "Ended"
    ABORTED = "Aborted"


class Verdict(StrEnum):
    """What became of one member of a batch."""

    GOOD = "good"
    SCRAP = "scrap"
    NOT_MADE = "not_made"


@dataclass(frozen=True, slots=True)
class Member:
    """One operation of a batch with the parameters that the machine must use for it."""

    operation: str
    attempt: int
    subject: str
    recipe: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrder:
    """What one machine is told, for a whole batch. `id` is 32 hex digits, derived from machine, members
    and attempts (R2); `recipe_digest` is the SHA-256 (hex) over family, shared and member parameters."""

    id: str
    label: str
    machine: str
    members: tuple[Member, ...]
    family: str
    shared: tuple[tuple[str, Value], ...] = ()
    """Parameters of the whole cycle, such as the family's parts."""
    recipe_digest: str
    takes_s: int
    """Planned seconds of the cycle without setup; machines with physics of their own ignore it."""
    epoch: int = 1
    expected_boot: int | None = None
    """Boot counter on which the intent was formed (R4); None where the machine has none."""
    count_before: int | None = None
    """The machine's part counter when the intent was formed (R6); None where it has none."""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The verdict on one member."""

    operation: str
    verdict: Verdict
    reason: str = ""
    actuals: tuple[tuple[str, Value], ...] = ()
    """What was measured; material as `used_mg`, `used_ul`, `used_piece`, or `used_tpu85_mg`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How much a whole cycle used up, in base units, as the machine measured it."""

    quantity: int
    unit: Literal["mg", "ul", "piece"]
    material: str = ""
    """Its name where the machine knows it; empty: all material of this unit together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A machine's answer about one job order. Repeated reports are normal; they change nothing."""

    machine: str
    job_order: str
    state: JobState
    results: tuple[UnitResult, ...] = ()
    """Complete when the state is Ended or Aborted."""
    count: int | None = None
    """The machine's part counter at this report, where it has one."""
    detail: str = ""
    used: tuple[Used, ...] = ()
    """Of the whole cycle; what is known of single members stands in their `actuals`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Live values of a machine; never journalled, shown with their age."""

    machine: str
    activity: str
    """`idle`, `setup`, `running`, `held`, `finished`, `failed`."""
    job_order: str = ""
    progress: int = 0
    """Hundredths of a per cent."""
    remaining_s: int | None = None
    """Plant seconds, as the machine estimates them."""
    doing: str = ""
    """`Layer 188 of 364`."""
    signals: tuple[tuple[str, str], ...] = ()
    """Name -> value with unit, for the drawer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """The link to a machine came up (with its boot counter) or was lost."""

    machine: str
    up: bool
    boot: int | None = None
    count: int | None = None
    """Its part counter (starts of job orders), where it has one."""
    detail: str = ""


Notice: TypeAlias = Report | Reading | LinkChange


class Submit(StrEnum):
    """What is known right after a submit; `unknown` is an answer, never an exception."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A submit's or command's outcome with the machine's own words."""

    outcome: Submit
    detail: str = ""


class Knowledge(StrEnum):
    """What a machine can say about a job order when it is asked."""

    NEVER_SEEN = "never_seen"
    HELD = "held"
    """It has the job order (any state up to Running); its report says which."""
    OVER = "over"
    """Ended or Aborted; the report has the results."""
    UNPROVABLE = "unprovable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer to a look-up."""

    knowledge: Knowledge
    report: Report | None = None
    boot: int | None = None
    detail: str = ""


class Command(StrEnum):
    """ISA-95 Job Control methods beyond the submit."""

    START = "Start"
    PAUSE = "Pause"
    RESUME = "Resume"
    STOP = "Stop"
    ABORT = "Abort"
    CANCEL = "Cancel"
    CLEAR = "Clear"


class Driver(Protocol):
    """A machine that may be slow, silent or wrong, but never blocks its caller for long and never raises
    for an unknown outcome. Drivers never retry; only the controller decides. All calls are bounded in
    real time (about 2 s)."""

    @property
    def machine(self) -> str:
        """Return the id of the machine."""
        ...

    async def submit(self, job: JobOrder) -> Answer:
        """Hand the job order over and have it start: one-phase where the machine refuses repeated ids,
        Store, verify, Start elsewhere (R11)."""
        ...

    async def look_up(self, job: JobOrder) -> Finding:
        """Ask the machine what it knows of a job order, on a connection opened after the question arose.
        NEVER_SEEN is said only where the machine's evidence proves it (R5, R6)."""
        ...

    async def held(self) -> tuple[Report, ...] | None:
        """Return everything that the machine holds, for reconciling after a gap; None when it cannot say."""
        ...

    async def command(self, command: Command, job_order: str, comment: str) -> Answer:
        """Give a command about a job order it holds."""
        ...

    def notices(self) -> AsyncIterator[Notice]:
        """Every change in order, until the driver is closed; starts with a LinkChange."""
        ...

    async def close(self) -> None:
        """Let go of the machine; it goes on with what it does."""
        ...


class LinkError(Exception):
    """The machine could not be reached; the network or the machine's owner can do something about it."""


class ProtocolError(Exception):
    """The machine said something that its protocol does not allow; its maker can do something about it."""
