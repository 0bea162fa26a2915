"""In doubt: the open cases and what was decided lately."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.cases import REASONS, Standing, cases, decided_lines, standing_of
from controller.web.people import doubted
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
        found = cases(now.scene, site.recent)
        standing = {each.job_order: site.parts.html(_part(each.standing)) for each in found}
        return html(
            fill(
                "doubts.html",
                **shell_of(site, now, "In doubt"),
                cases=found,
                standing=standing,
                decided=decided_lines(now.scene, list(site.recent.decided)),
                reasons=REASONS,
            )
        )

    return router


async def doubt_parts(site: Site, touched: frozenset[str]) -> tuple[Part, ...]:
    """Return what changes above the cases, and who has signed; the rest stands still until asked."""
    above = bar_parts((await glance(site, touched)).bar)
    state = site.desk.state
    return (*above, *(_part(standing_of(state, job)) for job in doubted(state)))


def _part(standing: Standing) -> Part:
    return Part(f"signed-{standing.job_order}", "part_signed.html", standing)
