"""Bodies: how long, of which type, how deep; refused by their length, and counted while they come."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from controller.web.access.origin import FORMS, by_browser
from controller.web.permit import DeniedError, Taking

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

BODY_LIMIT = 1024 * 1024
DEEPEST = 20
MOST_ITEMS = 10_000
MOST_IMPORTED = 500_000
"""Items of a JSON file on a route that takes files."""
_JSON = "application/json"
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_IN_THREAD = 64 * 1024
"""Bytes from which looking through a body would hold up the loop."""


class TooLargeError(Exception):
    """The body went over the limit while it came; whoever sent it can send less."""


def refuse_body(headers: Mapping[str, str], taking: Taking | None) -> None:
    """Refuse a body by what its head says, before a byte of it is read. Raises DeniedError."""
    limit = taking.limit if taking else BODY_LIMIT
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > limit:
        raise DeniedError(413, too_large(limit))
    if int(length) or "transfer-encoding" in headers:
        _refuse_type(headers, taking)


def _refuse_type(headers: Mapping[str, str], taking: Taking | None) -> None:
    said = media_type(headers)
    types = taking.types if taking else (_JSON,)
    fits = said in types or ("*/*" in types and said not in FORMS)
    # A program that says nothing is let through to the route, which looks at the body itself.
    if not fits and (said or by_browser(headers)):
        wanted = " or ".join(types) if "*/*" not in types else "a type that no form sends"
        raise DeniedError(415, f"The body is {said or 'of no type'}; this takes {wanted}.", "wrong")


def media_type(headers: Mapping[str, str]) -> str:
    """Return the body's type without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def too_large(limit: int) -> str:
    """Say that a body is too large."""
    return f"More than {limit // 1024 // 1024} MiB at once is not taken. Split the file."


def counted(receive: Receive, limit: int) -> Receive:
    """Count a body that comes in pieces; more than the limit raises TooLargeError."""
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise TooLargeError(too_large(limit))
        return message

    return count


async def looked_through(receive: Receive, most_items: int) -> Receive:
    """Read a JSON body whole, refuse one that is too deep or too long, and give it on."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return _gives([message], receive)
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    body = b"".join(pieces)
    if len(body) > _IN_THREAD:
        why = await asyncio.to_thread(shape_flaw, body, most_items)
    else:
        why = shape_flaw(body, most_items)
    if why:
        raise DeniedError(422, why, "wrong")
    return _gives([{"type": "http.request", "body": body, "more_body": False}], receive)


def shape_flaw(body: bytes, most_items: int = MOST_ITEMS) -> str:
    """Say in which way JSON is more than anybody needs; empty when it is not."""
    bare = _STRINGS.sub(b"", body)
    brackets = _BRACKETS.findall(bare)
    if bare.count(b",") + len(brackets) // 2 > most_items:
        return f"The body has more than {most_items:,} items. Split it."
    depth = 0
    for each in brackets:
        depth += 1 if each in b"[{" else -1
        if depth > DEEPEST:
            return f"The body is nested more than {DEEPEST} deep."
    return ""


def _gives(first: list[Message], then: Receive) -> Receive:
    async def give() -> Message:
        return first.pop(0) if first else await then()

    return give
