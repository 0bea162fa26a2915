"""Who may enter: users and their roles, sessions, tokens, one-time links, and how often."""

from controller.access.access import Access, AccessStore, By
from controller.access.book import Book
from controller.access.errors import AccessError
from controller.access.limits import Limits
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

__all__ = [
    "Access",
    "AccessError",
    "AccessStore",
    "AccessWriting",
    "Book",
    "By",
    "DropFactor",
    "DropSessions",
    "DropTickets",
    "DropUser",
    "Entry",
    "Factor",
    "Limits",
    "LogEntry",
    "PutFactor",
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
