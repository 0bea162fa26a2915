"""Machines: what they can do, how many at once, what a changeover takes, how they are reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from plant_config.expression import Expression
from plant_config.footprint import UM2_IN_MM2, Plate
from plant_config.units import Amount, Cents, Seconds


class Evidence(StrEnum):
    """What a machine can prove about a job order whose outcome is unknown."""

    LEDGER = "ledger"
    COUNTER = "counter"
    NONE = "none"


class Mode(StrEnum):
    """How far the plant lets the controller act on a machine by itself."""

    WATCH = "watch"
    SUGGEST = "suggest"
    CONFIRM = "confirm"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpcUa:
    """A machine behind an OPC UA server: its object below the Machines folder of the endpoint."""

    kind: Literal["opcua"]
    endpoint: str
    object: str
    profile: str = "isa95"


@dataclass(frozen=True, slots=True, kw_only=True)
class Modbus:
    """A machine behind Modbus/TCP; its register map is a profile."""

    kind: Literal["modbus"]
    host: str
    port: int
    unit: int = 1
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A person at a terminal."""

    kind: Literal["station"]


Link: TypeAlias = Annotated[OpcUa | Modbus | Station, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRule:
    """How operations share one machine cycle: same family, sizes within `capacity`.

    Takes `base_s + sum(work) * per_work_ms // 1000 + max(height) * per_height_ms // 1000
    + max(takes_s)`.
    A capacity of 0 means one operation at a time.
    """

    capacity: Amount = 0
    max_members: int = 0
    """0: no limit but the capacity."""
    least: Amount = 0
    """No cycle is begun with less."""
    plate: Plate | None = None
    """What parts with outlines lie on, side by side; without a `capacity` its area counts as that."""
    base: Seconds = 0
    per_work_ms: int = 0
    per_height_ms: int = 0
    noun: str = "batch"
    """What the floor calls a batch: `plate`, `campaign`."""
    fill_percent: int = 0
    """It waits for more parts until so much of its room is taken, as long as no order is late because of
    it; 0: it starts as soon as it can."""
    spare: Seconds = 1_800
    """What every order keeps before its cut-off while a batch waits."""

    def __post_init__(self) -> None:
        """Let the plate's area be the capacity where none is stated."""
        if self.plate is not None and not self.capacity:
            object.__setattr__(self, "capacity", self.plate.width * self.plate.depth // UM2_IN_MM2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeover:
    """The first rule whose guard holds decides; guards speak of `before.part` and `after.part`."""

    when: Expression
    takes: Seconds = 0
    """Must be said, except where it is forbidden."""
    cost: Cents = 0
    cleaning: bool = False
    forbidden: bool = False
    """The one may not follow the other: work of another family has to come in between."""
    says: str
    """One clause for pages: `rinse, dark to light`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """How long a machine runs one family until it must be cleaned, by time or by size; one of the two."""

    most: Seconds = 0
    most_size: Amount = 0
    takes: Seconds
    """The cleaning."""
    cost: Cents = 0
    says: str
    """One clause for pages: `cleaned after two hours`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Machines that stand in for each other: a cell."""

    name: str
    label: str
    """The kind shown on a tile: `knitting`."""
    physics: Literal["knitter", "printer", "mixer", "oven", "station"]
    offers: tuple[str, ...]
    batch: BatchRule = BatchRule()
    changeovers: tuple[Changeover, ...] = ()
    campaign: Campaign | None = None
    resumable: bool = False
    """A cycle that is not done when a shift ends rests until the next one."""
    initial: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    """Family parts that its machines are set up for in the morning."""
    limits: Mapping[str, tuple[Amount, Amount]] = field(default_factory=dict[str, tuple[int, int]])
    """Recipe parameter -> lowest and highest value that the machine takes."""
    evidence: Evidence = Evidence.LEDGER
    dedupes: bool = True
    """Refuses a repeated job-order id durably, so that one-phase StoreAndStart is safe (R11)."""
    clears_itself: bool = False
    scans: bool = False
    """Parts are scanned before they are joined here; work is good only when all of them were."""
    handling: Seconds = 0
    """Planned between the end of a cycle and the next: somebody walks there, takes off, clears, loads."""
    crew: int = 0
    """People who can do changeovers at the same time; 0: no limit."""
    pool: str = ""
    """What a machine needs one of while it is set up and runs, by its name in `pools`: a skill, a tool."""
    buffer: str = ""
    """Where what a machine makes lies until it is taken, by its name in `buffers`; empty: anywhere."""
    rate: Cents = 0
    """Standard cost of an hour, machine and labour."""
    calendar: str
    stale_after: Seconds = 10
    """Real seconds without a heartbeat after which values are shown as stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Installed equipment."""

    id: str
    group: str
    link: Link
    mode: Mode = Mode.AUTOMATIC
    pace_percent: int = 100
    """Its own seconds against the step's: 110 is a tenth slower."""
    evidence: Evidence | None = None
    """Overrides its group's."""
    person: str = ""
    """Who usually works a hand station, as shown on its tile."""
