"""The tables of access as values: writings become rows, rows become a book."""

from dataclasses import fields
from typing import assert_never

import sqlalchemy as sa

from controller.access import (
    AccessWriting,
    Book,
    DropFactor,
    DropSessions,
    DropTickets,
    DropUser,
    Entry,
    Factor,
    LogEntry,
    PutFactor,
    PutSession,
    PutTicket,
    PutToken,
    PutUser,
    Role,
    Session,
    Ticket,
    Token,
    User,
)
from controller.journal.tables import ACCESS_LOG, FACTORS, SESSIONS, TICKETS, TOKENS, USERS


def write_access(  # noqa: C901 (one arm for each writing)
    connection: sa.Connection, writing: AccessWriting
) -> None:
    """Do one writing within the connection's transaction."""
    match writing:
        case PutUser(user):
            _put(connection, USERS, "name", user)
        case DropUser(name):
            connection.execute(sa.delete(USERS).where(USERS.c.name == name))
        case PutFactor(factor):
            _put(connection, FACTORS, "user", factor)
        case DropFactor(name):
            connection.execute(sa.delete(FACTORS).where(FACTORS.c.user == name))
        case PutSession(session):
            _put(connection, SESSIONS, "hash", session)
        case DropSessions(hashes):
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.hash.in_(hashes)))
        case PutToken(token):
            _put(connection, TOKENS, "id", token)
        case PutTicket(ticket):
            _put(connection, TICKETS, "hash", ticket)
        case DropTickets(hashes):
            connection.execute(sa.delete(TICKETS).where(TICKETS.c.hash.in_(hashes)))
        case LogEntry(entry):
            connection.execute(sa.insert(ACCESS_LOG).values(_values(entry)))
        case _:
            assert_never(writing)


def read_book(connection: sa.Connection) -> Book:
    """Read all but the log."""
    book = Book()
    for row in connection.execute(sa.select(USERS)).mappings():
        user = User(**{**row, "role": Role(row["role"])})
        book.users[user.name] = user
    for row in connection.execute(sa.select(FACTORS)).mappings():
        factor = Factor(**{**row, "codes": tuple(row["codes"].split())})
        book.factors[factor.user] = factor
    for row in connection.execute(sa.select(SESSIONS)).mappings():
        book.sessions[row["hash"]] = Session(**row)
    for row in connection.execute(sa.select(TOKENS)).mappings():
        token = Token(**{**row, "role": Role(row["role"])})
        book.tokens[token.id] = token
    for row in connection.execute(sa.select(TICKETS)).mappings():
        book.tickets[row["hash"]] = Ticket(**row)
    return book


def read_log(connection: sa.Connection, limit: int) -> tuple[Entry, ...]:
    """Read the last lines of the log, the newest first."""
    latest = sa.select(ACCESS_LOG).order_by(ACCESS_LOG.c.id.desc()).limit(limit)
    rows = connection.execute(latest).mappings()
    return tuple(Entry(**{name: row[name] for name in row if name != "id"}) for row in rows)


def _put(
    connection: sa.Connection,
    table: sa.Table,
    key: str,
    value: User | Factor | Session | Token | Ticket,
) -> None:
    values = _values(value)
    connection.execute(sa.delete(table).where(table.c[key] == values[key]))
    connection.execute(sa.insert(table).values(values))


def _values(
    value: User | Factor | Session | Token | Ticket | Entry,
) -> dict[str, str | int | bool]:
    found = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Factor):
        found["codes"] = " ".join(value.codes)
    return found
