"""The door of the service: host, who it is, how often, from where, what, how large; then the route."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any, TypeAlias
from urllib.parse import quote

from fastapi import FastAPI
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from controller.access import Access
from controller.journal import JournalError
from controller.web.access.identify import identify, still_there
from controller.web.access.intake import (
    BODY_LIMIT,
    MOST_IMPORTED,
    MOST_ITEMS,
    Message,
    Receive,
    TooLargeError,
    counted,
    looked_through,
    media_type,
    refuse_body,
)
from controller.web.access.origin import LOOPBACK, host_name, proven, same_origin
from controller.web.access.ways import Way, find, ways_of
from controller.web.permit import (
    EVERYONE,
    NOBODY,
    PRESENT,
    SAFE,
    SCOPE,
    DeniedError,
    Permission,
    Visitor,
    check,
)
from controller.web.render import fill

Scope: TypeAlias = dict[str, Any]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
        ),
    ),
)
_ONLY_TLS = (b"strict-transport-security", b"max-age=31536000")


@dataclass(slots=True)
class Door:
    """What the guard goes by. Without access everybody on this machine may do everything."""

    owner: FastAPI
    access: Access | None = None
    hosts: frozenset[str] = frozenset()
    """Names beside loopback under which the service may be called, exactly."""
    ways: tuple[Way, ...] = ()
    """Every route of the owner when it had this many; looked up anew when it has others."""
    routes: int = 0


def guarded(app: Asgi, door: Door) -> Asgi:
    """Put the guard before an application."""

    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # There is nothing behind the guard that speaks anything else.
            return
        sending = _with_headers(send, tls=scope["scheme"] == "https")
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        who = NOBODY if door.access else EVERYONE
        try:
            who = await _let_in(door, scope, headers)
            way = _way(door, scope)
            receive = await _body(scope, headers, receive, way)
        except DeniedError as denied:
            await _refusal(denied, scope, headers, who)(scope, receive, sending)
            return
        except TooLargeError as large:
            await _answer(DeniedError(413, str(large)))(scope, receive, sending)
            return
        scope[SCOPE] = who
        token = PRESENT.set(who)
        try:
            await _run(app, door, scope, receive, sending)
        finally:
            PRESENT.reset(token)

    return speak


async def _let_in(door: Door, scope: Scope, headers: dict[str, str]) -> Visitor:
    """Return who calls, if everything about the request is in order. Raises DeniedError."""
    _check_host(door, headers)
    way = _way(door, scope)
    changes = scope["method"] not in SAFE
    if changes and not same_origin(headers, scope["scheme"]):
        raise DeniedError(403, "Another site asked for this change. Nothing was changed.")
    if door.access is None:
        return EVERYONE
    who = await _who(door.access, scope, headers)
    if changes and who.session and not proven(headers):
        why = "The header X-Lotwright is missing; our own pages send it. Nothing was changed."
        raise DeniedError(403, why)
    for permission in way.demands if way else (Permission.SEE,):
        check(who, permission, scope["method"])
    if way and not way.demands:
        check(who, Permission.ADMIN, scope["method"])
    return who


def _check_host(door: Door, headers: dict[str, str]) -> None:
    name = host_name(headers.get("host", ""))
    if name in LOOPBACK or name in door.hosts:
        return
    hint = "start Lotwright with --host-name" if door.access else "start Lotwright without --open"
    raise DeniedError(
        421,
        f"{name or 'This host'} is not served. Open http://127.0.0.1 on this machine, or {hint}.",
    )


def _way(door: Door, scope: Scope) -> Way | None:
    if len(door.owner.routes) != door.routes:
        door.ways, door.routes = ways_of(door.owner), len(door.owner.routes)
    return find(door.ways, scope["method"], scope["path"])


async def _who(access: Access, scope: Scope, headers: dict[str, str]) -> Visitor:
    address = (scope.get("client") or ("",))[0]
    try:
        who = identify(access, headers, tls=scope["scheme"] == "https")
    except DeniedError:
        _slow_down(access, "", address)
        raise
    if who.token not in {each.id for each in access.counts.lent.values()}:
        # Programs of this machine's own user are not slowed down.
        _slow_down(access, who.session or who.token, address)
    used = access.book.sessions.get(who.session) or access.book.tokens.get(who.token)
    if used is not None:
        try:
            await access.seen(used)
        except JournalError:
            # Reading goes on while the database is away; the use is noted at another time.
            return who
    return who


def _slow_down(access: Access, key: str, address: str) -> None:
    counts, now = access.counts, access.monotonic()
    wait_s = counts.rates.take(key, now) if key else counts.strangers.take(address, now)
    if wait_s:
        again_s = ceil(wait_s)
        why = f"Too many requests. Try again in {again_s} s."
        raise DeniedError(429, why, "slow", retry_s=again_s)


async def _body(
    scope: Scope, headers: dict[str, str], receive: Receive, way: Way | None
) -> Receive:
    """Return the body's pieces, counted, and looked through where they are JSON."""
    if scope["method"] in SAFE:
        return receive
    taking = way.taking if way else None
    refuse_body(headers, taking)
    receive = counted(receive, taking.limit if taking else BODY_LIMIT)
    if media_type(headers) == "application/json":
        return await looked_through(receive, MOST_IMPORTED if taking else MOST_ITEMS)
    return receive


