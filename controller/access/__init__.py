"""Who may enter: users and their roles, sessions, tokens, one-time links, and how often."""

from controller.access.errors import AccessError
from controller.access.values import Entry, Role, Session, Ticket, Token, User

__all__ = ["AccessError", "Entry", "Role", "Session", "Ticket", "Token", "User"]
