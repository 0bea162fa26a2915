"""The Plan page and the fragments that it fetches: inspector, proposals, table twin."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from controller.web.board.boards import Boards
from controller.web.board.build import cells_of
from controller.web.board.inspect import inspected
from controller.web.board.machine import machine_seen
from controller.web.board.panel import panel, rules_now, wish_rows
from controller.web.board.twin import page as twin_page
from controller.web.permit import Permission, Who, needs
from controller.web.plan_change import plan_change
from controller.web.render import fill
from controller.web.scene import Scene, look
from controller.web.shell import html, shell_of
from controller.web.site import Site, view
from controller.web.times import clock_text

COLOURS = {
    "trouble": "nothing but trouble",
    "order": "order",
    "family": "family",
    "slack": "slack",
    "customer": "customer",
}
_Words = Annotated[str, Query(max_length=200)]
_Number = Annotated[int, Query(ge=0, le=10**9)]


def pages(site: Site, boards: Boards) -> APIRouter:
    """Return the page and its fragments."""
    router = APIRouter(
        prefix="/plan", include_in_schema=False, dependencies=[needs(Permission.SEE)]
    )
    _whole(router, site)
    _fragments(router, site, boards)
    return router


def plan_says(scene: Scene) -> str:
    """Say which plan counts and how old it is: `37, published 09:13`."""
    plan = scene.state.plan
    if plan is None:
        return "not made yet"
    return f"{plan.number}, published {clock_text(scene.state, scene.state.plan_s, scene.now_s)}"


def _panels(site: Site, scene: Scene, show: int, actor: str) -> dict[str, object]:
    proposals = site.desk.proposals()
    shown = next((each for each in proposals if each.number == show), None)
    if shown is None and proposals:
        shown = proposals[-1]
    return {
        "numbers": [each.number for each in proposals],
        "shown": None if shown is None else panel(scene.state, shown, scene.now_s),
        "wishes": wish_rows(scene.state, actor, scene.now_s),
        "rules": rules_now(scene.state),
        "plan_change": plan_change(scene.state, scene.now_s),
    }


def _whole(router: APIRouter, site: Site) -> None:
    @router.get("")
    async def plan(
        who: Who, show: Annotated[int, Query(ge=0, le=10**9, alias="proposal")] = 0
    ) -> HTMLResponse:
        now = await view(site)
        cells = cells_of(now.scene.state)
        return html(
            fill(
                "board/plan.html",
                **shell_of(site, now, "Plan"),
                **_panels(site, now.scene, show, who.actor),
                plan_says=plan_says(now.scene),
                has_plan=now.scene.state.plan is not None,
                machines=[name for _, names in cells for name in names],
                colours=COLOURS,
            )
        )


def _fragments(router: APIRouter, site: Site, boards: Boards) -> None:
    @router.get("/panel")
    async def side(who: Who, show: _Number = 0) -> HTMLResponse:
        scene = look(site.desk)
        shown = _panels(site, scene, show, who.actor)
        return html(fill("board/panel.html", **shown, plan_says=plan_says(scene)))

    @router.get("/bar")
    async def bar(key: _Words) -> HTMLResponse:
        picture = await boards.picture()
        found = inspected(look(site.desk), picture, key)
        if found is None:
            return html("<p>It is no longer on the board.</p>", 404)
        return html(fill("board/bar.html", bar=found))

    @router.get("/machine")
    async def machine(name: _Words) -> HTMLResponse:
        if name not in site.desk.state.plant.machines:
            return html("<p>There is no such machine.</p>", 404)
        picture = await boards.picture()
        return html(fill("board/machine.html", seen=machine_seen(look(site.desk), picture, name)))

    @router.get("/table")
    async def table(
        number: Annotated[int, Query(ge=1, le=10**6, alias="page")] = 1,
        machine: _Words = "",
        order: _Words = "",
        past: bool = False,
    ) -> HTMLResponse:
        picture = await boards.picture()
        rows = twin_page(look(site.desk), picture, number, machine=machine, order=order, past=past)
        return html(fill("board/table.html", page=rows))
