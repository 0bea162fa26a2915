"""A journal in SQLite or PostgreSQL over SQLAlchemy Core; synchronous, for one writing thread."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from controller.access import Book, Entry
from controller.desk import Person
from controller.journal.access_rows import read_book, read_log, write_access
from controller.journal.codec import GENESIS, Row, canonical
from controller.journal.exchange_rows import read_exchange, write_exchange
from controller.journal.lock import FileLock
from controller.journal.migrate import migrate
from controller.journal.port import JournalError, JournalHeldError
from controller.journal.store import (
    Append,
    ErasePerson,
    EraseRefusals,
    KeepAccess,
    KeepExchange,
    KeepPerson,
    KeepRefusals,
    Writing,
    fenced,
    newest_file_first,
    refusal_digest,
)
from controller.journal.tables import JOURNAL, LEASE, PEOPLE, REFUSALS
from controller.outbox import ExchangeBook
from controller.requests import RefusedRow

_LEASE_NAME = "controller"
_ADVISORY_LOCK = 0x107_217
"""PostgreSQL: held by the writing session, so that a second controller is turned away at once. The
epoch, not this lock, is what keeps a paused leader from writing (reliability.md, section 3)."""

_SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA secure_delete=ON",
)
"""NORMAL loses acknowledged commits at a power loss in 69 of 100 cases (reliability.md, 2.2)."""

_POSTGRES_SETTINGS = (
    "SET synchronous_commit TO on",
    "SET statement_timeout TO '10s'",
    "SET lock_timeout TO '5s'",
)


class DatabaseStore:
    """Owns the lock, the one connection that writes and checkpoints, and readers that cannot."""

    def __init__(self, url: str, owner: str) -> None:
        """Take the lock, bring the tables up to date, take the lease. Raises JournalError."""
        self._url = parse_url(url)
        self._lock = FileLock(sqlite_path(self._url)) if _is_sqlite(self._url) else None
        try:
            with _as_journal_errors():
                self._writer = _writing_engine(self._url)
                self._readers = _reading_engine(self._url)
                self._connection = self._writer.connect()
                self._hold_session()
                with self._connection.begin():
                    migrate(self._connection)
                with self._connection.begin():
                    self._epoch = _take_lease(self._connection, owner)
        except JournalError:
            self.close()
            raise

    @property
    def epoch(self) -> int:
        """Return the number of this leadership."""
        return self._epoch

    def head(self) -> tuple[int, str]:
        """Return the sequence number and hash of the last event."""
        last = sa.select(JOURNAL.c.seq, JOURNAL.c.hash).order_by(JOURNAL.c.seq.desc()).limit(1)
        with _as_journal_errors(), self._connection.begin():
            found = self._connection.execute(last).one_or_none()
        return (found.seq, found.hash) if found is not None else (0, GENESIS)

    def write(self, writings: Sequence[Writing]) -> None:
        """Do all in one transaction, if the lease is still ours."""
        with _as_journal_errors(), self._connection.begin():
            mine = sa.select(LEASE.c.epoch).where(LEASE.c.name == _LEASE_NAME)
            now = self._connection.execute(mine.with_for_update(read=True)).scalar_one_or_none()
            if now != self._epoch:
                raise fenced(self._epoch, now)
            for writing in writings:
                _do(self._connection, writing)
        if any(isinstance(writing, ErasePerson) for writing in writings):
            self._leave_no_trace()

    def rows(self, after: int, limit: int | None) -> tuple[Row, ...]:
        """Return the rows behind a sequence number."""
        wanted = (
            sa.select(JOURNAL).where(JOURNAL.c.seq > after).order_by(JOURNAL.c.seq).limit(limit)
        )
        with _as_journal_errors(), self._readers.connect() as connection:
            return tuple(Row(**found) for found in connection.execute(wanted).mappings())

    def person(self, order: str) -> Person:
        """Return a person; empty when unknown."""
        wanted = sa.select(PEOPLE).where(PEOPLE.c.order == order)
        with _as_journal_errors(), self._readers.connect() as connection:
            found = connection.execute(wanted).mappings().one_or_none()
        if found is None:
            return Person()
        texts = tuple((str(key), str(words)) for key, words in json.loads(found["texts"]))
        return Person(name=found["name"], place=found["place"], texts=texts)

    def refusals(self) -> tuple[tuple[str, RefusedRow], ...]:
        """Return (file, row), the newest file first."""
        with _as_journal_errors(), self._readers.connect() as connection:
            found = connection.execute(sa.select(REFUSALS)).mappings().all()
        kept = [
            (
                one["id"],
                one["file"],
                RefusedRow(
                    row=one["row"],
                    column=one["column"],
                    value=one["value"],
                    reason=one["reason"],
                    order=one["order"],
                ),
            )
            for one in found
        ]
        return newest_file_first(kept)

    def access_book(self) -> Book:
        """Return users, sessions, tokens and links."""
        with _as_journal_errors(), self._readers.connect() as connection:
            return read_book(connection)

    def access_log(self, limit: int) -> tuple[Entry, ...]:
        """Return the last lines of the access log, the newest first."""
        with _as_journal_errors(), self._readers.connect() as connection:
            return read_log(connection, limit)

    def exchange_book(self) -> ExchangeBook:
        """Return deliveries, the cursor, column maps and answered webhooks."""
        with _as_journal_errors(), self._readers.connect() as connection:
            return read_exchange(connection)

    def close(self) -> None:
        """Close every connection and let another controller have the journal."""
        for name in ("_readers", "_connection", "_writer"):  # the last one out may checkpoint
            owned = getattr(self, name, None)
            if isinstance(owned, sa.Connection):
                owned.close()
            elif isinstance(owned, sa.Engine):
                owned.dispose()
        if self._lock is not None:
            self._lock.release()

    def _leave_no_trace(self) -> None:
        """What was erased is overwritten in the file, but a log of before would still hold it."""
        if _is_sqlite(self._url):
            raw = self._connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def _hold_session(self) -> None:
        if _is_sqlite(self._url):
            return
        with self._connection.begin():
            ask = sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_LOCK))
            if not self._connection.execute(ask).scalar_one():
                raise JournalHeldError(
                    f"The journal {self._url.database!r} is in use by another controller. "
                    "Maybe stop that one first."
                )


def upgrade_database(url: str) -> None:
    """Bring a database to today's tables while no controller uses it. Raises JournalError."""
    DatabaseStore(url, owner="upgrade").close()


