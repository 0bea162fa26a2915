"""Server-sent events: parts of pages when they change, and a heartbeat with the plant clock."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import thread_time
from typing import TypeAlias

from controller.state import State
from controller.web.render import VERSION, Part
from controller.web.site import Site, glance

HEARTBEAT_S = 2.5
"""Real seconds; a page that hears nothing for five of them looks stale (ui.md section 8)."""
GATHER_S = 0.05
"""Facts within this many real seconds go out together."""
VALUES_S = 0.4
"""And so do values that no fact came with: nobody reads faster."""
SHARE = 3
"""A client is served for a quarter of the time at most: a plant that changes all the time must not
starve the loop that runs it. What counts is what the loop works, not what it waits for the processor."""
REST_S = 0.1
"""But who looks on does not wait longer than this for the next turn."""

MOST_NAMES = 100
"""More than this at once is told as everything."""
Look: TypeAlias = Callable[[Site, frozenset[str]], Awaitable[tuple[Part, ...]]]
"""(site, machines that were touched) -> the parts of a page."""


async def floor_parts(site: Site, touched: frozenset[str]) -> tuple[Part, ...]:
    """Return the parts of the Floor, of which other pages take what they show."""
    return (await glance(site, touched)).parts


async def changes(site: Site, look: Look = floor_parts) -> AsyncGenerator[str, None]:
    """Send everything once, then what changed. A client that comes back gets everything again, so
    it misses nothing, whatever its Last-Event-ID was."""
    sent: dict[str, object] = {}
    heard = Touched(site)
    time = asyncio.get_running_loop().time
    everything = frozenset(site.desk.state.plant.machines)
    try:
        yield _event("clock", site.desk.state, clock(site))
        # Listening begins before the first look, so that nothing falls between the two.
        heard.listen()
        for message in _news(site, await look(site, everything), sent):
            yield message
        # What changed between the page and this stream is looked at again.
        yield _event("touched", site.desk.state, {"names": ["*"]})
        beat = time() + HEARTBEAT_S
        while True:
            only = await heard.until(beat)
            if time() >= beat:
                only, beat = everything, time() + HEARTBEAT_S
            yield _event("clock", site.desk.state, clock(site))
            if heard.told:
                yield _event("touched", site.desk.state, {"names": _named(heard.told)})
            began = thread_time()
            for message in _news(site, await look(site, only), sent):
                yield message
            await asyncio.sleep(min(REST_S, SHARE * (thread_time() - began)))
    except StopAsyncIteration:
        return
    finally:
        heard.leave()


@dataclass(slots=True)
class Touched:
    """What one client has still to look at: facts soon, mere values when there are some together."""

    site: Site
    seq: int = 0
    names: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    """What `until` returned for last, orders and all."""
    _touched: AsyncIterator[frozenset[str]] | None = None
    _next: "asyncio.Task[frozenset[str]] | None" = None

    def listen(self) -> None:
        """Begin, or go on, to listen."""
        self._touched = self._touched or self.site.desk.touched()
        self._next = self._next or asyncio.ensure_future(_next(self._touched))

    async def until(self, latest: float) -> frozenset[str]:
        """Return the machines that were touched; at the latest at a loop second. Raises
        StopAsyncIteration when there is nothing to listen to any more."""
        time = asyncio.get_running_loop().time
        while True:
            self.listen()
            assert self._next is not None
            done, _ = await asyncio.wait({self._next}, timeout=max(0.0, latest - time()))
            if not done:
                break
            self.names |= self._next.result()
            self._next = None
            fact = self.site.desk.state.seq != self.seq
            latest = min(latest, time() + (GATHER_S if fact else VALUES_S))
        self.seq, self.told, self.names = self.site.desk.state.seq, self.names, frozenset()
        return frozenset(
            name.removeprefix("machine:") for name in self.told if name.startswith("machine:")
        )

    def leave(self) -> None:
        """Stop listening."""
        if self._next is not None:
            self._next.cancel()


async def _next(touched: AsyncIterator[frozenset[str]]) -> frozenset[str]:
    return await anext(touched)


def _named(names: frozenset[str]) -> list[str]:
    """Return what was touched, for pages that fetch what they show; of very much, that it was all."""
    return sorted(names) if len(names) <= MOST_NAMES else ["*"]


def _news(site: Site, parts: tuple[Part, ...], sent: dict[str, object]) -> list[str]:
    """Return messages for parts whose value this client has not got yet."""
    messages: list[str] = []
    for part in parts:
        if part.id not in sent or sent[part.id] != part.value:
            sent[part.id] = part.value
            said = {"id": part.id, "html": str(site.parts.html(part))}
            messages.append(_event("part", site.desk.state, said))
    return messages


def clock(site: Site) -> dict[str, object]:
    """Return the anchor of plant time and what it shows now."""
    utc, plant_s, speed = site.desk.state.clock
    return {
        "utc": utc,
        "plant_s": plant_s,
        "speed": speed,
        "origin_utc": site.desk.state.origin_utc,
        "now_s": site.desk.now_s(),
        "page": VERSION,
    }


def _event(kind: str, state: State, said: Mapping[str, object]) -> str:
    return f"id: {state.seq}\nevent: {kind}\ndata: {json.dumps(said)}\n\n"
