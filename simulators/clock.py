"""Time for simulated plants: a loop that jumps to its next timer, a real clock that runs faster."""

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter

from simulators.bearer import Bearer

T = TypeVar("T")

_FOLLOW_S = 0.3
"""Real seconds between two looks at the controller's clock."""


class StuckError(RuntimeError):
    """Every task waits for another and no timer runs; whoever wrote the simulated world can act."""


class _JumpSelector(selectors.DefaultSelector):
    """Never waits; time passes by what the loop was ready to wait."""

    def __init__(self, step: Callable[[], None] | None) -> None:
        super().__init__()
        self.elapsed = 0.0
        self._step = step

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        step, self._step = self._step, None
        if step is not None:
            step()  # one that raises is a crash, and is not asked again while tasks are wound up
            self._step = step
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise StuckError("Every task waits for another; the simulated plant is stuck.")
            self.elapsed += max(0.0, timeout)
        return ready


class _JumpLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` is simulated."""

    def __init__(self, step: Callable[[], None] | None) -> None:
        self._jump = _JumpSelector(step)
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.elapsed


def run(main: Coroutine[Any, Any, T], *, step: Callable[[], None] | None = None) -> T:
    """Run to the end in simulated time; the loop's `time()` starts at 0.

    `step` is called before each step of the loop and may raise, as a crash would. Real sockets and
    threads must not be awaited: time would jump ahead of their answer. Raises StuckError.
    """
    with asyncio.Runner(loop_factory=lambda: _JumpLoop(step)) as runner:
        return runner.run(main)


@dataclass(frozen=True, slots=True)
class Anchor:
    """From `utc` on, plant time goes `speed` times as fast, starting at `plant_s`."""

    utc: datetime
    plant_s: float
    speed: int

    def at(self, utc: datetime) -> int:
        """Return the plant second at a moment; never before the anchor."""
        since = max(0.0, (utc - self.utc).total_seconds())
        return int(self.plant_s + since * self.speed)


class PlantClock:
    """Plant time out of real time; never goes back while anchors change."""

    def __init__(self, anchor: Anchor, utc_now: Callable[[], datetime]) -> None:
        self.anchor = anchor
        self._utc_now = utc_now
        self._latest_s = anchor.at(utc_now())

    def now_s(self) -> int:
        """Return the present plant second."""
        self._latest_s = max(self._latest_s, self.anchor.at(self._utc_now()))
        return self._latest_s

    def set(self, anchor: Anchor) -> None:
        """Go on from another anchor."""
        self.anchor = anchor

    async def follow(self, url: str, *, every_s: float = _FOLLOW_S) -> None:
        """Keep to a controller's clock until cancelled; without it the last anchor stands."""
        async with httpx.AsyncClient(base_url=url, timeout=2.0, auth=Bearer()) as client:
            while True:
                # Away, starting, or half a reply: its next answer counts.
                with contextlib.suppress(httpx.HTTPError, ValueError):
                    reply = await client.get("/api/clock")
                    if reply.is_success:
                        self.set(read_anchor(reply.content))
                await asyncio.sleep(every_s)


@dataclass(frozen=True, slots=True)
class _ClockReply:
    utc: datetime
    plant_s: float
    speed: int


_REPLY = TypeAdapter(_ClockReply)
_ANCHOR = TypeAdapter(Anchor)


def write_anchor(anchor: Anchor) -> bytes:
    """Return an anchor as JSON, in the shape that `read_anchor` takes."""
    return _ANCHOR.dump_json(anchor)


def read_anchor(content: bytes) -> Anchor:
    """Read the answer of GET /api/clock. Raises ValueError."""
    reply = _REPLY.validate_json(content)
    return Anchor(reply.utc, reply.plant_s, reply.speed)