async def _run(app: Asgi, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """Run the application; a body that grows too large ends it, and so does a session that ended."""
    reads = scope["method"] in SAFE
    answer = _Answer(send, receive, door.access, scope[SCOPE], reads=reads)
    try:
        await app(scope, answer.receive, answer.send)
    except TooLargeError as large:
        if answer.started:
            raise
        await _answer(DeniedError(413, str(large)))(scope, receive, send)
    if answer.gone.is_set():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@dataclass(slots=True)
class _Answer:
    """Watches an answer: a stream of changes ends with the session or token it was begun with."""

    to: Send
    come: Receive
    access: Access | None
    who: Visitor
    reads: bool
    started: bool = False
    streams: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message) -> None:
        """Pass a message on, as long as whoever asked may still see it."""
        self.started = True
        if message["type"] == "http.response.start":
            kind = next((v for k, v in message["headers"] if k == b"content-type"), b"")
            self.streams = kind.startswith(b"text/event-stream")
        elif self.streams and self.access and not still_there(self.access, self.who):
            self.gone.set()
        if not self.gone.is_set():
            await self.to(message)

    async def receive(self) -> Message:
        """Pass a message on; for a stream, say that the client is gone when it has no right to be."""
        if not self.reads:
            return await self.come()
        # A stream listens for its client's end before it says that it is one.
        coming = asyncio.ensure_future(self.come())
        ending = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({coming, ending}, return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else {"type": "http.disconnect"}
        finally:
            coming.cancel()
            ending.cancel()


def _refusal(denied: DeniedError, scope: Scope, headers: dict[str, str], who: Visitor) -> Response:
    """Answer a browser with a page, a program with JSON."""
    looks = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    if not looks or scope["path"].startswith("/api/"):
        return _answer(denied)
    if denied.kind == "sign-in":
        query = scope["query_string"].decode("latin-1")
        there = quote(scope["path"] + ("?" + query if query else ""), safe="")
        return RedirectResponse(f"/sign-in?next={there}", HTTPStatus.SEE_OTHER)
    if denied.kind == "second-factor":
        return RedirectResponse("/second-factor", HTTPStatus.SEE_OTHER)
    page = fill("access/denied.html", zone="UTC", why=denied.why, who=who)
    return HTMLResponse(page, denied.status, headers={"Cache-Control": "no-store"})


def _answer(denied: DeniedError) -> JSONResponse:
    headers = {}
    if denied.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # What is still to come is not waited for.
        headers["Connection"] = "close"
    elif denied.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    elif denied.retry_s:
        headers["Retry-After"] = str(denied.retry_s)
    said = {"why": denied.why, "kind": denied.kind}
    return JSONResponse(said, status_code=denied.status, headers=headers)


def _with_headers(send: Send, *, tls: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = [*message.get("headers", []), *_HEADERS]
            if tls:
                said.append(_ONLY_TLS)
            if all(name != b"cache-control" for name, _ in said):
                # Static files are asked for again and answered with 304 while they are the same.
                said.append((b"cache-control", b"no-cache"))
            message["headers"] = said
        await send(message)

    return sending
