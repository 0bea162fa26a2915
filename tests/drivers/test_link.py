"""The supervisor keeps one connection, says lost and back once each, and never sends a command."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from drivers import LinkError
from drivers.link import Happened, Link, Patience, Step, Watch, decide
from simulators.clock import run

PATIENCE = Patience(waits_s=(0.1, 0.2, 5.0), steady_s=10.0, beat_every_s=0.5, beat_within_s=2.0)


def waits(*happened: Happened, held_s: float = 0.0) -> list[float]:
    watch, waited = Watch(), []
    for thing in happened:
        watch, step = decide(watch, thing, held_s, PATIENCE)
        if thing is not Happened.OPENED:
            waited.append(step.wait_s)
    return waited


def test_waits_grow_to_the_last_and_stay_there() -> None:
    assert waits(*[Happened.REFUSED] * 5) == [0.1, 0.2, 5.0, 5.0, 5.0]


def test_a_link_that_held_starts_the_waits_anew() -> None:
    watch = Watch(failures=4, said=True)
    assert decide(watch, Happened.LOST, 10.0, PATIENCE)[1].wait_s == 0.1
    assert decide(watch, Happened.LOST, 9.9, PATIENCE)[1].wait_s == 5.0


def test_a_link_that_flaps_is_not_reopened_ever_faster() -> None:
    flapping = [Happened.OPENED, Happened.LOST] * 3
    assert waits(*flapping, held_s=0.01) == [0.1, 0.2, 5.0]


def test_up_and_lost_are_said_once_each() -> None:
    watch, said = Watch(), []
    for thing in (
        Happened.REFUSED,
        Happened.REFUSED,
        Happened.OPENED,
        Happened.LOST,
        Happened.REFUSED,
        Happened.OPENED,
    ):
        watch, step = decide(watch, thing, 0.0, PATIENCE)
        said.append(step.say)
    assert said == [False, None, True, False, None, True]


def test_a_first_success_waits_for_nothing() -> None:
    assert decide(Watch(), Happened.OPENED, 0.0, PATIENCE)[1] == Step(0.0, say=True)


class Wire:
    """A connection that the test can break; counts what is asked of it."""

    def __init__(self) -> None:
        self.beats = 0
        self.closed = 0
        self.answers: Callable[[], Awaitable[None]] = self._at_once

    async def beat(self) -> None:
        self.beats += 1
        await self.answers()

    async def close(self) -> None:
        self.closed += 1

    async def _at_once(self) -> None:
        return

    async def never(self) -> None:
        await asyncio.Event().wait()


class World:
    """A machine that can be away, with everything that was said of its link."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.away = False
        self.tried_s: list[float] = []
        self.said: list[tuple[bool, str]] = []
        self.link = Link("M-1", self.open, self.changed, PATIENCE)

    async def open(self) -> Wire:
        self.tried_s.append(asyncio.get_running_loop().time())
        if self.away:
            raise ConnectionRefusedError("refused")
        self.wires.append(Wire())
        return self.wires[-1]

    def changed(self, wire: Wire | None, why: str) -> None:
        self.said.append((wire is not None, why))


def test_it_opens_and_lets_go() -> None:
    async def story() -> World:
        world = World()
        wire = await world.link.current(1.0)
        assert wire is world.wires[0]
        assert world.link.up
        await world.link.close()
        with pytest.raises(LinkError, match="closed"):
            world.link._raise_defect()
        return world

    world = run(story())
    assert [wire.closed for wire in world.wires] == [1]


def test_a_heart_that_stops_costs_the_connection() -> None:
    async def story() -> World:
        world = World()
        wire = await world.link.current(1.0)
        await asyncio.sleep(1.2)
        assert (wire.beats, world.link.up) == (2, True)
        wire.answers = wire.never
        await asyncio.sleep(3.0)
        assert await world.link.current(1.0) is world.wires[1]
        await world.link.close()
        return world

    world = run(story())
    assert world.wires[0].closed == 1
    assert [up for up, _ in world.said] == [True, False, True]
    assert "no heartbeat" in world.said[1][1]


def test_a_dropped_connection_is_closed_before_another_is_opened() -> None:
    async def story() -> World:
        world = World()
        wire = await world.link.current(1.0)
        world.link.drop(wire, "the reply is missing")
        assert not world.link.up
        fresh = await world.link.current(1.0)
        assert fresh is not wire
        assert wire.closed == 1
        world.link.drop(wire, "late")  # of an old connection: nothing happens
        assert world.link.up
        await world.link.close()
        return world

    assert run(story()).said[1] == (False, "the reply is missing")


def test_since_gives_no_connection_from_before_the_question() -> None:
    async def story() -> None:
        world = World()
        loop = asyncio.get_running_loop()
        old = await world.link.current(1.0)
        await asyncio.sleep(0.3)
        asked_s = loop.time()
        fresh = await world.link.since(asked_s, 1.0)
        assert fresh is not old
        assert await world.link.since(asked_s, 1.0) is fresh
        await world.link.close()

    run(story())


def test_while_the_machine_is_away_callers_wait_no_longer_than_they_want() -> None:
    async def story() -> World:
        world = World()
        world.away = True
        with pytest.raises(LinkError, match="no link within 1 s: refused"):
            await world.link.current(1.0)
        world.away = False
        await world.link.current(6.0)
        await world.link.close()
        return world

    world = run(story())
    gaps = [round(after - before, 3) for before, after in pairwise(world.tried_s)]
    assert gaps == [0.1, 0.2, 5.0]
    assert [up for up, _ in world.said] == [False, True]


def test_an_open_that_hangs_is_cut_off() -> None:
    async def story() -> list[tuple[bool, str]]:
        said: list[tuple[bool, str]] = []

        async def hang() -> Wire:
            await asyncio.Event().wait()
            raise AssertionError

        link: Link[Wire] = Link("M-1", hang, lambda c, why: said.append((c is not None, why)))
        link.start()
        await asyncio.sleep(6.0)
        await link.close()
        return said

    assert run(story()) == [(False, "no answer within 5 s")]


def test_a_defect_in_the_driver_comes_out_of_the_next_call() -> None:
    async def story() -> None:
        async def defect() -> Wire:
            raise KeyError("a bug")

        link: Link[Wire] = Link("M-1", defect, lambda *_: None)
        with pytest.raises(KeyError, match="a bug"):
            await link.current(1.0)
        with pytest.raises(KeyError, match="a bug"):
            await link.close()

    run(story())


def test_silence_is_measured_from_the_last_answer() -> None:
    async def story() -> None:
        world = World()
        wire = await world.link.current(1.0)
        await asyncio.sleep(0.6)
        wire.answers = wire.never
        assert world.link.silent_s == pytest.approx(0.1)
        await asyncio.sleep(1.0)
        assert world.link.silent_s == pytest.approx(1.1)
        await world.link.close()

    run(story())
