"""The book of the exchange in use: durable first, then in memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from controller.outbox.book import (
    DropDelivery,
    ExchangeBook,
    ExchangeWriting,
    PutDelivery,
    Stand,
)


class ExchangeStore(Protocol):
    """Where the book lies; the journal's database."""

    async def keep_exchange(self, writings: Sequence[ExchangeWriting]) -> None:
        """Do all or nothing, durably. Raises JournalError."""
        ...

    def exchange_book(self) -> ExchangeBook:
        """Return all of it."""
        ...


class Unkept:
    """A store for a desk without a database: what it takes is gone with the process."""

    async def keep_exchange(self, writings: Sequence[ExchangeWriting]) -> None:
        """Take them as kept."""

    def exchange_book(self) -> ExchangeBook:
        """Return an empty book."""
        return ExchangeBook()


class Exchange:
    """Owns the book; pages, webhooks and the outbox change it here, one transaction each."""

    def __init__(self, store: ExchangeStore, utc: Callable[[], datetime]) -> None:
        self._store = store
        self._utc = utc
        self.book = store.exchange_book()
        self.wakes: list[Callable[[], None]] = []
        """Called when a person wants another try."""

    def undelivered(self) -> bool:
        """Tell whether a person has to decide about a delivery."""
        return any(each.stand is Stand.FAILED for each in self.book.deliveries.values())

    def now(self) -> int:
        """Return UTC seconds: what is kept outlives this process."""
        return int(self._utc().timestamp())

    def moment(self) -> datetime:
        """Return the wall clock."""
        return self._utc()

    async def keep(self, *writings: ExchangeWriting) -> None:
        """Keep writings, all or none. Raises JournalError."""
        await self._store.keep_exchange(writings)
        for writing in writings:
            self.book.apply(writing)

    async def try_again(self, name: str) -> bool:
        """Have a delivery tried once more from the beginning; False when it is gone."""
        found = self.book.deliveries.get(name)
        if found is None:
            return False
        now = self.now()
        fresh = replace(found, stand=Stand.WAITING, made=now, due=now, tries=0)
        await self.keep(PutDelivery(fresh))
        for wake in self.wakes:
            wake()
        return True

    async def drop(self, name: str) -> bool:
        """Give a delivery up; False when it is gone."""
        if name not in self.book.deliveries:
            return False
        await self.keep(DropDelivery(name))
        return True


def digest(*parts: str) -> str:
    """Name something by what it is, in 32 hex digits."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
