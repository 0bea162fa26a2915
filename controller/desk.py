"""What web pages and API see of the running controller."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from controller.events import Stamped
from controller.insights import ClosingCard
from controller.proposal import Proposal
from controller.requests import Refusal, RefusedRow, Reply, Request
from controller.state import State
from drivers import Reading
from scheduler import wishes


@dataclass(frozen=True, slots=True)
class Live:
    """The last reading of a machine and the real (monotonic) second at which it came."""

    reading: Reading
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the erasable table knows of an order; every field may be empty."""

    name: str = ""
    place: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    """(unit-independent key `line.feature`, words), such as a heel text."""


class Desk(Protocol):
    """Read the state, ask for a change, listen for what was touched. All of it on the loop's thread."""

    @property
    def state(self) -> State:
        """Return the live state; readers never change it."""
        ...

    @property
    def live(self) -> Mapping[str, Live]:
        """Return the last reading of each machine."""
        ...

    def now_s(self) -> int:
        """Return plant time."""
        ...

    def monotonic(self) -> float:
        """Return real seconds, for ages."""
        ...

    async def ask(
        self,
        request: Request,
        *,
        actor: str,
        station: str,
        key: str = "",
        expected: Mapping[str, int] | None = None,
    ) -> Reply:
        """Have a request judged, recorded and answered. A repeated key gives the first answer again;
        `expected` names the revisions that the asker saw (`order:4127`), and another one is a conflict."""
        ...

    async def propose(self, wish: wishes.Wish, *, actor: str) -> Proposal | Refusal:
        """Plan as if a wish were granted, without changing anything."""
        ...

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the open proposals, oldest first."""
        ...

    def touched(self) -> AsyncIterator[frozenset[str]]:
        """Yield what changed, as `machine:P3`, `order:4127`, `clock`, `day`, coalesced."""
        ...

    def why_waiting(self, machine: str) -> str:
        """Say in one sentence why a machine does not work, from the dispatcher's own predicates."""
        ...

    async def events(self, after: int = 0) -> tuple[Stamped, ...]:
        """Read the journal."""
        ...

    async def closing(self) -> ClosingCard:
        """Fold the journal into the closing card of the day."""
        ...

    def person(self, order: str) -> Person:
        """Look up the erasable table."""
        ...

    def refused_rows(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file name, row) for every row that was not taken, newest first."""
        ...
