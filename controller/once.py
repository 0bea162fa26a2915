"""A request that carries a key counts once, however often it is sent."""

import hashlib
from typing import TypeAlias

from controller.events import RequestKept
from controller.requests import Refusal, Request, Taken
from controller.state import State

_REUSED = "This Idempotency-Key was used for another request. Nothing was changed; use a new key."

Again: TypeAlias = Taken | Refusal


def key_of(actor: str, key: str) -> str:
    """Name a key without its words, which are the client's; another actor's same key is another one."""
    return hashlib.sha256(f"{actor}\n{key}".encode()).hexdigest()


def digest_of(request: Request) -> str:
    """Return a digest of what was asked."""
    return hashlib.sha256(repr(request).encode()).hexdigest()


def again(state: State, key: str, request: Request) -> Again | None:
    """Return the first answer to a repeated request; None when it is new."""
    kept = state.answered.get(key)
    if kept is None:
        return None
    if kept.request != digest_of(request):
        return Refusal(kind="wrong", why=_REUSED)
    return Taken(seq=kept.seq, says=kept.says)


def kept(key: str, request: Request, says: str) -> RequestKept:
    """Return the fact that keeps an answer; it is recorded with what the request caused."""
    return RequestKept(key=key, request=digest_of(request), says=says)
