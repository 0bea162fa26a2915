"""What a route demands of whoever calls it, and who that is; a route without `needs` fails a test."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.params import Depends as Dependency


class Permission(StrEnum):
    """What a role may do; a route demands one of them."""

    OPEN = "open"
    """Anyone who reaches the service: signing in, health, static files."""
    SEE = "see"
    OPERATE = "operate"
    """Machines, stations, doubts, alarms."""
    PLAN = "plan"
    """Orders, plan, stock."""
    ENGINEER = "engineer"
    """Machine modes, imports' mapping, integrations, the plant clock."""
    ADMIN = "admin"
    """Users, tokens, erasing personal data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts, as the journal names them (`person amira`, `token webshop`), and at which station."""

    actor: str
    station: str = ""
    key: str = ""
    """The request's Idempotency-Key; empty when it has none."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A dependency that lets a request pass when its session or token may do this."""

    permission: Permission

    async def __call__(self, request: Request) -> None:
        """Let it pass."""


def needs(permission: Permission) -> Dependency:
    """Return the dependency that a route declares: `dependencies=[needs(Permission.SEE)]`."""
    dependency: Dependency = Depends(Demand(permission))
    return dependency


async def _acting(
    actor: Annotated[str, Header(alias="X-Actor", max_length=80)] = "person",
    station: Annotated[str, Header(alias="X-Station", max_length=80)] = "",
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> Acting:
    return Acting(actor=actor, station=station, key=key)


Who = Annotated[Acting, Depends(_acting)]
"""A route's parameter `who: Who` says who acts."""
