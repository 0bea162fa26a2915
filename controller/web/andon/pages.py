"""The andon page: no shell, read-only, everything in units of the wall."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.andon.values import Andon, andon
from controller.web.permit import Permission, needs
from controller.web.render import Part, fill
from controller.web.shell import html
from controller.web.site import Site, View, glance, view


def andon_pages(site: Site) -> APIRouter:
    """Return the page for the wall."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])

    @router.get("/andon")
    async def wall() -> HTMLResponse:
        now = await view(site)
        parts = {part.id: site.parts.html(part) for part in _parts(_look(site, now))}
        zone = now.scene.state.plant.timezone
        return html(fill("andon/andon.html", zone=zone, parts=parts))

    return router


async def andon_parts(site: Site, touched: frozenset[str]) -> tuple[Part, ...]:
    """Return what changes on the wall."""
    return _parts(_look(site, await glance(site, touched)))


def _look(site: Site, now: View) -> Andon:
    return andon(now.scene, now.tiles, now.cuts, site.recent.day)


def _parts(shown: Andon) -> tuple[Part, ...]:
    return (
        Part("andon-top", "andon/part_top.html", shown.top),
        Part("andon-packed", "andon/part_packed.html", shown.packed),
        Part("andon-tight", "andon/part_tight.html", shown.tight),
        Part("andon-curves", "andon/part_curves.html", shown.curves),
        Part("andon-machines", "andon/part_machines.html", shown.machines),
        Part("andon-strip", "andon/part_strip.html", shown.strip),
    )
