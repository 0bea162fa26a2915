"""Simulated people and clocks show the token that the controller leaves for this machine."""

import json
from pathlib import Path

import httpx
import pytest
from keys import Keys, run

from controller.access import Limits, Role
from controller.entrance import Entrance
from controller.local_token import LocalToken, left
from simulators.bearer import Bearer

URL = "http://127.0.0.1:8080"


async def get(keys: Keys, auth: Bearer, path: str = "/api/me", url: str = URL) -> httpx.Response:
    transport = httpx.ASGITransport(keys.app)
    async with httpx.AsyncClient(transport=transport, base_url=url, auth=auth) as client:
        return await client.get(path)


def test_the_token_is_found_and_found_anew_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTWRIGHT_STATE", str(tmp_path))
    monkeypatch.delenv("LOTWRIGHT_TOKEN", raising=False)

    async def main() -> None:
        keys, auth = Keys(), Bearer()
        for secret in ("first run", "second run"):
            keys.begin()
            keys.access.lend(secret, "cli", Role.ADMIN)
            with left(tmp_path, LocalToken(URL, secret)):
                assert (await get(keys, auth)).json()["actor"] == "cli"
        assert Entrance(state=tmp_path).scheme == "http"

    run(main())


def test_the_token_of_this_machine_is_told_to_no_other_and_half_a_file_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTWRIGHT_STATE", str(tmp_path))
    monkeypatch.delenv("LOTWRIGHT_TOKEN", raising=False)
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(401)

    async def main() -> None:
        for url, content in (
            ("http://plant.example:8080", json.dumps({"url": URL, "token": "secret"})),
            ("http://127.0.0.1:8081", json.dumps({"url": URL, "token": "secret"})),
            (URL, "{"),
            (URL, "[]"),
        ):
            (tmp_path / "local.token").write_text(content)
            transport = httpx.MockTransport(answer)
            async with httpx.AsyncClient(transport=transport, auth=Bearer()) as client:
                assert (await client.get(url)).status_code == 401

    run(main())
    assert seen == [None] * 4


def test_a_token_from_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        keys = Keys()
        monkeypatch.setenv("LOTWRIGHT_TOKEN", await keys.token("people", Role.OPERATOR))
        assert (await get(keys, Bearer())).json()["actor"] == "token people"

    run(main())


def test_programs_of_this_machine_are_not_slowed_down() -> None:
    async def main() -> None:
        keys = Keys(limits=Limits(rate=1, burst=2))
        keys.access.lend("local", "cli", Role.ADMIN)
        async with keys.browser() as client:
            headers = {"authorization": "Bearer local"}
            got = {(await client.get("/api/clock", headers=headers)).status_code for _ in range(9)}
        assert got == {200}

    run(main())