def parse_url(url: str) -> sa.URL:
    """Read a database URL: a SQLite file or PostgreSQL. Raises JournalError."""
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        raise JournalError(
            f"{url!r} is not a database URL. Maybe 'sqlite:///lotwright.db'."
        ) from None
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if _is_sqlite(parsed) and parsed.database in {None, "", ":memory:"}:
        raise JournalError("A journal in memory is gone with the process. Maybe name a file.")
    if not _is_sqlite(parsed) and parsed.get_backend_name() != "postgresql":
        raise JournalError(f"A journal cannot lie in {parsed.get_backend_name()!r}.")
    return parsed


def sqlite_path(url: sa.URL) -> Path:
    """Return the file of a SQLite URL."""
    return Path(url.database or "").absolute()


def _is_sqlite(url: sa.URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _writing_engine(url: sa.URL) -> sa.Engine:
    arguments = {"check_same_thread": False} if _is_sqlite(url) else {"connect_timeout": 5}
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=arguments)
    sa.event.listen(engine, "connect", _set_up_sqlite if _is_sqlite(url) else _set_up_postgres)
    if _is_sqlite(url):
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _reading_engine(url: sa.URL) -> sa.Engine:
    if not _is_sqlite(url):
        return sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    file = "file:" + quote(str(sqlite_path(url)))
    read_only = sa.URL.create("sqlite", database=file, query={"mode": "ro", "uri": "true"})
    return sa.create_engine(
        read_only, poolclass=sa.QueuePool, connect_args={"check_same_thread": False}
    )


def _set_up_sqlite(raw: DBAPIConnection, _record: object) -> None:
    # The module must not open transactions: `_begin_immediate` does, before the first read.
    raw.isolation_level = None
    _run_each(raw, _SQLITE_SETTINGS)


def _set_up_postgres(raw: DBAPIConnection, _record: object) -> None:
    _run_each(raw, _POSTGRES_SETTINGS)
    raw.commit()


def _run_each(raw: DBAPIConnection, statements: Sequence[str]) -> None:
    cursor = raw.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _take_lease(connection: sa.Connection, owner: str) -> int:
    mine = LEASE.c.name == _LEASE_NAME
    raised = sa.update(LEASE).where(mine).values(epoch=LEASE.c.epoch + 1, owner=owner)
    if connection.execute(raised).rowcount == 0:
        connection.execute(sa.insert(LEASE).values(name=_LEASE_NAME, owner=owner, epoch=1))
    return int(connection.execute(sa.select(LEASE.c.epoch).where(mine)).scalar_one())


def _do(connection: sa.Connection, writing: Writing) -> None:
    match writing:
        case Append(rows):
            connection.execute(sa.insert(JOURNAL), [_columns(row) for row in rows])
        case KeepPerson(order, person):
            texts = canonical([[key, words] for key, words in person.texts])
            connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.order == order))
            connection.execute(
                sa.insert(PEOPLE).values(
                    {"order": order, "name": person.name, "place": person.place, "texts": texts}
                )
            )
        case ErasePerson(order):
            connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.order == order))
            connection.execute(sa.delete(REFUSALS).where(REFUSALS.c.order == order))
        case KeepRefusals(file, refused):
            _keep_refusals(connection, file, refused)
        case EraseRefusals(file):
            connection.execute(sa.delete(REFUSALS).where(REFUSALS.c.file == file))
        case KeepAccess(writings):
            for each in writings:
                write_access(connection, each)
        case KeepExchange(exchanged):
            for change in exchanged:
                write_exchange(connection, change)
        case _:
            assert_never(writing)


def _keep_refusals(connection: sa.Connection, file: str, refused: Sequence[RefusedRow]) -> None:
    there = set(
        connection.execute(sa.select(REFUSALS.c.digest).where(REFUSALS.c.file == file)).scalars()
    )
    for row in refused:
        digest = refusal_digest(file, row)
        if digest in there:
            continue
        there.add(digest)
        values = {"row": row.row, "column": row.column, "value": row.value, "reason": row.reason}
        values |= {"file": file, "digest": digest, "order": row.order}
        connection.execute(sa.insert(REFUSALS).values(values))


def _columns(row: Row) -> dict[str, int | str]:
    return {column.name: getattr(row, column.name) for column in JOURNAL.columns}


@contextmanager
def _as_journal_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise JournalError(f"The journal's database does not do its work: {error}") from error
    except ModuleNotFoundError as error:
        raise JournalError(
            f"{error.name!r} is missing for this database. Maybe install 'lotwright[postgres]'."
        ) from error
