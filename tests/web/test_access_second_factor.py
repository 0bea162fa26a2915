"""The second factor over HTTP: set up on one's own page, asked for at the door, taken off by an admin."""

import base64
from typing import Any

import httpx
import pytest
from keys import OURS, PASSWORD, Keys, run
from typer.testing import CliRunner

from controller import access_commands
from controller.access import Role
from controller.access.totp import code_at, step_of

HTML = {"accept": "text/html"}


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await client.post(path, json=body, headers=OURS)


async def enrol(keys: Keys, client: httpx.AsyncClient) -> tuple[bytes, list[str]]:
    """Set up a second factor as the page does."""
    made = (await post(client, "/api/me/second-factor", password=PASSWORD)).json()
    secret = base64.b32decode(made["secret"])
    code = code_at(secret, step_of(keys.now))
    said = await post(client, "/api/me/second-factor/confirm", code=code)
    assert said.status_code == 200, said.text
    return secret, said.json()["codes"]


async def enter(client: httpx.AsyncClient, name: str, **rest: str) -> httpx.Response:
    return await post(client, "/api/session", **{"name": name, "password": PASSWORD, **rest})


def test_from_the_own_page_to_signing_in_with_a_code() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ed") as ed:
            assert "None is set. With one" in (await ed.get("/account")).text
            page = (await ed.get("/second-factor")).text
            assert 'id="offer"' in page
            made = (await post(ed, "/api/me/second-factor", password=PASSWORD)).json()
            label = keys.desk.state.plant.label
            assert made["address"].startswith("otpauth://totp/Lotwright%20")
            assert f"secret={made['secret']}&" in made["address"], label
            assert made["qr"].startswith("M4 4h7v1")
            _, codes = await enrol(keys, ed)
            assert len(codes) == 10
            page = (await ed.get("/second-factor")).text
            assert 'id="off"' in page
            assert "Recovery codes left: 10" in page
            assert made["secret"] not in page
            assert codes[0] not in page
            assert "Recovery codes left: 10" in (await ed.get("/account")).text
        async with keys.browser() as again:
            asked = await enter(again, "ed")
            assert (asked.status_code, asked.json()["kind"]) == (403, "code")
            assert "set-cookie" not in asked.headers
            assert 'name="code"' in (await again.get("/sign-in")).text
            wrong = await enter(again, "ed", code="000000")
            other = await enter(again, "ed", code="000000", password="wrong")
            assert wrong.json() == other.json()
            assert wrong.status_code == other.status_code == 403
            assert (await enter(again, "ed", code=codes[0])).status_code == 200
            assert (await again.get("/api/me")).json()["actor"] == "person ed"

    run(main())


@pytest.mark.parametrize("name", ["ed", "ada"])
def test_where_it_is_required_only_the_page_that_sets_it_up_is_reached(name: str) -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        keys.access.second_factor = True
        async with keys.browser(name) as browser:
            for path in ("/floor", "/account", "/users", "/orders"):
                sent = await browser.get(path, headers=HTML)
                assert (sent.status_code, sent.headers["location"]) == (303, "/second-factor")
            page = (await browser.get("/second-factor", headers=HTML)).text
            assert "needs a second factor" in page
            assert "/account" not in page
            for method, path in (("GET", "/api/machines"), ("POST", "/api/machines/P2/clear")):
                no = await browser.request(method, path, headers=OURS)
                assert (no.status_code, no.json()["kind"]) == (403, "second-factor")
            assert keys.desk.asked == []
            await enrol(keys, browser)
            assert (await browser.get("/floor", headers=HTML)).status_code == 200
        async with keys.browser("vera") as vera:
            assert (await vera.get("/floor", headers=HTML)).status_code == 200
        async with keys.browser("ed" if name == "ada" else "ada") as other:
            out = await other.delete("/api/session", headers=OURS)
            assert out.status_code == 200

    run(main())


def test_tokens_are_asked_for_no_code() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        keys.access.second_factor = True
        token = await keys.token("cell", Role.ENGINEER)
        async with keys.browser() as program:
            headers = {"authorization": f"Bearer {token}"}
            assert (await program.get("/api/machines", headers=headers)).status_code == 200
            body = {"password": PASSWORD}
            no = await program.post("/api/me/second-factor", json=body, headers=headers)
            assert no.status_code == 409
            page = await program.get("/second-factor", headers=headers)
            assert "This browser is no person" in page.text

    run(main())


def test_an_admin_takes_it_off_and_everybody_their_own() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        path = "/api/users/ed/second-factor"
        async with keys.browser("ed") as ed, keys.browser("ada") as ada:
            secret, _ = await enrol(keys, ed)
            assert (await ed.delete(path, headers=OURS)).status_code == 403
            row = next(u for u in (await ada.get("/api/users")).json() if u["name"] == "ed")
            assert row["second_factor"] is True
            assert 'data-factor="true"' in (await ada.get("/users")).text
            assert (await ada.delete(path, headers=OURS)).status_code == 200
            assert (await ed.get("/api/me")).status_code == 401
            newest = (await ada.get("/api/access-log?limit=1")).json()[0]
            assert (newest["kind"], newest["about"]) == ("second factor taken off", "ed")
            assert (await enter(ed, "ed")).status_code == 200
            keys.now += 60
            secret, codes = await enrol(keys, ed)
            wrong = await post(ed, "/api/me/second-factor/off", password=PASSWORD, code="000000")
            assert wrong.status_code == 403
            off = await post(ed, "/api/me/second-factor/off", password=PASSWORD, code=codes[9])
            assert off.status_code == 200
            assert 'id="offer"' in (await ed.get("/second-factor")).text
            log = (await ada.get("/api/access-log")).text
            for each in (base64.b32encode(secret).decode(), *codes):
                assert each not in log

    run(main())


def test_a_link_sets_the_password_and_leaves_the_code_to_be_asked_for() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ed") as ed, keys.browser("ada") as ada, keys.browser() as fresh:
            await enrol(keys, ed)
            link = (await post(ada, "/api/users/ed/link")).json()["path"].partition("token=")[2]
            said = await post(fresh, "/api/setup", token=link, password="other unrelated words")
            assert said.status_code == 200
            assert "set-cookie" not in said.headers
            assert (await fresh.get("/api/me")).status_code == 401

    run(main())


def test_the_command_line_takes_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Asked:
        def delete(self, path: str) -> None:
            asked.append(path)

    monkeypatch.setattr(access_commands, "_client", lambda _: Asked())
    said = CliRunner().invoke(access_commands.users, ["second-factor-off", "ed"])
    assert said.exit_code == 0
    assert asked == ["/api/users/ed/second-factor"]
    assert "signed out everywhere" in said.output
