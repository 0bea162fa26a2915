"""What a route demands of whoever calls it, and who that is; a route without `needs` fails a test."""

from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.params import Depends as Dependency

from controller.access import Role


class Permission(StrEnum):
    """What a role may do; a route demands one of them."""

    OPEN = "open"
    """Anyone who reaches the service: signing in, health, static files."""
    OWN = "own"
    """One's own session and second factor; all that is left to who has yet to set one up."""
    SEE = "see"
    OPERATE = "operate"
    """Machines, stations, doubts, alarms."""
    PLAN = "plan"
    """Orders, plan, stock."""
    ENGINEER = "engineer"
    """Machine modes, imports' mapping, integrations, the plant clock."""
    ADMIN = "admin"
    """Users, tokens, erasing personal data."""


BARE = frozenset({Permission.OPEN, Permission.OWN})
_SEE = BARE | {Permission.SEE}
_WORKS = _SEE | {Permission.OPERATE, Permission.PLAN, Permission.ENGINEER}
ALL = frozenset(Permission)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
GRANTS = {
    Role.VIEWER: _SEE,
    Role.OPERATOR: _SEE | {Permission.OPERATE},
    Role.PLANNER: _SEE | {Permission.PLAN},
    Role.ENGINEER: _WORKS,
    Role.ADMIN: ALL,
}
"""What each role may do. A planner does not stop machines from afar; an admin may do all."""

_WHO_MAY = {
    Permission.OPEN: "",
    Permission.OWN: "Sign in to change this.",
    Permission.SEE: "Sign in to see this.",
    Permission.OPERATE: "This needs the role operator, engineer or admin.",
    Permission.PLAN: "This needs the role planner, engineer or admin.",
    Permission.ENGINEER: "This needs the role engineer or admin.",
    Permission.ADMIN: "This needs the role admin.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who calls, as session or token tell; the guard finds out once for each request."""

    permissions: frozenset[Permission]
    actor: str = ""
    """As the journal names them; empty in open mode, where the caller types a name."""
    station: str = ""
    shown: str = ""
    """As the bar shows them."""
    role: str = ""
    user: str = ""
    session: str = ""
    """Hash of the session; empty for programs."""
    token: str = ""
    """Id of the token; for a session of a shared station too."""
    asks_badge: bool = False
    """A shared station where nobody has shown a badge just now."""
    enrols: bool = False
    """A person whose role needs a second factor, and who has none yet."""
    nobody: bool = False


EVERYONE = Visitor(permissions=ALL)
"""Open mode: all on this machine may do all and say who they are."""
NOBODY = Visitor(permissions=frozenset({Permission.OPEN}), nobody=True, actor="nobody")

PRESENT: ContextVar[Visitor] = ContextVar("visitor", default=EVERYONE)
"""Of the request that is being answered, for templates; routes take `Who`."""
SCOPE = "lotwright.visitor"
"""Where the guard leaves the visitor in the request's scope."""


def may(permission: str) -> bool:
    """Tell a template whether whoever looks may do this: `{% if may("plan") %}`."""
    return Permission(permission) in PRESENT.get().permissions


def why_not(permission: str) -> str:
    """Say in a sentence why whoever looks may not do this; empty when they may."""
    return "" if may(permission) else _WHO_MAY[Permission(permission)]


def visitor() -> Visitor:
    """Return whoever looks, for templates."""
    return PRESENT.get()


class DeniedError(Exception):
    """A route demands more than the caller has; signing in or another role helps."""

    def __init__(self, status: int, why: str, kind: str = "refused", *, retry_s: int = 0) -> None:
        super().__init__(why)
        self.retry_s = retry_s
        self.status = status
        self.why = why
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Demand:
    """A dependency that lets a request pass when its session or token may do this."""

    permission: Permission

    async def __call__(self, request: Request) -> None:
        """Let it pass. Raises DeniedError."""
        # Without the guard before it, a route is closed.
        check(request.scope.get(SCOPE, NOBODY), self.permission, request.method)


def check(who: Visitor, permission: Permission, method: str) -> None:
    """Raise DeniedError when a visitor may not do this."""
    if permission in who.permissions:
        reads = method in SAFE or permission in _SEE
        if who.asks_badge and not reads:
            why = f"{who.station} is a shared station. Show a badge or type a PIN first."
            raise DeniedError(401, why, "badge")
        return
    if who.nobody:
        raise DeniedError(401, "Nobody is signed in here. Sign in first.", "sign-in")
    if who.enrols:
        why = f"The role {who.role} needs a second factor. Set it up first: /second-factor."
        raise DeniedError(403, f"{why} Nothing was changed.", "second-factor")
    raise DeniedError(403, f"{_WHO_MAY[permission]} {_is(who)} Nothing was changed.")


def _is(who: Visitor) -> str:
    return f"{who.shown or 'The token'} is {who.role}." if who.role else ""


def needs(permission: Permission) -> Dependency:
    """Return the dependency that a route declares: `dependencies=[needs(Permission.SEE)]`."""
    dependency: Dependency = Depends(Demand(permission))
    return dependency


@dataclass(frozen=True, slots=True)
class Taking:
    """A dependency that says which bodies a route takes; the guard reads it before any byte."""

    types: tuple[str, ...]
    limit: int

    async def __call__(self) -> None:
        """Let it pass; the guard has looked."""


IMPORT_LIMIT = 8 * 1024 * 1024
"""Bytes of an uploaded file."""


def takes(*types: str, limit: int = IMPORT_LIMIT) -> Dependency:
    """Declare that a route takes other bodies than JSON of up to 1 MiB: `takes("text/csv")`.

    `takes("*/*")` takes any type; name `application/json` too where JSON is one of them."""
    dependency: Dependency = Depends(Taking(types, limit))
    return dependency


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, as the journal names them (`person amira`, `token webshop`), and at which station."""

    actor: str
    station: str = ""
    key: str = ""
    """The request's Idempotency-Key; empty when it has none."""


async def _acting(
    request: Request,
    actor: Annotated[str, Header(alias="X-Actor", max_length=80)] = "person",
    station: Annotated[str, Header(alias="X-Station", max_length=80)] = "",
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> Acting:
    who: Visitor = request.scope.get(SCOPE, NOBODY)
    if not who.actor:
        return Acting(actor=actor, station=station, key=key)
    # Signed in: no header says who acts; a person's may say at which station.
    there = station if who.user and not who.token else who.station
    return Acting(actor=who.actor, station=there, key=key)


Who = Annotated[Acting, Depends(_acting)]
"""A route's parameter `who: Who` says who acts."""
