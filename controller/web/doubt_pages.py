"""In doubt: the open cases and what was decided lately."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.cases import REASONS, cases, decided_lines
from controller.web.permit import Permission, needs
from controller.web.render import Part, fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, bar_parts, glance, view


def doubt_pages(site: Site) -> APIRouter:
    """Return the inbox of doubts."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])

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

    return router


async def doubt_parts(site: Site, touched: frozenset[str]) -> tuple[Part, ...]:
    """Return what changes above the cases; these stand still until the reader asks."""
    return tuple(bar_parts((await glance(site, touched)).bar))
