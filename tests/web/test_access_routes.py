"""Every route demands something, and every role gets exactly what its table says."""

import re

import pytest
from keys import Keys, run, status
from shoes import the_desk

from controller.access import Role
from controller.web import app
from controller.web.access.ways import Way, ways_of
from controller.web.permit import GRANTS

MAY = {
    "viewer": {"open", "own", "see"},
    "operator": {"open", "own", "see", "operate"},
    "planner": {"open", "own", "see", "plan"},
    "engineer": {"open", "own", "see", "operate", "plan", "engineer"},
    "admin": {"open", "own", "see", "operate", "plan", "engineer", "admin"},
}
DEMANDED = {
    ("GET", "/floor"): "see",
    ("GET", "/orders"): "see",
    ("GET", "/doubts"): "see",
    ("GET", "/users"): "admin",
    ("GET", "/account"): "see",
    ("GET", "/second-factor"): "own",
    ("POST", "/api/me/second-factor"): "own",
    ("POST", "/api/me/second-factor/confirm"): "own",
    ("POST", "/api/me/second-factor/off"): "own",
    ("DELETE", "/api/users/{name}/second-factor"): "admin",
    ("GET", "/sign-in"): "open",
    ("GET", "/setup"): "open",
    ("GET", "/api/openapi.json"): "see",
    ("GET", "/api/changes"): "see",
    ("GET", "/api/journal"): "see",
    ("GET", "/api/health"): "open",
    ("POST", "/api/clock"): "engineer",
    ("POST", "/api/orders/import"): "plan",
    ("POST", "/api/machines/{machine}/clear"): "operate",
    ("POST", "/api/machines/{machine}/begin"): "operate",
    ("POST", "/api/machines/{machine}/finish"): "operate",
    ("POST", "/api/doubts/{job_order}"): "operate",
    ("POST", "/api/session"): "open",
    ("DELETE", "/api/session"): "own",
    ("POST", "/api/setup"): "open",
    ("GET", "/api/users"): "admin",
    ("POST", "/api/users"): "admin",
    ("PATCH", "/api/users/{name}"): "admin",
    ("DELETE", "/api/users/{name}"): "admin",
    ("POST", "/api/users/{name}/link"): "admin",
    ("GET", "/api/tokens"): "admin",
    ("POST", "/api/tokens"): "admin",
    ("DELETE", "/api/tokens/{token}"): "admin",
    ("GET", "/api/sessions"): "admin",
    ("GET", "/api/access-log"): "admin",
}
OPEN = {"/sign-in", "/setup", "/api/session", "/api/session/station", "/api/setup", "/static"}
"""How one comes in."""
OTHERWISE_GUARDED = {
    "/api/health",
    "/api/ready",
    "/api/live",
    "/healthz",
    "/readyz",
    "/api/shop/orders",
}
"""What tells a stranger nothing of the plant, and what checks a signature itself."""


def all_ways() -> tuple[Way, ...]:
    return ways_of(Keys().app)


WAYS = all_ways()


def test_every_route_of_every_kind_declares_what_it_demands() -> None:
    silent = [f"{sorted(way.methods)} {way.path}" for way in WAYS if not way.demands]
    assert silent == []
    assert len(WAYS) > 40
    assert {"/static", "/floor", "/api/changes", "/api/orders"} <= {way.path for way in WAYS}


def test_open_mode_has_the_same_routes_but_for_access() -> None:
    opened = {way.path for way in ways_of(app(the_desk()))}
    assert opened < {way.path for way in WAYS}
    assert "/users" not in opened


def test_a_table_of_known_routes_says_what_they_demand() -> None:
    found = {(method, way.path): way.demands for way in WAYS for method in way.methods}
    assert {key: tuple(each.value for each in found[key]) for key in DEMANDED} == {
        key: (demand,) for key, demand in DEMANDED.items()
    }


def test_strangers_may_call_a_short_list() -> None:
    opened = {way.path for way in WAYS if [each.value for each in way.demands] == ["open"]}
    assert opened - OPEN - OTHERWISE_GUARDED == set()


def test_roles_may_what_their_table_says() -> None:
    assert {role.value: {p.value for p in GRANTS[role]} for role in Role} == MAY


@pytest.mark.parametrize("role", [*MAY, "nobody"])
def test_each_route_lets_in_who_may_and_nobody_else(role: str) -> None:
    async def main() -> list[str]:
        keys, wrong = Keys(), []
        await keys.users()
        token = await keys.token("probe", Role(role)) if role != "nobody" else ""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        may = MAY.get(role, {"open"})
        for way in WAYS:
            path = re.sub(r"\{[^}]*\}", "x", way.path)
            path = "/static/live.js" if path == "/static" else path
            for method in sorted(way.methods - {"HEAD", "OPTIONS"}):
                got = await status(keys, method, path, **headers)
                let_in = all(demand.value in may for demand in way.demands)
                refused = got == (401 if role == "nobody" else 403)
                if let_in == refused and not (let_in and way.path in OPEN):
                    wrong.append(f"{method} {way.path}: {got}")
        return wrong

    assert run(main()) == []


def test_a_route_without_a_demand_is_closed_to_all_but_admins() -> None:
    async def main() -> None:
        keys = Keys()

        @keys.app.get("/api/forgotten")
        async def forgotten() -> int:
            return 1

        await keys.users()
        for role, expected in ((Role.ENGINEER, 403), (Role.ADMIN, 200)):
            token = await keys.token(role.value, role)
            got = await status(keys, "GET", "/api/forgotten", authorization=f"Bearer {token}")
            assert got == expected
        assert await status(keys, "GET", "/api/forgotten") == 401

    run(main())


def test_a_stranger_learns_nothing_of_which_addresses_exist() -> None:
    async def main() -> None:
        keys = Keys()
        for path in ("/api/machines", "/api/nothing", "/nothing"):
            assert await status(keys, "GET", path) == 401

    run(main())


def test_a_browser_is_led_to_sign_in_and_back() -> None:
    async def main() -> None:
        keys = Keys()
        async with keys.browser() as browser:
            answer = await browser.get("/orders?late=1", headers={"accept": "text/html"})
            assert answer.status_code == 303
            assert answer.headers["location"] == "/sign-in?next=%2Forders%3Flate%3D1"
            assert (await browser.get("/sign-in")).status_code == 200

    run(main())


def test_a_page_beyond_ones_role_is_refused_in_words() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("vic") as browser:
            answer = await browser.get("/users", headers={"accept": "text/html"})
            assert answer.status_code == 403
            assert "This needs the role admin." in answer.text
            assert "Vic is viewer." in answer.text

    run(main())


def test_a_role_that_changes_counts_with_the_next_request() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("vic") as browser:
            assert (await browser.get("/api/users")).status_code == 403
            await keys.change("vic", role=Role.ADMIN)
            assert (await browser.get("/api/users")).status_code == 200

    run(main())
