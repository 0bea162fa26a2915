"""The Floor's page, filtered by its address, and the drawer of one machine."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from controller.web.drawer import drawer
from controller.web.floor_acts import ABORT_REASONS
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, view
from controller.web.tiles import Tile
from controller.web.words import SAID

_COLUMNS = ((15, 5), (18, 6), (20, 5), (24, 6))
"""(up to so many machines, tiles in a row of the reference screen)."""


def floor_pages(site: Site) -> APIRouter:
    """Return the Floor and its drawers."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])

    @router.get("/")
    async def start() -> RedirectResponse:
        return RedirectResponse("/floor")

    @router.get("/floor")
    async def floor(
        cell: Annotated[str, Query(max_length=80)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
    ) -> HTMLResponse:
        now = await view(site)
        groups = now.scene.state.plant.groups
        return html(
            fill(
                "floor.html",
                **shell_of(site, now, "Floor"),
                tiles=now.tiles,
                hidden={tile.machine for tile in now.tiles if not _matches(tile, cell, state)},
                cuts=now.cuts,
                columns=next((wide for most, wide in _COLUMNS if len(now.tiles) <= most), 6),
                cell=cell if cell in groups else "",
                stand=state if state in {word.value for word in SAID} else "",
                cells=[(name, group.label) for name, group in groups.items()],
                stands=[(word.value, said) for word, said in SAID.items()],
            )
        )

    @router.get("/floor/machine/{machine}")
    async def one_machine(machine: str) -> HTMLResponse:
        if machine not in site.desk.state.plant.machines:
            named = machine.encode("ascii", "ignore").decode()
            return html(fill("fragment.html", says=f"There is no machine {named!r}."), 404)
        await site.recent.catch_up(site.desk)
        values = drawer(site.look(), site.recent, machine)
        return html(fill("drawer.html", **values, abort_reasons=ABORT_REASONS))

    return router


def _matches(tile: Tile, cell: str, state: str) -> bool:
    return (not cell or tile.group == cell) and (not state or tile.word.value == state)
