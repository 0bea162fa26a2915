"""The simulated people at the controller's HTTP API, for as long as the process lives."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import TypeAdapter

from drivers import UnitResult
from simulators.bearer import Bearer
from simulators.person import AwayError, Doubt, People, RefusedError, Work
from simulators.works import Seen

T = TypeVar("T")

_log = logging.getLogger(__name__)

_AWAY_S = 0.5
"""Real seconds before another attempt when the controller does not answer."""
_CONFLICTS = range(400, 500)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    needs_clear: bool


_WORK = TypeAdapter(tuple[Work, ...])
_ROWS = TypeAdapter(tuple[_Row, ...])
_DOUBTS = TypeAdapter(tuple[Doubt, ...])


class HttpApi:
    """Fulfils `person.Api` over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def work(self) -> tuple[Work, ...]:
        """Return the open hand work."""
        return _read(_WORK, await self._get("/api/work"))

    async def uncleared(self) -> tuple[str, ...]:
        """Return the machines that wait to be cleared."""
        rows = _read(_ROWS, await self._get("/api/machines"))
        return tuple(row.id for row in rows if row.needs_clear)

    async def doubts(self) -> tuple[Doubt, ...]:
        """Return what is in doubt."""
        return _read(_DOUBTS, await self._get("/api/doubts"))

    async def begin(self, machine: str, job_order: str) -> None:
        """Say that hand work is begun."""
        await self._post(f"/api/machines/{machine}/begin", {"job_order": job_order})

    async def scan(self, machine: str, job_order: str, code: str) -> None:
        """Scan a part's label."""
        await self._post(f"/api/stations/{machine}/scan", {"job_order": job_order, "code": code})

    async def finish(self, machine: str, job_order: str, results: tuple[UnitResult, ...]) -> None:
        """Say that hand work is done."""
        said = [
            {"operation": r.operation, "verdict": r.verdict.value, "reason": r.reason}
            for r in results
        ]
        await self._post(
            f"/api/machines/{machine}/finish", {"job_order": job_order, "results": said}
        )

    async def clear(self, machine: str) -> None:
        """Say that a machine is cleared."""
        await self._post(f"/api/machines/{machine}/clear", {})

    async def decide(self, job_order: str, verdict: Seen, reason: str) -> None:
        """Say what became of a job order in doubt."""
        await self._post(f"/api/doubts/{job_order}", {"verdict": verdict, "reason": reason})

    async def _get(self, path: str) -> bytes:
        return await self._ask("GET", path, None)

    async def _post(self, path: str, body: dict[str, object]) -> None:
        await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: dict[str, object] | None) -> bytes:
        try:
            reply = await self._client.request(
                method, path, json=body, headers={"X-Actor": "person amira"}
            )
        except httpx.HTTPError as error:
            raise AwayError(str(error) or type(error).__name__) from error
        if reply.status_code in _CONFLICTS:
            raise RefusedError(reply.text)
        if not reply.is_success:
            raise AwayError(f"{path} answers {reply.status_code}")
        return reply.content


async def live(
    people: People, url: str, now_s: Callable[[], int], every_s: Callable[[], float]
) -> None:
    """Have people look again and again until cancelled; `every_s` says how often, in real seconds."""
    away = False
    async with httpx.AsyncClient(base_url=url, timeout=5.0, auth=Bearer()) as client:
        api = HttpApi(client)
        while True:
            try:
                await people.look(api, now_s())
            except (AwayError, RefusedError) as error:
                if not away:
                    _log.warning("nobody can work: %s", error)
                away = True
                await asyncio.sleep(_AWAY_S)
                continue
            away = False
            await asyncio.sleep(every_s())


def _read(shape: TypeAdapter[T], content: bytes) -> T:
    try:
        return shape.validate_json(content)
    except ValueError as error:
        raise AwayError(f"half an answer: {error}") from None
