"""The alarm page: what stands, what is put aside, what was, and how many are coming."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from controller.web.alarms.rows import Board, board
from controller.web.floor_acts import until_choices
from controller.web.permit import Permission, needs
from controller.web.render import Part, fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, bar_parts, glance, view

NOTES = ("I am on it", "Somebody is on it", "Part is ordered", "Seen, nothing to do")
ASIDE = ("Known, being repaired", "Waits for a part", "Planned work", "Wrong alarm")
"""Reason codes; words can be added."""


def alarm_pages(site: Site) -> APIRouter:
    """Return the alarm page."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])

    @router.get("/alarms")
    async def alarms() -> HTMLResponse:
        now = await view(site)
        state, now_s = now.scene.state, now.scene.now_s
        shown = _part(board(state, site.recent.alarms, now_s))
        return html(
            fill(
                "alarms/alarms.html",
                **shell_of(site, now, "Alarms"),
                table=site.parts.html(shown),
                notes=NOTES,
                aside=ASIDE,
                until=until_choices(state, now_s),
            )
        )

    return router


async def alarm_parts(site: Site, touched: frozenset[str]) -> tuple[Part, ...]:
    """Return what changes on the alarm page."""
    now = await glance(site, touched)
    shown = board(now.scene.state, site.recent.alarms, site.desk.now_s())
    return (*bar_parts(now.bar), _part(shown))


def _part(shown: Board) -> Part:
    return Part("alarm-table", "alarms/part_table.html", shown)
