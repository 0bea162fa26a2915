"""A served floor and a real browser; without Chromium these tests are skipped, in CI they fail."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi._compat import v2 as fields
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pydantic import TypeAdapter
from shoes import SmallDesk, the_desk

from controller.access import Access
from controller.outbox.opening import Traffic
from controller.web import app

CHROMIUM = Path(os.environ.get("LOTWRIGHT_CHROMIUM", "/usr/bin/chromium"))
SWITCHES = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Served:
    """A desk behind a real server on a free port, in a thread with a loop of its own."""

    desk: SmallDesk
    access: Access | None = None
    traffic: Traffic | None = None
    port: int = 0
    loop: asyncio.AbstractEventLoop | None = None
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None
    ready: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            app(self.desk, access=self.access, traffic=self.traffic),
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        self.thread.start()
        assert self.ready.wait(10)

    def _serve(self, listening: socket.socket) -> None:
        async def main() -> None:
            self.loop = asyncio.get_running_loop()
            self.ready.set()
            assert self.server is not None
            await self.server.serve(sockets=[listening])

        asyncio.run(main())

    def do(self, change: Callable[[SmallDesk], Any]) -> None:
        """Change the desk on the loop's thread, where all of it lives."""
        assert self.loop is not None
        done = threading.Event()

        def run() -> None:
            change(self.desk)
            done.set()

        self.loop.call_soon_threadsafe(run)
        assert done.wait(5)

    def stop(self) -> None:
        if self.server is not None and self.thread is not None:
            self.server.should_exit = True
            self.server.force_exit = True
            self.thread.join(10)
        self.server = self.thread = None
        self.ready.clear()


@pytest.fixture(scope="session", autouse=True)
def fields_are_read_once() -> Iterator[None]:
    """Applications differ in their desks, not in their fields: what pydantic makes of each is shared.

    It is half of what building an application takes; hundreds are built here."""
    made: dict[tuple[object, ...], TypeAdapter[Any]] = {}

    def adapter(annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        key = (annotated.__origin__, *map(repr, annotated.__metadata__), repr(config))
        if key not in made:
            made[key] = TypeAdapter(annotated, config=config)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "TypeAdapter", adapter)
        yield


@pytest.fixture
def served() -> Iterator[Served]:
    floor = Served(the_desk())
    floor.start()
    yield floor
    floor.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the installed Chromium; its loop ends with the module, so that others can run theirs."""
    if not CHROMIUM.exists():
        if os.environ.get("LOTWRIGHT_CI"):
            pytest.fail(f"{CHROMIUM} is missing; CI installs it.")
        pytest.skip(f"{CHROMIUM} is missing; install Chromium to run the browser tests.")
    # What is right is right at once; only a wrong page waits this long, however busy the machine is.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a fresh context."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
