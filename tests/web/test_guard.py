"""What the door refuses before a route is entered: hosts, other sites, types, sizes, shapes, haste."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from keys import OURS, Keys, run
from shoes import the_desk

from controller.access import Limits, Role
from controller.web import app
from controller.web.access.intake import BODY_LIMIT, DEEPEST, MOST_ITEMS, shape_flaw
from controller.web.permit import IMPORT_LIMIT

CLEAR = "/api/machines/P2/clear"
IMPORT = "/api/orders/import?name=x.csv"


@cache
def opened() -> FastAPI:
    """Return one open application for all that change nothing; making one takes a second."""
    return app(the_desk())


def call(method: str, path: str, *, host: str = "127.0.0.1:8080", **sent: Any) -> httpx.Response:
    """Call an open application."""

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(opened())
        headers = {"host": host, **sent.pop("headers", {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers, **sent)

    return asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080"])
def test_names_of_this_machine_are_served(host):
    assert call("GET", "/api/health", host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("plant.example", "127.0.0.1.example", "localhost.example:8080", "192.168.0.9:8080", ""),
        *("x.plant.example", "plant.example.evil", "evil/127.0.0.1"),
    ],
)
def test_other_hosts_are_refused(host):
    answer = call("GET", "/floor", host=host)
    assert answer.status_code == 421
    assert "is not served" in answer.json()["why"]


def test_a_host_on_the_list_is_served_by_its_exact_name():
    async def main() -> None:
        keys = Keys()
        for host, status in (
            ("plant.example", 200),
            ("PLANT.example:8443", 200),
            ("plant.example.", 421),
            ("xplant.example", 421),
            ("plant.example.evil", 421),
        ):
            async with keys.browser(host=host) as browser:
                assert (await browser.get("/api/health")).status_code == status, host
                # What a proxy may have said counts for nothing.
                more = {"x-forwarded-host": "127.0.0.1", "forwarded": "host=127.0.0.1"}
                assert (await browser.get("/api/health", headers=more)).status_code == status

    run(main())


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8080"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_changes_nothing(headers):
    answer = call("POST", CLEAR, headers=headers)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.json()["why"]


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}]
)
def test_our_own_pages_and_programs_may_change_things(headers):
    # The second time there is nothing left to clear, which the desk says, not the door.
    assert call("POST", CLEAR, headers=headers).status_code in {200, 409}


FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


@pytest.mark.parametrize(
    ("path", "kind"),
    [(CLEAR, ""), *((path, kind) for path in (CLEAR, IMPORT) for kind in FORMS)],
)
def test_what_a_form_can_send_is_not_taken(path, kind):
    headers = {"origin": "http://127.0.0.1:8080", "content-type": kind}
    answer = call("POST", path, headers=headers, content=b'{"a": 1}')
    assert answer.status_code == 415
    assert "this takes" in answer.json()["why"]


def test_a_change_by_cookie_needs_a_header_that_no_form_can_set():
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            bare = await browser.post(CLEAR, json={})
            assert bare.status_code == 403
            assert "X-Lotwright" in bare.json()["why"]
            assert keys.desk.asked == []
            ours = await browser.post(CLEAR, json={}, headers=OURS)
            assert ours.status_code == 200

    run(main())


def test_a_program_with_a_token_is_no_browser():
    async def main() -> None:
        keys = Keys()
        token = await keys.token("cell", Role.OPERATOR)
        async with keys.browser() as client:
            headers = {"authorization": f"Bearer {token}"}
            answer = await client.post(CLEAR, json={}, headers=headers)
            assert answer.status_code == 200
        assert keys.desk.asked[0][1] == "token cell"

    run(main())


def test_a_large_body_is_refused_by_its_length():
    answer = call("POST", CLEAR, json={"x": "x" * BODY_LIMIT})
    assert answer.status_code == 413
    assert answer.json()["why"] == "More than 1 MiB at once is not taken. Split the file."
    assert answer.headers["connection"] == "close"


def test_a_file_may_be_larger_than_a_command_but_not_by_much():
    headers = {"content-type": "text/csv"}
    fits = call("POST", IMPORT, content=b"x" * (BODY_LIMIT + 1), headers=headers)
    assert fits.status_code == 200
    over = call("POST", IMPORT, content=b"x" * (IMPORT_LIMIT + 1), headers=headers)
    assert over.status_code == 413
    assert "8 MiB" in over.json()["why"]


@pytest.mark.parametrize(("path", "pieces"), [(CLEAR, 2), (IMPORT, 9)])
def test_a_large_body_without_a_length_is_counted(path, pieces):
    async def come() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield b"x" * (1024 * 1024)

    headers = {"content-type": "text/csv" if "import" in path else "application/json"}
    assert call("POST", path, content=come(), headers=headers).status_code == 413


def test_a_stranger_sends_no_body_at_all():
    read = 0

    async def come() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65_536

    async def main() -> None:
        async with Keys().browser() as browser:
            answer = await browser.post(
                IMPORT, content=come(), headers={"content-type": "text/csv"}
            )
            assert answer.status_code == 401

    run(main())
    assert read == 0


def test_json_too_deep_or_too_long_is_refused_before_it_is_parsed():
    deep = "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)
    long = "[" + "0," * MOST_ITEMS + "0]"
    headers = {"content-type": "application/json"}
    for body, word in ((deep, "nested"), (long, "items")):
        answer = call("POST", "/api/clock", content=body, headers=headers)
        assert answer.status_code == 422
        assert word in answer.json()["why"]


def test_brackets_in_text_are_text():
    assert shape_flaw(b'{"a": "' + b"[{" * 500 + b'", "b": "\\"[[[[[[[[[[[[[[[[[[[[["}') == ""
    assert shape_flaw(b'"' + b'\\"[' * 400_000) == ""


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.text(), lambda more: st.lists(more) | st.dictionaries(st.text(), more)
    )
)
def test_depth_is_counted_as_json_counts_it(value):
    import json

    def depth(each: Any) -> int:
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        return isinstance(each, dict | list) + max(map(depth, inner), default=0)

    flaw = shape_flaw(json.dumps(value).encode())
    assert bool(flaw) == (depth(value) > DEEPEST)


def test_haste_is_slowed_down_for_one_and_not_for_others():
    async def main() -> None:
        keys = Keys(limits=Limits(rate=1, burst=5, stranger_rate=1, stranger_burst=5))
        await keys.users()
        tokens = [await keys.token(name, Role.VIEWER) for name in ("one", "two")]
        async with keys.browser() as client:
            one, two = ({"authorization": f"Bearer {token}"} for token in tokens)
            got = [(await client.get("/api/day", headers=one)).status_code for _ in range(8)]
            assert got == [200] * 5 + [429] * 3
            slow = await client.get("/api/day", headers=one)
            assert slow.headers["retry-after"] == "1"
            assert slow.json()["why"] == "Too many requests. Try again in 1 s."
            assert (await client.get("/api/day", headers=two)).status_code == 200
            got = [(await client.get("/api/health")).status_code for _ in range(7)]
            assert got == [200] * 5 + [429] * 2
            keys.now += 2
            assert (await client.get("/api/day", headers=one)).status_code == 200

    run(main())


def test_nothing_from_elsewhere_may_run_in_a_page():
    headers = call("GET", "/floor").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "strict-transport-security" not in headers


def test_refusals_carry_the_same_headers():
    answer = call("GET", "/floor", host="evil.example")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_over_tls_browsers_are_told_to_stay_there():
    async def main() -> None:
        async with Keys().browser(scheme="https", host="plant.example") as browser:
            headers = (await browser.get("/sign-in")).headers
            assert headers["strict-transport-security"].startswith("max-age=")

    run(main())


def test_open_mode_lets_everybody_on_this_machine_say_who_they_are():
    async def main() -> None:
        desk = the_desk()
        transport = httpx.ASGITransport(app(desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            headers = {"x-actor": "person mara", "x-station": "B1"}
            await client.post(CLEAR, json={}, headers=headers)
        assert desk.asked[0][1] == "person mara"

    run(main())
