"""Who may speak to the service: loopback names, or a station token; same origin, small bodies."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import SimpleCookie
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from starlette.responses import JSONResponse

from controller.web.permit import EVERYONE, SCOPE

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names of this machine for a browser on it; any other may be a rebound name."""
BODY_LIMIT = 4 * 1024 * 1024
COOKIE = "station"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        (
            b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        ),
    ),
)


class _TooLargeError(Exception):
    """The body went over the limit; whoever sent it can send less."""


def guarded(app: Asgi, token: str = "") -> Asgi:
    """Put the guard before an application. With a token, other hosts are served to who shows it."""

    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        refused = _refusal(scope["method"], headers, token)
        if refused is not None:
            status, why = refused
            answer = JSONResponse({"why": why, "kind": "refused"}, status_code=status)
            await answer(scope, receive, _with_headers(send))
            return
        scope[SCOPE] = EVERYONE
        await _limited(app, scope, receive, _with_headers(send))

    return speak


def _refusal(method: str, headers: Mapping[str, str], token: str) -> tuple[int, str] | None:
    host = headers.get("host", "")
    name = _host_name(host)
    if name not in LOOPBACK and not _shows(headers, token):
        return 421, (
            f"{name or 'This host'} is not served without a station token. "
            "Open http://127.0.0.1 on this machine, or start Lotwright with a token."
        )
    if method not in _SAFE and not _same_origin(headers, host):
        return 403, "Another site asked for this change. Nothing was changed."
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_LIMIT:
        return 413, "More than 4 MiB at once is not taken. Split the file."
    return None


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _shows(headers: Mapping[str, str], token: str) -> bool:
    if not token:
        return False
    cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    shown = (
        headers.get("authorization", "").removeprefix("Bearer "),
        cookie.value if cookie is not None else "",
    )
    return any(hmac.compare_digest(each.encode(), token.encode()) for each in shown)


def _same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Programs send neither header; browsers send at least one of them with every change."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


async def _limited(app: Asgi, scope: Scope, receive: Receive, send: Send) -> None:
    """Count a body that does not say its length."""
    taken, started = 0, False

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise _TooLargeError
        return message

    async def watch(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await app(scope, count, watch)
    except _TooLargeError:
        if started:
            raise
        why = {"why": "More than 4 MiB at once is not taken. Split the file.", "kind": "refused"}
        await JSONResponse(why, status_code=413)(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = [*message.get("headers", []), *_HEADERS]
            if all(name != b"cache-control" for name, _ in said):
                # Static files are asked for again and answered with 304 while they are the same.
                said.append((b"cache-control", b"no-cache"))
            message["headers"] = said
        await send(message)

    return sending
