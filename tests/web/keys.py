"""A plant with access on: users and tokens of every role, a clock that is set by hand, and callers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from argon2 import PasswordHasher
from shoes import SmallDesk, the_desk

from controller.access import Access, By, Limits, PutUser, Role, User
from controller.access.tokens import add_token
from controller.journal import InlineJournal, Memory
from controller.web import app

PASSWORD = "four unrelated words here"
HASH = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
NAMES = {
    "vic": Role.VIEWER,
    "amira": Role.OPERATOR,
    "vera": Role.PLANNER,
    "ed": Role.ENGINEER,
    "ada": Role.ADMIN,
}
OURS = {"x-lotwright": "page"}
"""What our own pages send with every change."""
BUSY = Limits(rate=1e6, burst=10**6, stranger_rate=1e6, stranger_burst=10**6)


@dataclass
class Keys:
    """Access over a journal in memory, at a moment that stands still."""

    limits: Limits = BUSY
    memory: Memory = field(default_factory=Memory)
    now: int = 1_800_000_000
    desk: SmallDesk = field(default_factory=the_desk)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start the controller (again) over what is kept."""
        self.journal = InlineJournal(self.memory)
        self.access = Access(
            self.journal,
            lambda: self.now,
            pepper=b"pepper",
            limits=self.limits,
            monotonic=lambda: float(self.now),
        )
        self.app = app(self.desk, access=self.access, hosts=frozenset({"plant.example"}))

    async def users(self) -> None:
        """Let everybody in with the same password."""
        for name, role in NAMES.items():
            user = User(name=name, display=name.capitalize(), role=role, password=HASH)
            await self.access.change(PutUser(user))

    async def change(self, name: str, **changes: Any) -> None:
        await self.access.change(PutUser(replace(self.access.book.users[name], **changes)))

    async def token(self, name: str, role: Role, **rest: Any) -> str:
        return (await add_token(self.access, name, role, By(who="person ada"), **rest))[1]

    @asynccontextmanager
    async def browser(
        self, name: str = "", *, scheme: str = "http", host: str = "127.0.0.1:8080"
    ) -> AsyncIterator[httpx.AsyncClient]:
        """Open a browser; with a name, somebody is signed in."""
        transport = httpx.ASGITransport(self.app, client=("192.0.2.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://{host}") as client:
            if name:
                answer = await sign_in(client, name)
                assert answer.status_code == 200, answer.text
            yield client


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> httpx.Response:
    body = {"name": name, "password": password}
    return await client.post("/api/session", json=body, headers=OURS)


def run(work: Any) -> Any:
    """Run a test that is a coroutine."""
    return asyncio.run(work)


async def status(keys: Keys, method: str, path: str, **headers: str) -> int:
    """Return the status of an answer as soon as it begins, so that streams do not hold us up."""
    sent: asyncio.Queue[int] = asyncio.Queue()

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            sent.put_nowait(message["status"])

    pieces = [{"type": "http.request", "body": b"{}", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if pieces:
            return pieces.pop()
        await asyncio.Event().wait()
        raise AssertionError

    said = {"host": "127.0.0.1:8080", "content-type": "application/json", **headers}
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in said.items()],
        "client": ("192.0.2.7", 5000),
        "server": ("127.0.0.1", 8080),
    }
    answer = asyncio.ensure_future(keys.app(scope, receive, send))
    begun = asyncio.ensure_future(sent.get())
    await asyncio.wait({answer, begun}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    for each in (answer, begun):
        if not each.done():
            each.cancel()
    await asyncio.gather(answer, begun, return_exceptions=True)
    return begun.result() if begun.done() and not begun.cancelled() else 500
