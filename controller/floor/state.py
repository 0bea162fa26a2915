"""What people did to a machine, as long as it holds."""

from dataclasses import dataclass

from drivers import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """It is out of service."""

    reason: str
    since_s: int
    until_s: int | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A command that the machine has not followed yet."""

    command: Command
    job_order: str
    since_s: int
    by: str
    reason: str = ""
    told: bool = False
    """The machine took it; its report is awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Somebody called."""

    note: str
    since_s: int
    by: str
