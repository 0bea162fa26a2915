"""Facts about machines that people caused."""

from dataclasses import dataclass
from typing import TypeAlias

from drivers import Answer, Command
from plant_config import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven:
    """A person wants a running job order paused, resumed or aborted; durable before the machine is told."""

    machine: str
    job_order: str
    command: Command
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered:
    """What the machine said to it; its report about the job order follows by itself."""

    machine: str
    job_order: str
    command: Command
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTakenOut:
    """Nothing is started on it until somebody takes it in again."""

    machine: str
    reason: str
    until_s: int | None
    """When it is expected back; None: nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTakenIn:
    """It works again."""

    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSet:
    """How far Lotwright may act on it by itself."""

    machine: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConfirmed:
    """A person let the next batch start on a machine that starts nothing by itself."""

    machine: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled:
    """Somebody at a machine needs somebody else."""

    machine: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpEnded:
    """Help came, or is no longer needed."""

    machine: str


FloorFact: TypeAlias = (
    CommandGiven
    | CommandAnswered
    | MachineTakenOut
    | MachineTakenIn
    | ModeSet
    | StartConfirmed
    | HelpCalled
    | HelpEnded
)
