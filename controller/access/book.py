"""What access knows now: values by name, changed by writings only."""

from dataclasses import dataclass, field
from typing import assert_never

from controller.access.values import (
    AccessWriting,
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


@dataclass(slots=True)
class Book:
    """Users by name, sessions and links by the hash of their secret, tokens by id, and the log."""

    users: dict[str, User] = field(default_factory=dict[str, User])
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])
    tickets: dict[str, Ticket] = field(default_factory=dict[str, Ticket])
    factors: dict[str, Factor] = field(default_factory=dict[str, Factor])
    """Second factors by user."""
    log: list[Entry] = field(default_factory=list[Entry])
    """Only of this run, or in memory all of it; the database keeps the whole log."""

    def apply(self, writing: AccessWriting) -> None:  # noqa: C901 (one arm for each writing)
        """Take in one writing."""
        match writing:
            case PutUser(user):
                self.users[user.name] = user
            case DropUser(name):
                self.users.pop(name, None)
            case PutFactor(factor):
                self.factors[factor.user] = factor
            case DropFactor(name):
                self.factors.pop(name, None)
            case PutSession(session):
                self.sessions[session.hash] = session
            case DropSessions(hashes):
                for each in hashes:
                    self.sessions.pop(each, None)
            case PutToken(token):
                self.tokens[token.id] = token
            case PutTicket(ticket):
                self.tickets[ticket.hash] = ticket
            case DropTickets(hashes):
                for each in hashes:
                    self.tickets.pop(each, None)
            case LogEntry(entry):
                self.log.append(entry)
            case _:
                assert_never(writing)

    def sessions_of(self, user: str) -> tuple[str, ...]:
        """Return the hashes of a person's sessions."""
        return tuple(each.hash for each in self.sessions.values() if each.user == user)

    def admins(self) -> list[str]:
        """Return who could let others in again."""
        return [
            user.name
            for user in self.users.values()
            if user.role is Role.ADMIN and not user.disabled and user.password
        ]
