"""Who may enter: users and their roles, sessions, tokens, one-time links, and how often."""

from controller.access.access import Access, AccessStore, By
from controller.access.book import Book
from controller.access.errors import AccessError
from controller.access.limits import Limits
from controller.access.values import (
    AccessWriting,
    DropSessions,
    DropTickets,
    DropUser,
    Entry,
    LogEntry,
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

__all__ = [
    "Access",
    "AccessError",
    "AccessStore",
    "AccessWriting",
    "Book",
    "By",
    "DropSessions",
    "DropTickets",
    "DropUser",
    "Entry",
    "Limits",
    "LogEntry",
    "PutSession",
    "PutTicket",
    "PutToken",
    "PutUser",
    "Role",
    "Session",
    "Ticket",
    "Token",
    "User",
]
