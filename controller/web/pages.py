"""The pages: each is complete when it leaves the server."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.cases import REASONS, cases, decided_lines
from controller.web.closing_rows import (
    effort_rows,
    made_rows,
    money_rows,
    variety_rows,
    versus_rows,
)
from controller.web.figure import figure
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, view


def pages(site: Site) -> APIRouter:
    """Return all pages."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])
    _inbox(router, site)
    _card(router, site)
    return router


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
