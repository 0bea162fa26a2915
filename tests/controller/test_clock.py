"""Plant time follows its anchor; virtual time needs no clock at all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from controller.clock import Anchor, LoopClock, RealClock
from simulators.clock import run

ORIGIN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


class Wall:
    """A wall clock that a test moves by hand."""

    def __init__(self):
        self.now = ORIGIN

    def __call__(self):
        return self.now


def test_plant_time_is_the_anchor_plus_what_passed_times_the_speed():
    anchor = Anchor(ORIGIN, 100, 480)
    assert anchor.plant_at(ORIGIN) == 100
    assert anchor.plant_at(ORIGIN + timedelta(seconds=2)) == 1060
    assert anchor.plant_at(ORIGIN + timedelta(milliseconds=3)) == 101
    assert anchor.real_s_until(1060, ORIGIN) == 2.0
    assert anchor.real_s_until(1060, ORIGIN + timedelta(seconds=5)) == 0.0


def test_real_seconds_until_a_plant_second_are_never_too_few():
    for speed in (1, 3, 7, 480, 997):
        anchor = Anchor(ORIGIN, 5, speed)
        for plant_s in (6, 7, 100, 12_345):
            left = anchor.real_s_until(plant_s, ORIGIN)
            there = ORIGIN + timedelta(seconds=left)
            assert anchor.plant_at(there) == plant_s
            assert anchor.plant_at(there - timedelta(microseconds=1)) < plant_s


def test_a_pause_never_ends_by_itself():
    anchor = Anchor(ORIGIN, 100, 0)
    assert anchor.plant_at(ORIGIN + timedelta(days=3)) == 100
    assert anchor.real_s_until(101, ORIGIN) is None
    assert anchor.real_s_until(100, ORIGIN) == 0.0


def test_a_new_clock_stands_until_it_is_set():
    wall = Wall()
    clock = RealClock(wall)
    wall.now += timedelta(hours=1)
    assert clock.now_s() == 0
    clock.set(wall.now, 3600, 60)
    wall.now += timedelta(seconds=1)
    assert clock.now_s() == 3660
    assert clock.utc() == wall.now


def test_plant_time_waits_when_the_wall_clock_is_set_back():
    wall = Wall()
    clock = RealClock(wall)
    clock.set(ORIGIN, 0, 1)
    wall.now += timedelta(seconds=90)
    assert clock.now_s() == 90
    wall.now -= timedelta(hours=1)
    assert clock.now_s() == 90
    wall.now += timedelta(hours=1, seconds=1)
    assert clock.now_s() == 91
    clock.set(wall.now, 10, 1)
    assert clock.now_s() == 10


def test_the_wall_clock_has_a_time_zone_and_the_other_one_only_grows():
    clock = RealClock()
    assert clock.utc().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_sleeper_wakes_at_its_plant_second():
    async def scene():
        clock = RealClock()
        clock.set(clock.utc(), 0, 1000)
        await clock.sleep_until(30)
        assert clock.now_s() >= 30
        await clock.sleep_until(5)

    asyncio.run(scene())


@pytest.mark.parametrize("speed", [0, 1])
def test_a_sleeper_wakes_early_when_the_clock_is_set(speed):
    async def scene():
        clock = RealClock()
        clock.set(clock.utc(), 0, speed)
        sleeping = asyncio.ensure_future(clock.sleep_until(10_000))
        await asyncio.sleep(0)
        assert not sleeping.done()
        clock.set(clock.utc(), 0, 2)
        async with asyncio.timeout(1):
            await sleeping

    asyncio.run(scene())


def test_virtual_plant_time_is_the_time_of_the_loop():
    async def scene():
        clock = LoopClock(ORIGIN)
        before_s = asyncio.get_running_loop().time()
        clock.set(clock.utc(), 0, 1)
        await clock.sleep_until(57_600)
        assert clock.now_s() == 57_600
        assert asyncio.get_running_loop().time() - before_s == pytest.approx(57_600)
        assert clock.utc() - ORIGIN == timedelta(seconds=clock.monotonic())

    run(scene())


def test_virtual_time_can_be_paused_and_run_faster():
    async def scene():
        clock = LoopClock(ORIGIN)
        clock.set(clock.utc(), 100, 0)
        sleeping = asyncio.ensure_future(clock.sleep_until(200))
        await asyncio.sleep(3600)
        assert (sleeping.done(), clock.now_s()) == (False, 100)
        clock.set(clock.utc(), 100, 10)
        await sleeping
        began_s = clock.monotonic()
        await clock.sleep_until(200)
        assert clock.monotonic() - began_s == pytest.approx(10)
        assert clock.now_s() == 200

    run(scene())


def test_sleeping_through_a_day_takes_few_steps_of_the_loop():
    async def scene():
        clock = LoopClock(ORIGIN)
        woken = 0

        async def sleeper():
            nonlocal woken
            for second in range(0, 57_600, 7):
                await clock.sleep_until(second)
                assert clock.now_s() == second
                woken += 1

        await sleeper()
        assert woken == len(range(0, 57_600, 7))

    run(scene())
