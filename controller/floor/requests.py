"""What people ask of a machine."""

from dataclasses import dataclass
from typing import TypeAlias

from plant_config import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMachine:
    """Pause what runs; it can be resumed."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeMachine:
    """Go on with what was paused."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortMachine:
    """Break off what runs; what is not finished is lost and made again."""

    machine: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOut:
    """Start nothing more on it."""

    machine: str
    reason: str
    until_s: int | None = None
    """Plant second at which it is expected back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn:
    """It works again."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """Say how far Lotwright may act on it by itself."""

    machine: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmStart:
    """Let the next batch start; `operations` are those that the page showed."""

    machine: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHelp:
    """Somebody at this machine needs somebody else."""

    machine: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndHelp:
    """Help came, or is no longer needed."""

    machine: str


FloorRequest: TypeAlias = (
    HoldMachine
    | ResumeMachine
    | AbortMachine
    | TakeOut
    | TakeIn
    | SetMode
    | ConfirmStart
    | CallHelp
    | EndHelp
)
