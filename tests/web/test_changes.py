"""The stream sends everything once, then only what changed, and a heartbeat when nothing does."""

import asyncio
import json
from collections.abc import AsyncGenerator

from shoes import READINGS, SmallDesk, the_desk

from controller import events as e
from controller.web.changes import HEARTBEAT_S, changes
from controller.web.site import Site
from simulators.clock import run


def read(message: str) -> tuple[str, dict]:
    lines = dict(line.split(": ", 1) for line in message.strip().split("\n"))
    return lines["event"], json.loads(lines["data"])


async def drain(stream: AsyncGenerator[str, None], seconds: float) -> list[tuple[str, dict]]:
    """Collect what comes within so many seconds of virtual time."""
    heard: list[tuple[str, dict]] = []
    until = asyncio.get_running_loop().time() + seconds
    try:
        async with asyncio.timeout_at(until):
            async for message in stream:
                heard += [read(message)]
    except TimeoutError:
        return heard
    return heard


def test_a_new_client_gets_the_clock_and_every_part():
    async def main() -> None:
        stream = changes(Site(the_desk()))
        heard = await drain(stream, 0.1)
        assert heard[0][0] == "clock"
        ids = [said["id"] for kind, said in heard if kind == "part"]
        assert {
            "cuts",
            "asks",
            "alarm",
            "shift",
            "speed",
            "rail-doubts",
            "rail-alarms",
            "tile-K1",
            "tile-W1",
        } <= set(ids)
        assert len(ids) == 15 + 8

    run(main())


def follow(change) -> list[tuple[str, dict]]:
    """Return what a client hears of a change, after it got everything."""

    async def main() -> list[tuple[str, dict]]:
        desk = the_desk()
        heard: list[tuple[str, dict]] = []

        async def listen() -> None:
            async for message in changes(Site(desk)):
                heard[len(heard) :] = [read(message)]

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        heard.clear()
        change(desk)
        await asyncio.sleep(1.0)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert not desk.listeners
        return [each for each in heard if each[0] == "part"]

    return run(main())


def test_a_reading_sends_its_own_tile_and_nothing_else():
    def later(desk: SmallDesk) -> None:
        reading = READINGS["P1"]
        desk.read(type(reading)(machine="P1", activity="running", progress=6000, remaining_s=60))

    heard = follow(later)
    assert [said["id"] for _, said in heard] == ["tile-P1"]
    assert 'aria-valuenow="60"' in heard[0][1]["html"]


def test_changes_close_together_go_out_together():
    def twice(desk: SmallDesk) -> None:
        for progress in (5100, 5200):
            desk.read(type(READINGS["P1"])(machine="P1", activity="running", progress=progress))

    heard = follow(twice)
    assert len(heard) == 1
    assert 'aria-valuenow="52"' in heard[0][1]["html"]


def test_a_cleared_machine_changes_tile_and_asks():
    heard = follow(lambda desk: desk.record(e.MachineCleared(machine="P2"), "person amira"))
    assert {"tile-P2", "asks"} <= {said["id"] for _, said in heard}


def test_a_doubt_that_is_settled_changes_the_count_in_the_rail():
    def settle(desk: SmallDesk) -> None:
        (job,) = [each for each in desk.state.jobs.values() if each.phase.value == "doubt"]
        told = job.intended.job.id
        desk.record(
            e.DoubtDecided(job_order=told, verdict="not_made", reason="empty"), "person amira"
        )

    heard = follow(settle)
    assert "rail-doubts" in {said["id"] for _, said in heard}


def test_silence_is_broken_by_heartbeats():
    async def main() -> None:
        desk = the_desk()
        stream = changes(Site(desk))
        heard = await drain(stream, 4 * HEARTBEAT_S + 0.1)
        assert sum(kind == "clock" for kind, _ in heard) == 5

    run(main())


def test_a_heartbeat_finds_the_tile_that_went_stale():
    async def main() -> None:
        desk = the_desk()
        heard: list[tuple[str, dict]] = []

        async def listen() -> None:
            async for message in changes(Site(desk)):
                heard[len(heard) :] = [read(message)]

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        heard.clear()
        desk.real += 60
        await asyncio.sleep(HEARTBEAT_S)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        tiles = {said["id"]: said["html"] for kind, said in heard if kind == "part"}
        assert "No link" in tiles["tile-P1"]

    run(main())
