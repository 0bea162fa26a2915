"""A change on its way to the desk, with the revision that the asker saw, and a refusal on its way back."""

from typing import Annotated, TypeVar

from fastapi import Depends, Header
from fastapi.params import Depends as Dependency
from fastapi.responses import JSONResponse

from controller.requests import Refusal, Request, Taken
from controller.web.permit import Acting
from controller.web.site import Site

STATUS = {"unknown": 404, "conflict": 409, "wrong": 422}
_DIGITS = 18
"""More than any journal has events."""
T = TypeVar("T")


class RefusedError(Exception):
    """A refusal on its way to the client, who can do something about it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def refusal_answer(refused: RefusedError) -> JSONResponse:
    """Answer a refusal with its reason."""
    said: dict[str, object] = {"why": refused.refusal.why, "kind": refused.refusal.kind}
    if refused.refusal.stale:
        said["stale"] = True
    return JSONResponse(said, status_code=STATUS[refused.refusal.kind])


def or_refuse(said: T | Refusal) -> T:
    """Return what is no refusal. Raises RefusedError."""
    if isinstance(said, Refusal):
        raise RefusedError(said)
    return said


async def ask(
    site: Site, request: Request, who: Acting, about: str = "", seen: int | None = None
) -> Taken:
    """Have it judged; `about` names what was seen (`order:4127`). Raises RefusedError."""
    expected = {} if seen is None else {about: seen}
    reply = await site.desk.ask(
        request, actor=who.actor, station=who.station, key=who.key, expected=expected
    )
    taken = or_refuse(reply)
    assert isinstance(taken, Taken)
    return taken


def revision_of(what: str, says: str) -> Dependency:
    """Return the dependency that reads If-Match: a route's parameter `seen` is the revision that the
    asker saw, and None when they expect none (`*`, or no header)."""

    def seen(
        match: Annotated[str, Header(alias="If-Match", max_length=40, description=says)] = "",
    ) -> int | None:
        said = match.strip().removeprefix("W/").strip('"')
        if said in {"", "*"}:
            return None
        if not (said.isascii() and said.isdigit()) or len(said) > _DIGITS:
            why = f"If-Match {match!r} is no revision of {what}. Nothing was changed."
            raise RefusedError(Refusal(kind="wrong", why=why))
        return int(said)

    dependency: Dependency = Depends(seen)
    return dependency
