"""The pages: each is complete when it leaves the server."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from controller.names import time_of_day
from controller.web.cases import REASONS, cases, decided_lines
from controller.web.closing_rows import (
    effort_rows,
    made_rows,
    money_rows,
    variety_rows,
    versus_rows,
)
from controller.web.drawer import drawer
from controller.web.figure import figure
from controller.web.order_rows import STANDS, made_to, order_rows
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.scene import look
from controller.web.shell import html, shell_of
from controller.web.site import Site, View, view
from controller.web.times import day_text, slack

_COLUMNS = ((15, 5), (18, 6), (20, 5), (24, 6))
"""(up to so many machines, tiles in a row of the reference screen)."""


def pages(site: Site) -> APIRouter:
    """Return all pages."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])
    _floor(router, site)
    _inbox(router, site)
    _order_pages(router, site)
    _card(router, site)
    return router


def _floor(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def start() -> RedirectResponse:
        return RedirectResponse("/floor")

    @router.get("/floor")
    async def floor() -> HTMLResponse:
        now = await view(site)
        columns = next((wide for most, wide in _COLUMNS if len(now.tiles) <= most), 6)
        shell = shell_of(site, now, "Floor")
        return html(fill("floor.html", **shell, tiles=now.tiles, cuts=now.cuts, columns=columns))

    @router.get("/floor/machine/{machine}")
    async def one_machine(machine: str) -> HTMLResponse:
        if machine not in site.desk.state.plant.machines:
            return html(
                f"<p>There is no machine {machine.encode('ascii', 'ignore').decode()!r}.</p>", 404
            )
        await site.recent.catch_up(site.desk)
        return html(fill("drawer.html", **drawer(look(site.desk), site.recent, machine)))


def _inbox(router: APIRouter, site: Site) -> None:
    @router.get("/doubts")
    async def doubts() -> HTMLResponse:
        now = await view(site)
        return html(
            fill(
                "doubts.html",
                **shell_of(site, now, "In doubt"),
                cases=cases(now.scene, site.recent),
                decided=decided_lines(now.scene, list(site.recent.decided)),
                reasons=REASONS,
            )
        )


def _order_pages(router: APIRouter, site: Site) -> None:
    @router.get("/orders")
    async def orders() -> HTMLResponse:
        now = await view(site)
        rows = order_rows(now.scene)
        state = now.scene.state
        return html(
            fill(
                "orders.html",
                **shell_of(site, now, "Orders"),
                rows=[
                    (row, made_to(state, state.orders[row.id]), _times(now, row.id)) for row in rows
                ],
                stands=STANDS,
                refused=len(site.desk.refused_rows()),
            )
        )

    @router.get("/orders/refused")
    async def refused() -> HTMLResponse:
        now = await view(site)
        shell = shell_of(site, now, "Orders")
        return html(fill("refused.html", **shell, rows=site.desk.refused_rows()))


def _times(now: View, order: str) -> tuple[str, str]:
    """Return projected end and slack in words."""
    scene = now.scene
    end_s = scene.end_of.get(order)
    if end_s is None:
        return "", ""
    opened = scene.state.orders[order]
    day = "" if end_s // 86_400 == scene.now_s // 86_400 else f"{day_text(scene.state, end_s)} "
    return f"{day}{time_of_day(scene.state, end_s)}", slack(opened.order.due_s - end_s)


def _card(router: APIRouter, site: Site) -> None:
    @router.get("/closing")
    async def closing() -> HTMLResponse:
        card = await site.desk.closing()
        return html(
            fill(
                "closing.html",
                zone=card.timezone,
                card=card,
                figure=figure(card),
                made=made_rows(card),
                effort=effort_rows(card),
                variety=variety_rows(card),
                money=money_rows(card),
                versus=versus_rows(card),
            )
        )
