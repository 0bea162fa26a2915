"""The journal of production: one writing thread with group commit behind an async face."""

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Self

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
    Store,
    Writing,
    read_events,
    verify_chain,
)
from controller.outbox import ExchangeBook, ExchangeWriting
from controller.requests import RefusedRow

_GROUP = 256
"""Requests that share one commit at most; a commit costs as much for one as for all of them."""


@dataclass(frozen=True, slots=True)
class _Ask:
    """What one caller waits for."""

    work: tuple[Draft, ...] | Writing
    future: asyncio.Future[tuple[Stamped, ...]]
    loop: asyncio.AbstractEventLoop


class Journal:
    """Owns the store and the thread that writes to it; the event loop never waits for a disk."""

    def __init__(self, store: Store, boot: str) -> None:
        self._store = store
        self._boot = boot
        self._asks: SimpleQueue[_Ask | None] = SimpleQueue()
        self._ended = False
        self._head = store.head()
        self._doubtful = False
        """The last writing failed, so it must be looked up whether it is there after all."""
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, url: str, *, boot: str = "") -> Self:
        """Open or create a journal by its URL. Raises JournalHeldError, JournalError."""
        store = DatabaseStore(url, owner=boot or "controller")
        return cls(store, boot or f"run {store.epoch}")

    @property
    def boot(self) -> str:
        """Return the name of this run of the controller."""
        return self._boot

    @property
    def epoch(self) -> int:
        """Return the number of this leadership."""
        return self._store.epoch

    async def append(self, drafts: Sequence[Draft]) -> tuple[Stamped, ...]:
        """Record all or none; return once they are durable."""
        return await self._ask(tuple(drafts)) if drafts else ()

    async def read(self, after: int = 0, limit: int | None = None) -> tuple[Stamped, ...]:
        """Return the events behind a sequence number."""
        return await asyncio.to_thread(read_events, self._store, after, limit)

    async def verify(self) -> Verified:
        """Walk the hash chain from its beginning."""
        return await asyncio.to_thread(verify_chain, self._store, self._head)

    async def remember_person(self, order: str, person: Person) -> None:
        """Keep what must never enter the journal."""
        await self._ask(KeepPerson(order, person))

    def person(self, order: str) -> Person:
        """Look up an order's person."""
        return self._store.person(order)

    async def erase_person(self, order: str) -> None:
        """Forget a person for good, and every refused row of the order."""
        await self._ask(ErasePerson(order))

    async def remember_refusals(self, file: str, rows: Sequence[RefusedRow]) -> None:
        """Keep the rows of a file that were not taken."""
        await self._ask(KeepRefusals(file, tuple(rows)))

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file name, row), the newest file first."""
        return self._store.refusals()

    async def erase_refusals(self, file: str) -> None:
        """Forget the refused rows of a file."""
        await self._ask(EraseRefusals(file))

    async def keep_access(self, writings: Sequence[AccessWriting]) -> None:
        """Change users, sessions, tokens, links, and add to the access log: all or nothing."""
        await self._ask(KeepAccess(tuple(writings)))

    def access_book(self) -> Book:
        """Return users, sessions, tokens and links."""
        return self._store.access_book()

    def access_log(self, limit: int = 200) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        return self._store.access_log(limit)

    async def keep_exchange(self, writings: Sequence[ExchangeWriting]) -> None:
        """Change what is exchanged with other systems: all or nothing."""
        await self._ask(KeepExchange(tuple(writings)))

    def exchange_book(self) -> ExchangeBook:
        """Return deliveries, the cursor, column maps and answered webhooks."""
        return self._store.exchange_book()

    def close(self) -> None:
        """Write what was asked for, then let go; a second call does nothing."""
        self._asks.put(None)
        self._thread.join()
        self._store.close()

    async def _ask(self, work: tuple[Draft, ...] | Writing) -> tuple[Stamped, ...]:
        if self._ended:
            raise JournalError("The journal is closed.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Stamped, ...]] = loop.create_future()
        self._asks.put(_Ask(work, future, loop))
        if self._ended:
            self._turn_away()
        # A caller that is cancelled must not leave with a half-known outcome: the writing goes on.
        return await asyncio.shield(future)

    def _run(self) -> None:
        try:
            while group := self._next_group():
                self._write(group)
        finally:
            self._ended = True
            self._turn_away()

    def _turn_away(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                if (left := self._asks.get_nowait()) is not None:
                    _settle(left, JournalError("The journal is closed."))

    def _next_group(self) -> list[_Ask]:
        """Wait for work and take what is there; an empty group is the end."""
        group: list[_Ask] = []
        ask = self._asks.get()
        while ask is not None:
            group.append(ask)
            if len(group) == _GROUP:
                return group
            try:
                ask = self._asks.get_nowait()
            except Empty:
                return group
        if group:
            self._asks.put(None)  # the end comes after this group
        return group

    def _write(self, group: Sequence[_Ask]) -> None:
        head = self._head
        writings: list[Writing] = []
        answers: list[tuple[_Ask, tuple[Stamped, ...]]] = []
        for ask in group:
            if not isinstance(ask.work, tuple):
                writings.append(ask.work)
                answers.append((ask, ()))
                continue
            try:
                rows = chain(ask.work, head, boot=self._boot, epoch=self.epoch)
            except JournalError as error:
                _settle(ask, error)
                continue
            head = (rows[-1].seq, rows[-1].hash)
            writings.append(Append(rows))
            events = (draft.event for draft in ask.work)
            answers.append((ask, tuple(map(stamped, rows, events))))
        try:
            self._be_sure()
            self._store.write(writings)
        except JournalError as error:
            self._doubtful = True
            for ask, _ in answers:
                _settle(ask, JournalError(str(error)))
        else:
            self._head = head
            for ask, answer in answers:
                _settle(ask, answer)

    def _be_sure(self) -> None:
        """After a failure: a commit may have reached the disk although its answer was lost."""
        if not self._doubtful:
            return
        if self._store.head() != self._head:
            raise JournalError(
                "The journal holds events that this controller took for lost. "
                "Maybe restart it: it reads them then."
            )
        self._doubtful = False


def _settle(ask: _Ask, outcome: tuple[Stamped, ...] | JournalError) -> None:
    # The loop may be closed when the controller ends while a commit is under way.
    with contextlib.suppress(RuntimeError):
        ask.loop.call_soon_threadsafe(_resolve, ask.future, outcome)


def _resolve(
    future: asyncio.Future[tuple[Stamped, ...]], outcome: tuple[Stamped, ...] | JournalError
) -> None:
    if future.done():
        return
    if isinstance(outcome, JournalError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
