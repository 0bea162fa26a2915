"""One request to the application of a desk, without a socket; a desk keeps its application."""

import asyncio
from collections import OrderedDict
from typing import Any

import httpx
from fastapi import FastAPI

from controller.desk import Desk
from controller.web import app

_KEPT: OrderedDict[int, tuple[Desk, FastAPI]] = OrderedDict()
"""The last few; a desk lies beside its application, so that its id is not used again."""
_MOST = 6


def app_of(desk: Desk) -> FastAPI:
    """Return the application of a desk: it takes longer to build than to ask."""
    if id(desk) not in _KEPT:
        _KEPT[id(desk)] = (desk, app(desk))
    _KEPT.move_to_end(id(desk))
    while len(_KEPT) > _MOST:
        _KEPT.popitem(last=False)
    return _KEPT[id(desk)][1]


def call(desk: Desk, method: str, path: str, **sent: Any) -> httpx.Response:
    """Ask the application of a desk."""

    async def main() -> httpx.Response:
        transport = httpx.ASGITransport(app_of(desk))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8080"
        ) as client:
            return await client.request(method, path, **sent)

    return asyncio.run(main())
