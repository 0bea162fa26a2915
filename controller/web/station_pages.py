"""The page of a station, and its part that is filled again when something was touched."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html
from controller.web.site import Site
from controller.web.station import REWORK_REASONS, SCRAP_REASONS, bench


def pages(site: Site) -> APIRouter:
    """Return the pages of stations."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])

    @router.get("/station/{machine}")
    async def station(
        machine: str,
        part: Annotated[str, Query(max_length=8)] = "",
        now: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        if machine not in site.desk.state.plant.machines:
            return html(fill("missing.html", zone="UTC", says="There is no such station."), 404)
        scene = site.look()
        words = fill(
            "station_live.html" if part == "work" else "station.html",
            zone=scene.state.plant.timezone,
            bench=bench(scene, machine, now),
            scrap_reasons=SCRAP_REASONS,
            rework_reasons=REWORK_REASONS,
        )
        return html(words)

    return router
