"""Server-sent events: parts of pages when they change, and a heartbeat with the plant clock."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from controller.state import State
from controller.web.render import VERSION
from controller.web.site import Site, View, view
from controller.web.tiles import Tile

HEARTBEAT_S = 2.5
"""Real seconds; a page that hears nothing for five of them looks stale (ui.md section 8)."""
GATHER_S = 0.2
"""Changes within this many real seconds go out together."""


async def changes(site: Site) -> AsyncGenerator[str, None]:
    """Send everything once, then what changed. A client that comes back gets everything again, so
    it misses nothing, whatever its Last-Event-ID was."""
    sent: dict[str, object] = {}
    tiles: dict[str, Tile] = {}
    touched = site.desk.touched()
    pending: asyncio.Task[frozenset[str]] | None = None
    try:
        yield _event("clock", site.desk.state, clock(site))
        for message in _news(site, await view(site, tiles), sent):
            yield message
        while True:
            pending = pending or asyncio.ensure_future(_next(touched))
            done, _ = await asyncio.wait({pending}, timeout=HEARTBEAT_S)
            if done:
                names, pending = pending.result(), None
                await asyncio.sleep(GATHER_S)
                only = _machines(names)
            else:
                yield _event("clock", site.desk.state, clock(site))
                only = frozenset(site.desk.state.plant.machines)
            if "clock" in only or done:
                yield _event("clock", site.desk.state, clock(site))
            for message in _news(site, await view(site, tiles, only), sent):
                yield message
    except StopAsyncIteration:
        return
    finally:
        if pending is not None:
            pending.cancel()


async def _next(touched: AsyncIterator[frozenset[str]]) -> frozenset[str]:
    return await anext(touched)


def _machines(names: frozenset[str]) -> frozenset[str]:
    """A plan or an order changes what is next everywhere; a machine changes itself."""
    return frozenset(name.removeprefix("machine:") for name in names)


def _news(site: Site, now: View, sent: dict[str, object]) -> list[str]:
    """Return messages for parts whose value this client has not got yet."""
    messages: list[str] = []
    for part in now.parts:
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
