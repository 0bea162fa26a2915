"""Commands to one machine: hold, resume, abort, out of service, mode, a confirmed start, help."""

from typing import Annotated

from fastapi import APIRouter, Path

from controller.floor import requests as r
from controller.web import bodies
from controller.web.asking import ask, revision_of
from controller.web.machine_bodies import Aborted, Called, Done, InMode, Started, TakenOut
from controller.web.permit import Acting, Permission, Who, needs
from controller.web.site import Site

_OPERATE = [needs(Permission.OPERATE)]
Machine = Annotated[str, Path(max_length=80, description="Its id, as on its tile: `P3`")]
Seen = Annotated[
    int | None,
    revision_of(
        "a machine", "The revision of the machine that was looked at; another one is a conflict"
    ),
]


def machine_api(site: Site) -> APIRouter:
    """Return the routes of commands below /api/machines."""
    router = APIRouter(prefix="/api/machines/{machine}", tags=["machines"])
    _running(router, site)
    _service(router, site)
    _starting(router, site)
    _help(router, site)
    return router


async def _ask(site: Site, asked: r.FloorRequest, who: Acting, seen: int | None = None) -> Done:
    taken = await ask(site, asked, who, f"machine:{asked.machine}", seen)
    return Done(seq=taken.seq, says=taken.says)


def _running(router: APIRouter, site: Site) -> None:
    @router.post("/hold", dependencies=_OPERATE, summary="Pause what runs on a machine")
    async def hold(machine: Machine, who: Who, body: bodies.Nothing | None = None) -> Done:
        """Pause what runs; it can be resumed. The machine follows in its own time."""
        return await _ask(site, r.HoldMachine(machine=machine), who)

    @router.post("/resume", dependencies=_OPERATE, summary="Go on with what was paused")
    async def resume(machine: Machine, who: Who, body: bodies.Nothing | None = None) -> Done:
        """Go on with what was paused."""
        return await _ask(site, r.ResumeMachine(machine=machine), who)

    @router.post("/abort", dependencies=_OPERATE, summary="Break off what runs on a machine")
    async def abort(machine: Machine, body: Aborted, who: Who) -> Done:
        """Break off what runs; what is not finished is lost and made again."""
        return await _ask(site, r.AbortMachine(machine=machine, reason=body.reason), who)


def _service(router: APIRouter, site: Site) -> None:
    @router.post("/out", dependencies=_OPERATE, summary="Take a machine out of service")
    async def out(machine: Machine, body: TakenOut, who: Who, seen: Seen) -> Done:
        """Start nothing more on it, with a reason and, where known, when it is back."""
        asked = r.TakeOut(machine=machine, reason=body.reason, until_s=body.until_s)
        return await _ask(site, asked, who, seen)

    @router.post("/in", dependencies=_OPERATE, summary="Take a machine in again")
    async def take_in(
        machine: Machine, who: Who, seen: Seen, body: bodies.Nothing | None = None
    ) -> Done:
        """It works again."""
        return await _ask(site, r.TakeIn(machine=machine), who, seen)

    @router.post(
        "/mode",
        dependencies=[needs(Permission.ENGINEER)],
        summary="Say how far Lotwright may act on a machine",
    )
    async def mode(machine: Machine, body: InMode, who: Who, seen: Seen) -> Done:
        """Set the mode: watch, suggest, confirm, or automatic."""
        return await _ask(site, r.SetMode(machine=machine, mode=body.mode), who, seen)


def _starting(router: APIRouter, site: Site) -> None:
    @router.post("/start", dependencies=_OPERATE, summary="Let the next batch start")
    async def start(machine: Machine, body: Started, who: Who) -> Done:
        """Let the batch that was shown start, on a machine that starts nothing by itself."""
        return await _ask(site, r.ConfirmStart(machine=machine, operations=body.operations), who)


def _help(router: APIRouter, site: Site) -> None:
    @router.post("/help", dependencies=_OPERATE, summary="Call somebody to a machine")
    async def call(machine: Machine, who: Who, body: Called | None = None) -> Done:
        """Call help; it shows on every page until somebody says that it came."""
        note = body.note if body is not None else ""
        return await _ask(site, r.CallHelp(machine=machine, note=note), who)

    @router.post("/help/end", dependencies=_OPERATE, summary="Help came")
    async def end(machine: Machine, who: Who, body: bodies.Nothing | None = None) -> Done:
        """Help came, or is no longer needed."""
        return await _ask(site, r.EndHelp(machine=machine), who)
