"""The pages: each is complete when it leaves the server."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.closing_rows import (
    cancelled_line,
    effort_rows,
    made_rows,
    money_rows,
    variety_rows,
    versus_rows,
)
from controller.web.figure import figure
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html
from controller.web.site import Site


def pages(site: Site) -> APIRouter:
    """Return all pages."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])
    _card(router, site)
    return router


def _card(router: APIRouter, site: Site) -> None:
    @router.get("/closing")
    async def closing() -> HTMLResponse:
        card = await site.desk.closing()
        return html(
            fill(
                "closing.html",
                zone=card.timezone,
                card=card,
                cancelled=cancelled_line(card),
                figure=figure(card),
                made=made_rows(card),
                effort=effort_rows(card),
                variety=variety_rows(card),
                money=money_rows(card),
                versus=versus_rows(card),
            )
        )
