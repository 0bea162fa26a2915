"""Only this machine's own names are served without a token, and only pages of ours change things."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from shoes import the_desk

from controller.web import app
from controller.web.guard import BODY_LIMIT


def call(
    method: str, path: str, *, host: str = "127.0.0.1:8080", token: str = "", **sent: Any
) -> httpx.Response:
    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app(the_desk(), token=token))
        headers = {"host": host, **sent.pop("headers", {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers, **sent)

    return asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080"])
def test_names_of_this_machine_are_served(host):
    assert call("GET", "/api/health", host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["plant.example", "127.0.0.1.example", "localhost.example:8080", "192.168.0.9:8080", ""]
)
def test_other_hosts_are_refused_without_a_token(host):
    answer = call("GET", "/floor", host=host)
    assert answer.status_code == 421
    assert "token" in answer.json()["why"]


def test_a_token_opens_other_hosts_to_those_who_show_it():
    assert call("GET", "/api/health", host="plant.example", token="s3cret").status_code == 421
    for headers in ({"authorization": "Bearer s3cret"}, {"cookie": "station=s3cret"}):
        answer = call("GET", "/api/health", host="plant.example", token="s3cret", headers=headers)
        assert answer.status_code == 200
    wrong = {"authorization": "Bearer nix"}
    assert (
        call("GET", "/api/health", host="plant.example", token="s3cret", headers=wrong).status_code
        == 421
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_changes_nothing(headers):
    answer = call("POST", "/api/machines/P2/clear", headers=headers)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.json()["why"]


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}]
)
def test_our_own_pages_and_programs_may_change_things(headers):
    assert call("POST", "/api/machines/P2/clear", headers=headers).status_code == 200


def test_a_large_body_is_refused_by_its_length():
    answer = call("POST", "/api/orders/import?name=x.csv", content=b"x" * (BODY_LIMIT + 1))
    assert answer.status_code == 413


def test_a_large_body_without_a_length_is_counted():
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * (1024 * 1024)

    assert call("POST", "/api/orders/import?name=x.csv", content=pieces()).status_code == 413


def test_nothing_from_elsewhere_may_run_in_a_page():
    headers = call("GET", "/floor").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
