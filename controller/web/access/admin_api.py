"""What an admin asks of access: users, one-time links, tokens, sessions, the log."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request

from controller.access import Access, AccessError
from controller.access.enrolling import take_factor
from controller.access.entering import end_session
from controller.access.people import add_user, change_user, known, link_for, remove_user, set_pin
from controller.access.tokens import add_token, revoke_token
from controller.web.access import bodies, rows
from controller.web.access.caller import by_of
from controller.web.permit import Permission, needs
from controller.web.site import Site

_ADMIN = [needs(Permission.ADMIN)]


def admin_api(site: Site, access: Access) -> APIRouter:
    """Return the routes; all of them demand an admin."""
    router = APIRouter(dependencies=_ADMIN)
    _users(router, access)
    _links(router, access)
    _tokens(router, site, access)
    _sessions(router, access)
    return router


def _users(router: APIRouter, access: Access) -> None:
    @router.get("/users")
    async def users() -> list[bodies.UserNow]:
        """Return all users."""
        return rows.users(access)

    @router.post("/users")
    async def add(body: bodies.NewUser, request: Request) -> bodies.LinkNow:
        """Add a user; the answer is the link by which they set their password."""
        by = by_of(request)
        user, secret = await add_user(access, body.name, body.display, body.role, by)
        return _link(access, user.name, secret)

    @router.patch("/users/{name}")
    async def change(name: str, body: bodies.UserChange, request: Request) -> bodies.UserNow:
        """Change a user's role, shown name or PIN, or disable them; their sessions end then."""
        by = by_of(request)
        given = (body.display, body.role, body.disabled)
        if any(each is not None for each in given):
            await change_user(
                access, name, by, display=body.display, role=body.role, disabled=body.disabled
            )
        if body.pin is not None:
            await set_pin(access, name, body.pin, by)
        return rows.user_row(access, known(access, name))

    @router.delete("/users/{name}")
    async def remove(name: str, request: Request) -> bodies.Done:
        """Forget a user; what they did stays in the journal under their name."""
        await remove_user(access, name, by_of(request))
        return bodies.Done()

    @router.delete("/users/{name}/second-factor")
    async def take_off(name: str, request: Request) -> bodies.Done:
        """Take off a user's second factor, as for a lost phone; their sessions end."""
        await take_factor(access, name, by_of(request))
        return bodies.Done()


def _links(router: APIRouter, access: Access) -> None:
    @router.post("/users/{name}/link")
    async def link(name: str, request: Request) -> bodies.LinkNow:
        """Make a link by which a user sets a new password; older links are void."""
        return _link(access, name, await link_for(access, name, by_of(request)))


def _link(access: Access, name: str, secret: str) -> bodies.LinkNow:
    expires = rows.utc(access.now() + access.limits.link_s)
    return bodies.LinkNow(name=name, path=f"/setup?token={secret}", expires=expires)


def _tokens(router: APIRouter, site: Site, access: Access) -> None:
    @router.get("/tokens")
    async def tokens() -> list[bodies.TokenNow]:
        """Return all tokens, those that still count first."""
        return rows.tokens(access)

    @router.post("/tokens")
    async def make(body: bodies.NewToken, request: Request) -> bodies.MadeToken:
        """Make a token for a program or a shared station; its secret is told this once."""
        if body.station and body.station not in site.desk.state.plant.machines:
            raise AccessError("unknown", f"There is no machine {body.station!r}.")
        token, secret = await add_token(
            access,
            body.name,
            body.role,
            by_of(request),
            valid_days=body.days,
            station=body.station,
            badge=body.badge,
        )
        return bodies.MadeToken(secret=secret, token=rows.token_row(access, token))

    @router.delete("/tokens/{token}")
    async def revoke(token: str, request: Request) -> bodies.TokenNow:
        """Make a token void at once."""
        revoked = await revoke_token(access, token, by_of(request))
        return rows.token_row(access, revoked)


def _sessions(router: APIRouter, access: Access) -> None:
    @router.get("/sessions")
    async def sessions() -> list[bodies.SessionNow]:
        """Return the browsers that are signed in."""
        return rows.sessions(access)

    @router.delete("/sessions/{session}")
    async def end(session: str, request: Request) -> bodies.Done:
        """Sign a browser out."""
        await end_session(access, session, by_of(request))
        return bodies.Done()

    @router.get("/access-log")
    async def log(
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> list[bodies.EntryNow]:
        """Return who signed in, who failed to, and what was changed, the newest first."""
        kept = await asyncio.to_thread(access.latest, limit)
        return [rows.entry_row(each) for each in kept]
