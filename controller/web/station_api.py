"""What stations say and ask: scans, parts put into totes, scrap, undo, and what a code means."""

from typing import Annotated

from fastapi import APIRouter, Path

from controller.identity import requests as r
from controller.identity.codes import (
    MOST,
    ForeignCode,
    LeftCode,
    OrderCode,
    PartCode,
    ToteCode,
    read_code,
    shown_code,
)
from controller.identity.parts import part_now
from controller.requests import Refusal
from controller.state import State
from controller.web.asking import RefusedError, ask
from controller.web.permit import Acting, Permission, Who, needs
from controller.web.site import Site
from controller.web.station import bench
from controller.web.station_bodies import (
    DoneNow,
    Moved,
    PartOf,
    Scanned,
    Scrapped,
    StationNow,
    Touched,
    Undone,
)
from controller.web.station_rows import station_now

_OPERATE = [needs(Permission.OPERATE)]
_SEE = [needs(Permission.SEE)]
Machine = Annotated[str, Path(max_length=80, description="Its id: `B2`")]


def api(site: Site) -> APIRouter:
    """Return the routes of stations and parts."""
    router = APIRouter(prefix="/api", tags=["stations"])
    _looks(router, site)
    _scans(router, site)
    _plates(router, site)
    _second_thoughts(router, site)
    return router


async def _ask(site: Site, asked: r.IdentityRequest, who: Acting) -> DoneNow:
    taken = await ask(site, asked, who)
    return DoneNow(seq=taken.seq, says=taken.says, undo=_last(site.desk.state, asked))


def _last(state: State, asked: r.IdentityRequest) -> str:
    """Name the part that was just scanned or taken, as long as it can be taken back."""
    if not isinstance(asked, r.ScanPart | r.TakePart) or asked.job_order not in state.jobs:
        return ""
    return next(reversed(state.jobs[asked.job_order].scanned), "")


def _known(site: Site, machine: str) -> None:
    if machine not in site.desk.state.plant.machines:
        raise RefusedError(
            Refusal(kind="unknown", why=f"There is no machine {shown_code(machine)}.")
        )


def _looks(router: APIRouter, site: Site) -> None:
    @router.get("/stations/{machine}", dependencies=_SEE, summary="What a station's page shows")
    async def station(machine: Machine) -> StationNow:
        """Return what is to be done there: the parts of a join, or the map of a finished plate."""
        _known(site, machine)
        return station_now(bench(site.look(), machine))

    @router.get("/parts/{code:path}", dependencies=_SEE, summary="What a scanned code means")
    async def part(code: Annotated[str, Path(max_length=MOST)]) -> PartOf:
        """Say what a code is, whose, where it is, in which tote, and what comes next."""
        return part_of(site.desk.state, code)


def part_of(state: State, code: str) -> PartOf:
    """Say what a code means. Raises RefusedError when it means nothing that is open."""
    match read_code(state, code):
        case PartCode(operation=operation, attempt=attempt):
            part = part_now(state, operation, attempt)
            return PartOf(
                code=part.code,
                kind="part",
                name=part.name,
                order=part.order,
                operation=operation,
                attempt=attempt,
                stands=part.stands,
                where=part.where,
                tote=part.tote,
                next_step=part.next_step,
                cancelled=part.cancelled,
            )
        case OrderCode(order=order):
            return _whole(state, "order", order, order, f"order {order}")
        case ToteCode(tote=tote):
            order = state.totes.get(tote, "")
            return _whole(state, "tote", tote, order, f"tote {tote}")
        case LeftCode(order=order):
            why = f"Order {order} is no longer open; it has left."
            raise RefusedError(Refusal(kind="unknown", why=why))
        case ForeignCode():
            why = f"{shown_code(code)} is no code of Lotwright's."
            raise RefusedError(Refusal(kind="unknown", why=why))


def _whole(state: State, kind: str, code: str, order: str, name: str) -> PartOf:
    opened = state.orders.get(order)
    tote = code if kind == "tote" else opened.tote if opened is not None else ""
    carries = f"carries order {order}" if order else "empty"
    where = carries if kind == "tote" else f"in tote {tote}" if tote else "not begun"
    return PartOf(
        code=code,
        kind=kind,
        name=name,
        order=order,
        operation="",
        attempt=0,
        stands="",
        where=where,
        tote=tote,
        next_step="",
        cancelled=opened is not None and opened.cancelled is not None,
    )


def _scans(router: APIRouter, site: Site) -> None:
    @router.post(
        "/stations/{machine}/scan", dependencies=_OPERATE, summary="Scan a part, or a tote"
    )
    async def scan(machine: Machine, body: Scanned, who: Who) -> DoneNow:
        """Take a scan where it is right; a wrong one is refused with what it is and what is needed."""
        _known(site, machine)
        asked = r.ScanPart(
            machine=machine, job_order=body.job_order, code=body.code, operation=body.operation
        )
        return await _ask(site, asked, who)

    @router.post(
        "/stations/{machine}/tote", dependencies=_OPERATE, summary="Use another tote for an order"
    )
    async def tote(machine: Machine, body: Moved, who: Who) -> DoneNow:
        """Put an order's parts into another, empty tote."""
        _known(site, machine)
        return await _ask(site, r.MoveTote(order=body.order, tote=body.tote), who)


def _plates(router: APIRouter, site: Site) -> None:
    @router.post(
        "/stations/{machine}/take", dependencies=_OPERATE, summary="A part went into its tote"
    )
    async def take(machine: Machine, body: Touched, who: Who) -> DoneNow:
        """Say that a part was taken off a finished plate; the last one clears the machine."""
        _known(site, machine)
        asked = r.TakePart(machine=machine, job_order=body.job_order, operation=body.operation)
        return await _ask(site, asked, who)

    @router.post(
        "/stations/{machine}/scrap", dependencies=_OPERATE, summary="A part on a plate is bad"
    )
    async def scrap(machine: Machine, body: Scrapped, who: Who) -> DoneNow:
        """Have a part made again that its machine called good."""
        _known(site, machine)
        asked = r.ScrapPart(
            machine=machine,
            job_order=body.job_order,
            operation=body.operation,
            reason=body.reason,
        )
        return await _ask(site, asked, who)


def _second_thoughts(router: APIRouter, site: Site) -> None:
    @router.post(
        "/stations/{machine}/undo", dependencies=_OPERATE, summary="Take the last action back"
    )
    async def undo(machine: Machine, body: Undone, who: Who) -> DoneNow:
        """Take back a scan, a part taken off, or hand work called good, within 30 s."""
        _known(site, machine)
        if body.operation:
            asked = r.UndoScan(machine=machine, job_order=body.job_order, operation=body.operation)
            return await _ask(site, asked, who)
        return await _ask(site, r.UndoFinish(machine=machine, job_order=body.job_order), who)
