"""The pages of access: signing in, one-time links, one's own account, users and tokens."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from controller.access import Access, Role
from controller.web.access import rows
from controller.web.access.caller import visitor_of
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, view

_LOG_LINES = 100


def access_pages(site: Site, access: Access) -> APIRouter:
    """Return the pages; they exist only where access is on."""
    router = APIRouter(include_in_schema=False)
    _coming(router, site, access)
    _account(router, site, access)
    _second_factor(router, site, access)
    _users(router, site, access)
    return router


def _coming(router: APIRouter, site: Site, access: Access) -> None:
    @router.get("/sign-in", dependencies=[needs(Permission.OPEN)])
    async def sign_in() -> HTMLResponse:
        plant = site.desk.state.plant
        begun = bool(access.book.admins())
        return html(
            fill("access/sign_in.html", zone=plant.timezone, plant=plant.label, begun=begun)
        )

    @router.get("/setup", dependencies=[needs(Permission.OPEN)])
    async def setup() -> HTMLResponse:
        plant = site.desk.state.plant
        first = not access.book.admins()
        return html(fill("access/setup.html", zone=plant.timezone, plant=plant.label, first=first))


def _account(router: APIRouter, site: Site, access: Access) -> None:
    @router.get("/account", dependencies=[needs(Permission.SEE)])
    async def account(request: Request) -> HTMLResponse:
        who = visitor_of(request)
        user = access.person(who.user) if not who.token else None
        mine = [each for each in rows.sessions(access) if user and each.user == user.name]
        shell = shell_of(site, await view(site), "Account")
        return html(
            fill(
                "access/account.html",
                **shell,
                who=who,
                user=user,
                sessions=mine,
                here=who.session[:12],
                factor=access.book.factors.get(who.user),
            )
        )


def _second_factor(router: APIRouter, site: Site, access: Access) -> None:
    @router.get("/second-factor", dependencies=[needs(Permission.OWN)])
    async def second_factor(request: Request) -> HTMLResponse:
        plant, who = site.desk.state.plant, visitor_of(request)
        user = access.person(who.user) if not who.token else None
        factor = access.book.factors.get(user.name) if user else None
        said = {"who": who, "user": user, "factor": factor, "plant": plant.label}
        page = fill("access/second_factor.html", zone=plant.timezone, **said)
        return html(page)


def _users(router: APIRouter, site: Site, access: Access) -> None:
    @router.get("/users", dependencies=[needs(Permission.ADMIN)])
    async def users(request: Request) -> HTMLResponse:
        shell = shell_of(site, await view(site), "Users")
        log = await asyncio.to_thread(access.latest, _LOG_LINES)
        state = site.desk.state
        return html(
            fill(
                "access/users.html",
                **shell,
                users=rows.users(access),
                tokens=rows.tokens(access),
                sessions=rows.sessions(access),
                log=[rows.entry_row(each) for each in log],
                roles=[(role.value, does) for role, does in _DOES.items()],
                stations=[name for name, each in state.plant.machines.items() if each.person]
                or list(state.plant.machines),
                here=visitor_of(request).session[:12],
                me=visitor_of(request).user,
                days=access.limits.token_days,
            )
        )


_DOES = {
    Role.VIEWER: "sees all, changes nothing",
    Role.OPERATOR: "operates machines, stations, alarms and doubts",
    Role.PLANNER: "changes orders, plan and stock",
    Role.ENGINEER: "does all but users and tokens",
    Role.ADMIN: "does all",
}
"""`GRANTS` in words."""
