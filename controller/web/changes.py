"""Server-sent events: parts of pages when they change, and a heartbeat with the plant clock."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeAlias

from controller.state import State
from controller.web.render import VERSION, Part
from controller.web.site import Site, glance

HEARTBEAT_S = 2.5
"""Real seconds; a page that hears nothing for five of them looks stale (ui.md section 8)."""
GATHER_S = 0.05
"""Changes within this many real seconds go out together."""
SHARE = 3
"""A client is served for a quarter of the time at most: a plant that changes all the time must not
starve the loop that runs it."""

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
    touched = site.desk.touched()
    pending: asyncio.Task[frozenset[str]] | None = None
    time = asyncio.get_running_loop().time
    everything = frozenset(site.desk.state.plant.machines)
    try:
        yield _event("clock", site.desk.state, clock(site))
        # Listening begins before the first look, so that nothing falls between the two.
        pending = asyncio.ensure_future(_next(touched))
        for message in _news(site, await look(site, everything), sent):
            yield message
        # What changed between the page and this stream is looked at again.
        yield _event("touched", site.desk.state, {"names": ["*"]})
        beat = time() + HEARTBEAT_S
        while True:
            pending = pending or asyncio.ensure_future(_next(touched))
            done, _ = await asyncio.wait({pending}, timeout=max(0.0, beat - time()))
            only: frozenset[str] = frozenset()
            if done:
                await asyncio.sleep(GATHER_S)
                names, pending = pending.result(), None
                only = _machines(names)
                yield _event("touched", site.desk.state, {"names": _named(names)})
            if not done or time() >= beat:
                only, beat = everything, time() + HEARTBEAT_S
            yield _event("clock", site.desk.state, clock(site))
            began = time()
            for message in _news(site, await look(site, only), sent):
                yield message
            await asyncio.sleep(SHARE * (time() - began))
    except StopAsyncIteration:
        return
    finally:
        if pending is not None:
            pending.cancel()


async def _next(touched: AsyncIterator[frozenset[str]]) -> frozenset[str]:
    return await anext(touched)


def _named(names: frozenset[str]) -> list[str]:
    """Return what was touched, for pages that fetch what they show; of very much, that it was all."""
    return sorted(names) if len(names) <= MOST_NAMES else ["*"]


def _machines(names: frozenset[str]) -> frozenset[str]:
    """Return the machines among what was touched; a reading touches nothing else."""
    return frozenset(name.removeprefix("machine:") for name in names if name.startswith("machine:"))


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
