"""What the API takes in and gives out, as values; unknown keys are refused."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

from controller.requests import LeftAlone, RefusedRow
from drivers import Verdict

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast plant time shall go; 0 is a pause."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    speed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A command that needs no words."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A person starts on a job order of a hand station."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdict on one member."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    operation: str
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A person is done with a job order of a hand station."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: str
    results: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a person found out about a job order in doubt."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    verdict: Literal["made_good", "made_scrap", "not_made"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A refusal: nothing was changed, and why."""

    why: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockNow:
    """The anchor of plant time, and what it shows now: plant_s + (utcnow - utc) * speed."""

    utc: str
    plant_s: int
    speed: int
    origin_utc: str
    now_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineNow:
    """A machine as its tile shows it, with what programs need beside it."""

    id: str
    group: str
    kind: str
    state: str
    """`doubt`, `fail`, `ask`, `stale`, `hold`, `out`, `setup`, `run` or `wait`."""
    word: str
    what: str
    who: str
    why: str
    next: str
    job_order: str
    label: str
    job_phase: str
    activity: str
    progress_percent: int | None
    remaining_s: int | None
    linked: bool
    stale: bool
    needs_clear: bool
    failed: str
    boot: int | None
    family: str
    signals: dict[str, str]
    age_s: float | None
    """Real seconds since the last reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMember:
    """One piece of hand work with what it must become."""

    operation: str
    subject: str
    name: str
    recipe: dict[str, int | str]
    texts: dict[str, str]
    """Feature -> the customer's own words, from the erasable table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkNow:
    """Open hand work at a station."""

    machine: str
    job_order: str
    label: str
    state: Literal["offered", "begun"]
    members: tuple[WorkMember, ...]
    takes_s: int
    scan: tuple[str, ...] = ()
    """Codes of the parts that are still to be scanned before it is good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtNow:
    """A job order of which nobody but a person can tell what became."""

    job_order: str
    machine: str
    label: str
    why: str
    since_s: int
    members: tuple[WorkMember, ...]
    value_cents: int = 0
    """Standard cost of the members and of what was made for them before."""
    signed_by: str = ""
    """Whose verdict waits for another person; empty for nobody's."""
    signed_verdict: str = ""
    says: str = ""
    """How far two persons are with it; empty where one decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutNow:
    """A carrier's cut-off of today; `packed` counts what left, too."""

    carrier: str
    at: str
    due: int
    packed: int
    shipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNow:
    """The day so far."""

    closed: bool
    due: int
    packed: int
    shipped: int
    at_s: int
    time: str
    """Plant time of day: `11:42`."""
    cuts: tuple[CutNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The controller answers; how many machines do."""

    plant: str
    label: str
    seq: int
    machines: int
    linked: int
    orders: int
    plan: int | None
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A journal entry."""

    seq: int
    at_s: int
    time: str
    """Plant time of day: `11:42`."""
    utc: str
    actor: str
    station: str
    kind: str
    event: dict[str, object]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedNow:
    """What became of a file of orders."""

    accepted: tuple[str, ...]
    repeated: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    left_alone: tuple[LeftAlone, ...] = ()
    """Items of a web shop's orders that are not made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNow:
    """It is durable; `seq` is the last event that it caused."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictNow:
    """It is durable; `decided` is false while another person has to confirm it, and `says` says so."""

    seq: int
    decided: bool
    says: str
