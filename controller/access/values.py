"""The values of access: users, sessions, tokens, one-time links, the log, and what is written of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


class Role(StrEnum):
    """What a user or a token is here for; what it may do is in `controller.web.permit`."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    PLANNER = "planner"
    ENGINEER = "engineer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who signs in. The journal knows them as `person NAME`."""

    name: str
    display: str
    role: Role
    password: str = ""
    """Argon2id; empty until the person has set one through their one-time link."""
    pin: str = ""
    """Keyed hash of the PIN or badge code for shared stations; empty without one."""
    disabled: bool = False
    created: int = 0
    """Epoch second, like all times of access: real time, not plant time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A person's second factor: what an app on their phone counts codes from."""

    user: str
    sealed: str
    """The secret, encrypted with a key that lies beside the database."""
    step: int
    """Time step of the last code that was used; it and earlier ones count no more."""
    codes: tuple[str, ...] = ()
    """SHA-256 of the recovery codes that are left."""
    created: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in, as a person or as a shared station."""

    hash: str
    """SHA-256 of the cookie's value."""
    user: str = ""
    token: str = ""
    """Id of the station's token; either this or `user` is set."""
    created: int
    seen: int
    expires: int
    address: str = ""
    agent: str = ""

    @property
    def id(self) -> str:
        """Return what may be shown of it."""
        return self.hash[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A program or a shared station; the secret itself is shown once and kept by nobody here."""

    id: str
    name: str
    hash: str
    """SHA-256 of the whole token."""
    role: Role
    station: str = ""
    """The machine whose people use it; empty for a program."""
    badge: bool = False
    """Each action asks for a person's PIN or badge."""
    created: int = 0
    expires: int = 0
    used: int = 0
    revoked: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A one-time link: the first admin's (`setup`), or to set a user's password (`password`)."""

    hash: str
    kind: Literal["setup", "password"]
    user: str = ""
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the access log."""

    at: int
    kind: str
    who: str
    """Who did it: a user, a token's name, or `nobody`."""
    about: str = ""
    address: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PutUser:
    """Keep a user in place of an earlier version."""

    user: User


@dataclass(frozen=True, slots=True)
class DropUser:
    """Forget a user."""

    name: str


@dataclass(frozen=True, slots=True)
class PutFactor:
    """Keep a second factor in place of an earlier version."""

    factor: Factor


@dataclass(frozen=True, slots=True)
class DropFactor:
    """Forget a user's second factor."""

    user: str


@dataclass(frozen=True, slots=True)
class PutSession:
    """Keep a session in place of an earlier version."""

    session: Session


@dataclass(frozen=True, slots=True)
class DropSessions:
    """End sessions."""

    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutToken:
    """Keep a token in place of an earlier version."""

    token: Token


@dataclass(frozen=True, slots=True)
class PutTicket:
    """Keep a one-time link."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class DropTickets:
    """Make one-time links void."""

    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Add a line to the access log."""

    entry: Entry


AccessWriting: TypeAlias = (
    PutUser
    | DropUser
    | PutFactor
    | DropFactor
    | PutSession
    | DropSessions
    | PutToken
    | PutTicket
    | DropTickets
    | LogEntry
)
