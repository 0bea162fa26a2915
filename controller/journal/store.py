"""Where rows lie: the writings that a store takes, and the store that keeps them in memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, assert_never

from controller.access import AccessWriting, Book, Entry
from controller.desk import Person
from controller.events import Stamped
from controller.journal.codec import GENESIS, Row, canonical, follow, stamped
from controller.journal.port import JournalError, Verified
from controller.outbox import ExchangeBook, ExchangeWriting
from controller.requests import RefusedRow


@dataclass(frozen=True, slots=True)
class Append:
    """Put chained rows at the end of the journal."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class KeepPerson:
    """Put a person into the erasable table, in place of an earlier one."""

    order: str
    person: Person


@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Take a person out of it, and every refused row of the order."""

    order: str


@dataclass(frozen=True, slots=True)
class KeepRefusals:
    """Put refused rows of a file into the erasable table."""

    file: str
    rows: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class EraseRefusals:
    """Take a file's refused rows out of it."""

    file: str


@dataclass(frozen=True, slots=True)
class KeepAccess:
    """Change users, sessions, tokens, links, and add to the access log."""

    writings: tuple[AccessWriting, ...]


@dataclass(frozen=True, slots=True)
class KeepExchange:
    """Change deliveries, the cursor that made them, column maps and answered webhooks."""

    writings: tuple[ExchangeWriting, ...]


Writing: TypeAlias = (
    Append | KeepPerson | ErasePerson | KeepRefusals | EraseRefusals | KeepAccess | KeepExchange
)


_STRIDE = 10_000
"""Rows that a walk along the chain holds in memory at a time."""


class Store(Protocol):
    """Keeps rows; opened by one leader at a time, whose epoch guards every writing."""

    @property
    def epoch(self) -> int:
        """Return the number of this leadership."""
        ...

    def head(self) -> tuple[int, str]:
        """Return the sequence number and hash of the last event. Raises JournalError."""
        ...

    def write(self, writings: Sequence[Writing]) -> None:
        """Do all or none, durably. Raises JournalError, also when another leader took over."""
        ...

    def rows(self, after: int, limit: int | None) -> tuple[Row, ...]:
        """Return the rows behind a sequence number. Raises JournalError."""
        ...

    def person(self, order: str) -> Person:
        """Return a person; empty when unknown."""
        ...

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file, row), the newest file first."""
        ...

    def access_book(self) -> Book:
        """Return users, sessions, tokens and links."""
        ...

    def access_log(self, limit: int) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        ...

    def exchange_book(self) -> ExchangeBook:
        """Return deliveries, the cursor, column maps and answered webhooks."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def read_events(store: Store, after: int, limit: int | None) -> tuple[Stamped, ...]:
    """Read and decode rows."""
    return tuple(map(stamped, store.rows(after, limit)))


def verify_chain(store: Store, head: tuple[int, str]) -> Verified:
    """Walk a store's chain up to `head`, which is what its leader believes to be the last event."""
    found, previous = Verified(0), GENESIS
    while rows := store.rows(found.events, _STRIDE):
        found = follow(rows, (found.events, previous))
        if found.broken is not None:
            return found
        previous = rows[-1].hash
    if found.events < head[0]:
        return Verified(found.events, found.events + 1, "it is missing")
    return found


def fenced(mine: int, now: int | None) -> JournalError:
    """Say that another controller has taken the journal over."""
    return JournalError(
        f"Another controller took over: this one has epoch {mine}, the journal has epoch {now}."
    )


def newest_file_first(
    kept: Sequence[tuple[int, str, RefusedRow]],
) -> tuple[tuple[str, RefusedRow], ...]:
    """Order (id, file, row): files by their latest row, newest first; rows as they came."""
    latest = {file: at for at, file, _ in sorted(kept, key=lambda one: one[0])}
    return tuple(
        (file, row) for _, file, row in sorted(kept, key=lambda one: (-latest[one[1]], one[0]))
    )


def refusal_digest(file: str, row: RefusedRow) -> str:
    """Name a refused row, so that the same file imported twice shows it once."""
    said = canonical([file, row.row, row.column, row.value, row.reason])
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(slots=True)
class Memory:
    """What survives a simulated crash: hand the same Memory to the next InlineJournal."""

    journal: list[Row] = field(default_factory=list[Row])
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    refused: dict[str, tuple[int, str, RefusedRow]] = field(
        default_factory=dict[str, tuple[int, str, RefusedRow]]
    )
    epoch: int = 0
    refused_ever: int = 0
    access: Book = field(default_factory=Book)
    exchange: ExchangeBook = field(default_factory=ExchangeBook)


class MemoryStore:
    """A store over a Memory; opening it takes the lease from whoever had it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        memory.epoch += 1
        self._epoch = memory.epoch

    @property
    def epoch(self) -> int:
        """Return the number of this leadership."""
        return self._epoch

    def head(self) -> tuple[int, str]:
        """Return the sequence number and hash of the last event."""
        journal = self._memory.journal
        return (journal[-1].seq, journal[-1].hash) if journal else (0, GENESIS)

    def write(self, writings: Sequence[Writing]) -> None:
        """Do all; nothing can fail half-way in memory."""
        if self._epoch != self._memory.epoch:
            raise fenced(self._epoch, self._memory.epoch)
        for writing in writings:
            self._do(writing)

    def rows(self, after: int, limit: int | None) -> tuple[Row, ...]:
        """Return the rows behind a sequence number."""
        return tuple(self._memory.journal[after : None if limit is None else after + limit])

    def person(self, order: str) -> Person:
        """Return a person; empty when unknown."""
        return self._memory.people.get(order, Person())

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file, row), the newest file first."""
        return newest_file_first(list(self._memory.refused.values()))

    def access_book(self) -> Book:
        """Return a copy: whoever asked changes theirs as they write."""
        kept = self._memory.access
        return Book(
            dict(kept.users),
            dict(kept.sessions),
            dict(kept.tokens),
            dict(kept.tickets),
            dict(kept.factors),
        )

    def access_log(self, limit: int) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        return tuple(reversed(self._memory.access.log[-limit:]))

    def exchange_book(self) -> ExchangeBook:
        """Return a copy: whoever asked changes theirs as they write."""
        return self._memory.exchange.copy()

    def close(self) -> None:
        """Let go; nothing to do."""

    def _do(self, writing: Writing) -> None:  # noqa: C901 (one arm for each writing)
        memory = self._memory
        match writing:
            case Append(rows):
                memory.journal.extend(rows)
            case KeepPerson(order, person):
                memory.people[order] = person
            case ErasePerson(order):
                memory.people.pop(order, None)
                self._drop(lambda kept: kept[2].order == order)
            case KeepRefusals(file, refused):
                for row in refused:
                    memory.refused_ever += 1
                    kept = (memory.refused_ever, file, row)
                    memory.refused.setdefault(refusal_digest(file, row), kept)
            case EraseRefusals(file):
                self._drop(lambda kept: kept[1] == file)
            case KeepAccess(writings):
                for each in writings:
                    memory.access.apply(each)
            case KeepExchange(exchanged):
                for change in exchanged:
                    memory.exchange.apply(change)
            case _:
                assert_never(writing)

    def _drop(self, gone: Callable[[tuple[int, str, RefusedRow]], bool]) -> None:
        refused = self._memory.refused
        for key in [key for key, kept in refused.items() if gone(kept)]:
            del refused[key]
