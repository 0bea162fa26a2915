"""The web application over a desk: API, pages and static files behind the guard."""

import secrets
from collections.abc import Iterable
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException

from controller.access import Access, AccessError
from controller.desk import Desk
from controller.journal import JournalError
from controller.outbox.opening import Traffic, bare
from controller.web import board, orders
from controller.web.access.api import access_api, refused_access
from controller.web.access.pages import access_pages
from controller.web.access.ways import ways_of
from controller.web.alarms.api import alarms_api
from controller.web.alarms.pages import alarm_pages
from controller.web.andon.pages import andon_pages
from controller.web.api import api
from controller.web.asking import RefusedError, refusal_answer
from controller.web.described import described
from controller.web.doubt_pages import doubt_pages
from controller.web.floor_pages import floor_pages
from controller.web.guard import Door, guarded
from controller.web.intake import intake_api, intake_pages
from controller.web.machine_routes import machine_api
from controller.web.metrics import metrics
from controller.web.pages import pages
from controller.web.permit import DeniedError, Permission, needs
from controller.web.print import pages as print_pages
from controller.web.render import STATIC
from controller.web.site import Site
from controller.web.station_api import api as station_api
from controller.web.station_pages import pages as station_pages
from controller.web.stock import Traces, stock_api, stock_pages

_log = structlog.stdlib.get_logger("lotwright.web")

_ABOUT = """Everything that the pages, the command line and programs ask of the running controller.
Seconds (`_s`) are plant seconds from `origin_utc`. Programs send `Authorization: Bearer TOKEN`; in open
mode (`--open`) nobody signs in and the header `X-Actor` names who acts. A POST with an `Idempotency-Key` has
one effect, however often it is sent.
A refusal answers 404, 409 or 422 with `why` in one sentence and `kind`; nothing was changed."""


def app(
    desk: Desk,
    *,
    access: Access | None = None,
    hosts: frozenset[str] = frozenset(),
    meters: Iterable[Collector] = (),
    traffic: Traffic | None = None,
) -> FastAPI:
    """Return the application. Without access it is open: all on this machine may do all.

    `hosts` are names beside loopback under which it may be called."""
    site = Site(desk)
    made = FastAPI(
        title="Lotwright",
        description=_ABOUT,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    made.include_router(intake_api(site, traffic := traffic or bare(desk)))
    made.include_router(intake_pages(site, traffic))
    made.include_router(api(site))
    made.include_router(machine_api(site))
    made.include_router(alarms_api(site))
    made.include_router(floor_pages(site))
    made.include_router(doubt_pages(site))
    made.include_router(alarm_pages(site))
    made.include_router(andon_pages(site))
    made.include_router(pages(site))
    made.include_router(station_api(site))
    made.include_router(station_pages(site))
    made.include_router(print_pages(site))
    made.include_router(board.router(site))
    made.include_router(stock_api(site, lots := Traces()))
    made.include_router(stock_pages(site, lots))
    made.include_router(metrics(site, meters))
    # Behind all that begins with /orders/: one order may have any name.
    made.include_router(orders.router(site))
    _description(made)
    made.mount("/static", StaticFiles(directory=STATIC), name="static")
    if access is not None:
        made.include_router(access_api(site, access))
        made.include_router(access_pages(site, access))
        made.exception_handler(AccessError)(refused_access)
        made.exception_handler(JournalError)(_not_written)
    made.add_middleware(guarded, door=Door(made, access, hosts, ways_of(made), len(made.routes)))
    made.exception_handler(RefusedError)(_refused)
    made.exception_handler(DeniedError)(_denied)
    made.exception_handler(RequestValidationError)(_malformed)
    made.exception_handler(HTTPException)(_missing)
    made.exception_handler(Exception)(_broken)
    return made


def _description(made: FastAPI) -> None:
    @made.get("/api/openapi.json", include_in_schema=False, dependencies=[needs(Permission.SEE)])
    async def description() -> JSONResponse:
        return JSONResponse(described(made))


async def _broken(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: a reference that finds it in the log, and what to do."""
    reference = secrets.token_hex(4)
    _log.error("a request failed", reference=reference, path=request.url.path, exc_info=error)
    says = (
        f"Lotwright failed here, reference {reference}. Look at the page again before you repeat it; "
        f"'lotwright doctor {reference}' shows the cause."
    )
    return JSONResponse({"why": says, "kind": "broken"}, status_code=500)


async def _not_written(_: Request, error: JournalError) -> JSONResponse:
    _log.error("access not written", why=str(error))
    why = "The database does not take it at the moment. Nothing was changed."
    return JSONResponse({"why": why, "kind": "refused"}, status_code=503)


async def _denied(_: Request, error: DeniedError) -> JSONResponse:
    return JSONResponse({"why": error.why, "kind": error.kind}, status_code=error.status)


async def _refused(_: Request, error: RefusedError) -> JSONResponse:
    return refusal_answer(error)


async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "the body"
    return JSONResponse({"why": f"{where}: {first['msg']}.", "kind": "wrong"}, status_code=422)


async def _missing(_: Request, error: HTTPException) -> JSONResponse:
    absent = error.status_code == HTTPStatus.NOT_FOUND
    why = "There is nothing at this address." if absent else str(error.detail)
    kind = "unknown" if absent else "refused"
    return JSONResponse({"why": why, "kind": kind}, status_code=error.status_code)
