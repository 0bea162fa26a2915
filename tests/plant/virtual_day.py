"""A whole day in virtual time: the real loop, journal, planner and people over simulated machines."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cache

from controller.amend.requests import CancelOrder
from controller.clock import LoopClock
from controller.events import OrderAccepted, Stamped
from controller.journal import InlineJournal, Memory
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.requests import ImportOrders, Reply, Request
from controller.run import Opening, Run
from controller.state import State
from drivers import Driver, StationDriver
from plant_config import Order, Plant, load, origin_utc, read_folder, shipped
from simulators.clock import run
from simulators.faults import CALM, Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.person import People
from simulators.twin_driver import TwinDriver
from tests.plant.hands import DeskApi

DAY = date(2026, 11, 24)
LOOK_S = 30
DEAD_S = 7
"""Seconds until somebody starts a dead controller again."""


@cache
def plant_named(name: str) -> Plant:
    """Load a shipped plant once."""
    folder = shipped(name)
    assert folder is not None
    return load(read_folder(folder))


def orders_file(name: str) -> str:
    """Return the day's orders that a shipped plant comes with."""
    folder = shipped(name)
    assert folder is not None
    return (folder / "orders.csv").read_text(encoding="utf-8")


@dataclass
class Day:
    """What a virtual day leaves behind."""

    plant: Plant
    memory: Memory = field(default_factory=Memory)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    journal: tuple[Stamped, ...] = ()
    state: State | None = None
    crashes: int = 0
    steps: int = 0
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    """Order -> what its cancellation was answered, once in each life of the controller."""

    @property
    def orders(self) -> tuple[Order, ...]:
        """Return every order that was accepted."""
        return tuple(s.event.order for s in self.journal if isinstance(s.event, OrderAccepted))


@dataclass(frozen=True, kw_only=True)
class Script:
    """What happens on a day."""

    plant: str
    seed: int = 1
    faults: Faults = CALM
    plan_steps: int = 60
    """Moves that the planner may try for each plan."""
    crashes: frozenset[int] = frozenset()
    """Steps of the event loop at which the controller dies; counted through all its lives."""
    until_h: int = 30
    cancels: tuple[tuple[int, str], ...] = ()
    """(plant second, order) that its customer takes back then, if it is not packed yet."""
    asks: tuple[tuple[int, Request], ...] = ()
    """(plant second, what somebody asks then); a crash repeats it under the same key."""
    days: int = 1


@dataclass
class World:
    """What goes on without a controller: machines, people, and the clock on the wall."""

    script: Script
    day: Day
    twins: dict[str, Twin]
    people: People
    clock: LoopClock
    working: asyncio.Task[None] | None = None
    steps: int = 0

    def step(self) -> None:
        """Kill the controller at the scripted steps; machines and people live on."""
        self.steps += 1
        if self.steps in self.script.crashes and self.working is not None:
            self.working.cancel()


def virtual_day(script: Script) -> Day:
    """Run a day to its close."""
    day = Day(plant_named(script.plant))
    origin = origin_utc(day.plant, DAY)
    twins = {
        name: Twin(day.plant, name, ChipMemory(), day.ledger, script.faults, script.seed)
        for name, machine in day.plant.machines.items()
        if machine.link.kind != "station"
    }
    people = People(twins, day.ledger, script.faults, script.seed)
    world = World(script, day, twins, people, LoopClock(origin.astimezone(UTC)))
    run(_live(world, origin.isoformat()), step=world.step)
    day.steps = world.steps
    return day


async def _live(world: World, origin: str) -> None:
    while not await _one_life(world, origin):
        world.day.crashes += 1
        await asyncio.sleep(DEAD_S)


async def _one_life(world: World, origin: str) -> bool:
    """One life of a controller; True when the day is over, False when it died."""
    day, plant = world.day, world.day.plant
    journal = InlineJournal(day.memory)
    drivers: dict[str, Driver] = {
        name: TwinDriver(world.twins[name], world.clock.now_s, asyncio.sleep)
        if name in world.twins
        else StationDriver(name, world.clock.now_s, refresh_s=None)
        for name in plant.machines
    }
    planner = InlinePlanner(plant, world.script.plan_steps)
    ports = Ports(journal=journal, clock=world.clock, planner=planner, drivers=drivers)
    controller = Run(ports, State(plant), Opening(origin))
    day.state = controller.state
    world.working = asyncio.create_task(controller.work())
    hands = asyncio.create_task(_hands(controller, world.people))
    shop = asyncio.create_task(_shop(controller, world))
    office = asyncio.create_task(_office(controller, world))
    try:
        return await _until_closed(controller, world)
    finally:
        for task in (hands, shop, office, world.working):
            task.cancel()
        await asyncio.gather(hands, shop, office, world.working, return_exceptions=True)
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        day.journal = await journal.read()
        journal.close()


async def _until_closed(controller: Run, world: World) -> bool:
    text = orders_file(world.script.plant)
    importing = asyncio.create_task(
        controller.ask(ImportOrders(name="day.csv", content=text), actor="test")
    )
    try:
        while controller.state.closed_days < world.script.days:
            assert world.working is not None
            assert controller.now_s() < world.script.until_h * 3600, _stuck(controller)
            await asyncio.wait({world.working}, timeout=60)
            if world.working.cancelled():
                return False
            if world.working.done():
                world.working.result()
        return True
    finally:
        importing.cancel()
        await asyncio.gather(importing, return_exceptions=True)


def _stuck(controller: Run) -> str:
    waits = [f"{name}: {controller.why_waiting(name)}" for name in controller.state.plant.machines]
    left = [name for name, opened in controller.state.orders.items() if opened.packed_s is None]
    return "\n".join([f"{len(left)} orders are not packed: {left}", *waits])


async def _shop(controller: Run, world: World) -> None:
    """Customers change their minds; what died with a controller is asked again."""
    await controller.opened.wait()
    for at_s, order in sorted(world.script.cancels):
        await asyncio.sleep(max(0, at_s - controller.now_s()))
        cancel = CancelOrder(order=order, reason="changed plans")
        reply = await controller.ask(cancel, actor="person vera")
        world.day.replies.setdefault(order, []).append(reply)


async def _office(controller: Run, world: World) -> None:
    """What is scripted is asked once, whatever dies meanwhile."""
    await controller.opened.wait()
    for number, (at_s, request) in enumerate(world.script.asks):
        await asyncio.sleep(max(0, at_s - controller.now_s()))
        reply = await controller.ask(request, actor="person vera", key=f"ask {number}")
        world.day.replies.setdefault(f"ask {number}", []).append(reply)


async def _hands(controller: Run, people: People) -> None:
    """People look around every half minute."""
    api = DeskApi(controller)
    await controller.opened.wait()
    while True:
        await people.look(api, controller.now_s())
        await asyncio.sleep(LOOK_S)


def _stuck(controller: Run) -> str:
    waits = [f"{name}: {controller.why_waiting(name)}" for name in controller.state.plant.machines]
    left = [name for name, opened in controller.state.orders.items() if opened.packed_s is None]
    return "\n".join([f"{len(left)} orders are not packed: {left}", *waits])
