"""What the loop needs of a journal, whether it lies on disk or in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from controller.desk import Person
from controller.events import Event, Stamped
from controller.requests import RefusedRow


class JournalError(Exception):
    """Nothing was recorded, so nothing may be commanded (R10); whoever looks after the disk or the
    database can do something about it."""


class JournalHeldError(JournalError):
    """Another controller has the journal open; whoever started both can do something about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event and who says so, before the journal gives it its place in the chain."""

    event: Event
    at_s: int
    """Plant time."""
    utc: str
    actor: str = "controller"
    station: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """How many events are right, and the sequence number of the first that is not."""

    events: int
    broken: int | None = None
    why: str = ""


class JournalPort(Protocol):
    """The truth. What waits for the disk is async; the two look-ups for pages answer at once."""

    @property
    def boot(self) -> str:
        """Return the name of this run of the controller."""
        ...

    @property
    def epoch(self) -> int:
        """Return the number of this leadership; it rises with every opening."""
        ...

    async def append(self, drafts: Sequence[Draft]) -> tuple[Stamped, ...]:
        """Record all or none, in this order; return once they are durable. Raises JournalError."""
        ...

    async def read(self, after: int = 0, limit: int | None = None) -> tuple[Stamped, ...]:
        """Return the events behind a sequence number, in order."""
        ...

    async def verify(self) -> Verified:
        """Walk the hash chain from its beginning."""
        ...

    async def remember_person(self, order: str, person: Person) -> None:
        """Keep what must never enter the journal; a later call replaces an earlier one."""
        ...

    def person(self, order: str) -> Person:
        """Look up an order's person; empty when it is unknown or erased."""
        ...

    async def erase_person(self, order: str) -> None:
        """Forget a person for good, and every refused row of the order."""
        ...

    async def remember_refusals(self, file: str, rows: Sequence[RefusedRow]) -> None:
        """Keep the rows of a file that were not taken; what is already there is kept once."""
        ...

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file name, row), the newest file first, its rows in order."""
        ...

    async def erase_refusals(self, file: str) -> None:
        """Forget the refused rows of a file."""
        ...

    def close(self) -> None:
        """Finish what was asked for and let go."""
        ...
