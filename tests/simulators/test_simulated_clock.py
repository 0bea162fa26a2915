"""Simulated time jumps, says when nobody moves, and can be crashed; plant time never goes back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from simulators.clock import Anchor, PlantClock, StuckError, read_anchor, run, write_anchor

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_day_passes_at_once_and_in_order():
    async def main():
        loop, seen = asyncio.get_running_loop(), []

        async def sleeper(seconds):
            await asyncio.sleep(seconds)
            seen.append((seconds, loop.time()))

        await asyncio.gather(*(sleeper(s) for s in (86_400, 60, 3_600)))
        return seen

    assert run(main()) == [(60, 60.0), (3_600, 3_600.0), (86_400, 86_400.0)]


def test_waiting_for_each_other_is_said_and_not_waited_for():
    async def main():
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="stuck"):
        run(main())


def test_a_crash_can_be_put_at_any_step():
    class CrashError(Exception):
        pass

    def crash_at(number):
        steps = iter(range(10_000))

        def step():
            if next(steps) == number:
                raise CrashError

        return step

    done = []

    async def main():
        for second in range(5):
            await asyncio.sleep(1)
            done.append(second)

    with pytest.raises(CrashError):
        run(main(), step=crash_at(4))
    assert 0 < len(done) < 5


def test_the_loop_keeps_its_timeouts_in_simulated_time():
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(7):
                await asyncio.sleep(8)
        return asyncio.get_running_loop().time()

    assert run(main()) == 7


def test_plant_time_goes_by_its_anchor_and_never_back():
    now = [NOON]
    clock = PlantClock(Anchor(NOON, 100, 500), lambda: now[0])
    assert clock.now_s() == 100
    now[0] += timedelta(seconds=2)
    assert clock.now_s() == 1100
    clock.set(Anchor(now[0], 900, 10))
    assert clock.now_s() == 1100
    now[0] += timedelta(seconds=30)
    assert clock.now_s() == 1200
    clock.set(Anchor(now[0], 1200, 0))
    now[0] += timedelta(hours=1)
    assert clock.now_s() == 1200


def test_the_controllers_answer_is_read_and_half_an_answer_is_refused():
    said = b'{"utc":"2026-11-21T12:00:00+00:00","plant_s":7,"speed":60,"origin_utc":"","now_s":9}'
    assert read_anchor(said) == Anchor(NOON, 7, 60)
    assert read_anchor(write_anchor(Anchor(NOON, 7.5, 60))) == Anchor(NOON, 7.5, 60)
    with pytest.raises(ValueError, match="plant_s"):
        read_anchor(b'{"utc":"2026-11-21T12:00:00+00:00","speed":60}')
