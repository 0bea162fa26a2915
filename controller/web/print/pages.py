"""The pages that are printed; each can be asked for by address, from a station or from the Floor."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from controller.identity.codes import PartCode, read_code, tote_of
from controller.identity.totes import exists
from controller.web.permit import Permission, needs
from controller.web.print.dispatch import rows, sheets
from controller.web.print.labels import Label, card, label, labels_of_batch, labels_of_order
from controller.web.render import fill
from controller.web.shell import html
from controller.web.site import Site, order_of_cells

Now = Annotated[bool, Query(description="Open the browser's print dialog at once")]


def pages(site: Site) -> APIRouter:
    """Return the pages below /print."""
    router = APIRouter(
        prefix="/print", include_in_schema=False, dependencies=[needs(Permission.SEE)]
    )
    _lists(router, site)
    _labels(router, site)
    _totes(router, site)
    return router


def _missing(site: Site, says: str) -> HTMLResponse:
    return html(fill("missing.html", zone=site.desk.state.plant.timezone, says=says), 404)


def _lists(router: APIRouter, site: Site) -> None:
    @router.get("/dispatch")
    async def all_machines(now: Now = False) -> HTMLResponse:
        scene = site.look()
        busy = [name for name in order_of_cells(scene) if rows(scene, name)]
        return _list(site, busy or order_of_cells(scene)[:1], now)

    @router.get("/dispatch/{machine}")
    async def one_machine(machine: str, now: Now = False) -> HTMLResponse:
        if machine not in site.desk.state.plant.machines:
            return _missing(site, "There is no such machine.")
        return _list(site, [machine], now)


def _list(site: Site, machines: list[str], now: bool) -> HTMLResponse:
    plant = site.desk.state.plant
    return html(
        fill(
            "print/dispatch.html",
            zone=plant.timezone,
            plant=plant.label,
            sheets=sheets(site.look(), machines),
            at_once=now,
        )
    )


def _labels(router: APIRouter, site: Site) -> None:
    @router.get("/labels/{job_order}")
    async def batch(
        job_order: str, part: Annotated[str, Query(max_length=200)] = "", now: Now = False
    ) -> HTMLResponse:
        job = site.desk.state.jobs.get(job_order)
        if job is None:
            return _missing(site, "This batch is not on a machine any more. Print by order.")
        found = labels_of_batch(site.desk.state, job, part)
        return _sheet(site, job.intended.job.label, found, now)

    @router.get("/labels/order/{order}")
    async def order_labels(order: str, now: Now = False) -> HTMLResponse:
        if order not in site.desk.state.orders:
            return _missing(site, "This order is not open.")
        return _sheet(site, f"Order {order}", labels_of_order(site.desk.state, order), now)

    @router.get("/label/{code:path}")
    async def one_label(code: str, now: Now = False) -> HTMLResponse:
        state = site.desk.state
        found = read_code(state, code)
        if not isinstance(found, PartCode):
            return _missing(site, "This is the code of no part of an open order.")
        return _sheet(site, found.operation, (label(state, found.operation),), now)


def _sheet(site: Site, about: str, labels: tuple[Label, ...], now: bool) -> HTMLResponse:
    zone = site.desk.state.plant.timezone
    return html(fill("print/labels.html", zone=zone, about=about, labels=labels, at_once=now))


def _totes(router: APIRouter, site: Site) -> None:
    @router.get("/tote/{tote}")
    async def one_tote(tote: str, now: Now = False) -> HTMLResponse:
        name = tote_of(tote)
        if not name or not exists(site.desk.state, name):
            return _missing(site, "There is no such tote.")
        return _cards(site, [name], now)

    @router.get("/totes")
    async def all_totes(now: Now = False) -> HTMLResponse:
        carrying = sorted(site.desk.state.totes, key=lambda name: int(name.removeprefix("T-")))
        return _cards(site, carrying, now)


def _cards(site: Site, totes: list[str], now: bool) -> HTMLResponse:
    scene = site.look()
    zone = scene.state.plant.timezone
    cards = [card(scene, tote) for tote in totes]
    return html(fill("print/totes.html", zone=zone, cards=cards, at_once=now))
