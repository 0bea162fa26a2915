"""What a station's routes take in and give out; unknown keys are refused."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")
Name = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A scanned code; `operation` is the part that the page points at, where it points at one."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: Name
    code: Code
    operation: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A part that is meant, of the job order that the page shows."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: Name
    operation: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrapped:
    """A part on a finished plate that is bad, and why."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: Name
    operation: Name
    reason: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was done last: a scan, or a part taken off; without `operation` hand work called good."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    job_order: Name
    operation: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An order and the empty tote that carries its parts from now on."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    order: Name
    tote: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneNow:
    """It is durable; `says` is what came of it."""

    seq: int
    says: str
    undo: str = ""
    """The part that was scanned or taken last, which can be named to take it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """What a code means: a part, an order or a tote, whose it is, where it is, and what comes next."""

    code: str
    kind: str
    """`part`, `order` or `tote`."""
    name: str
    order: str
    operation: str
    attempt: int
    stands: str
    """Of a part: `open`, `making`, `made`, `scrap`, `joined` or `aside`."""
    where: str
    tote: str
    next_step: str
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotNow:
    """A part that a join needs."""

    operation: str
    code: str
    name: str
    where: str
    stands: str
    """`scanned`, `next` or `open`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedNow:
    """A part on a plate, at its place in a field of 1000 by `height`, seen from the door."""

    operation: str
    code: str
    name: str
    order: str
    tote: str
    lies: str
    """`ready`, `aside`, `bad` or `taken`."""
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNow:
    """What the page of a station shows."""

    machine: str
    state: str
    word: str
    step: str
    """`offered`, `begun`, `clear`, or empty when there is nothing to do."""
    kind: str
    """`join`, `plate`, `hand` or `idle`."""
    job_order: str
    label: str
    does: str
    """The instruction."""
    why: str
    person: str
    slots: tuple[SlotNow, ...]
    plate: tuple[PlacedNow, ...]
    plate_height: int
