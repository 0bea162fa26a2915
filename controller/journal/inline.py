"""The journal of virtual time: the same rows and rules, no threads, one outcome for each input."""

from collections.abc import Sequence
from pathlib import Path

from controller.access import AccessWriting, Book, Entry
from controller.desk import Person
from controller.events import Stamped
from controller.journal.codec import chain, stamped
from controller.journal.database import DatabaseStore
from controller.journal.port import Draft, JournalError, Verified
from controller.journal.store import (
    Append,
    ErasePerson,
    EraseRefusals,
    KeepAccess,
    KeepExchange,
    KeepPerson,
    KeepRefusals,
    Memory,
    MemoryStore,
    Store,
    read_events,
    verify_chain,
)
from controller.outbox import ExchangeBook, ExchangeWriting
from controller.requests import RefusedRow


class InlineJournal:
    """Writes before it returns and never lets another task run in between.

    After a simulated crash, build another one over the same Memory (or over the same path, once
    this one is closed): the new one leads, and the old one can no longer write."""

    def __init__(self, kept: Memory | Path | None = None, *, boot: str = "") -> None:
        if isinstance(kept, Path):
            self._store: Store = DatabaseStore(f"sqlite:///{kept}", owner=boot or "controller")
        else:
            self._store = MemoryStore(kept if kept is not None else Memory())
        self._boot = boot or f"run {self._store.epoch}"
        self._head = self._store.head()
        self._closed = False

    @property
    def boot(self) -> str:
        """Return the name of this run of the controller."""
        return self._boot

    @property
    def epoch(self) -> int:
        """Return the number of this leadership."""
        return self._store.epoch

    async def append(self, drafts: Sequence[Draft]) -> tuple[Stamped, ...]:
        """Record all or none."""
        self._refuse_when_closed()
        if not drafts:
            return ()
        rows = chain(drafts, self._head, boot=self._boot, epoch=self.epoch)
        self._store.write([Append(rows)])
        self._head = (rows[-1].seq, rows[-1].hash)
        return tuple(stamped(row, draft.event) for row, draft in zip(rows, drafts, strict=True))

    async def read(self, after: int = 0, limit: int | None = None) -> tuple[Stamped, ...]:
        """Return the events behind a sequence number."""
        return read_events(self._store, after, limit)

    async def verify(self) -> Verified:
        """Walk the hash chain from its beginning."""
        return verify_chain(self._store, self._head)

    async def remember_person(self, order: str, person: Person) -> None:
        """Keep what must never enter the journal."""
        self._refuse_when_closed()
        self._store.write([KeepPerson(order, person)])

    def person(self, order: str) -> Person:
        """Look up an order's person."""
        return self._store.person(order)

    async def erase_person(self, order: str) -> None:
        """Forget a person for good, and every refused row of the order."""
        self._refuse_when_closed()
        self._store.write([ErasePerson(order)])

    async def remember_refusals(self, file: str, rows: Sequence[RefusedRow]) -> None:
        """Keep the rows of a file that were not taken."""
        self._refuse_when_closed()
        self._store.write([KeepRefusals(file, tuple(rows))])

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file name, row), the newest file first."""
        return self._store.refusals()

    async def erase_refusals(self, file: str) -> None:
        """Forget the refused rows of a file."""
        self._refuse_when_closed()
        self._store.write([EraseRefusals(file)])

    async def keep_access(self, writings: Sequence[AccessWriting]) -> None:
        """Change users, sessions, tokens, links, and add to the access log: all or nothing."""
        self._refuse_when_closed()
        self._store.write([KeepAccess(tuple(writings))])

    def access_book(self) -> Book:
        """Return users, sessions, tokens and links."""
        return self._store.access_book()

    def access_log(self, limit: int = 200) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        return self._store.access_log(limit)

    async def keep_exchange(self, writings: Sequence[ExchangeWriting]) -> None:
        """Change what is exchanged with other systems: all or nothing."""
        self._refuse_when_closed()
        self._store.write([KeepExchange(tuple(writings))])

    def exchange_book(self) -> ExchangeBook:
        """Return deliveries, the cursor, column maps and answered webhooks."""
        return self._store.exchange_book()

    def close(self) -> None:
        """Let go; what survives is in the Memory or the file."""
        self._closed = True
        self._store.close()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise JournalError("The journal is closed.")
