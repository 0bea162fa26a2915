"""A whole day in virtual time: the real loop, journal, planner and people over simulated machines."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from controller.clock import LoopClock
from controller.events import OrderAccepted, Stamped
from controller.journal import InlineJournal, Memory
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.requests import ImportOrders
from controller.run import Opening, Run
from controller.state import State
from drivers import Driver, StationDriver
from plant_config import Order, Plant, load, origin_utc, read_folder, shipped
from simulators.clock import run
from simulators.faults import CALM, Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.twin_driver import TwinDriver
from tests.plant.hands import Hands

DAY = date(2026, 11, 24)


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

    @property
    def orders(self) -> tuple[Order, ...]:
        """Return every order that was accepted."""
        return tuple(s.event.order for s in self.journal if isinstance(s.event, OrderAccepted))


class Crash(Exception):
    """The controller dies here; whatever was not durable is gone."""


@dataclass
class World:
    """What goes on without a controller: machines, people, and the clock on the wall."""

    plant: Plant
    twins: dict[str, Twin]
    clock: LoopClock


def virtual_day(
    name: str,
    *,
    seed: int = 1,
    faults: Faults = CALM,
    steps: int = 60,
    until_h: int = 30,
    orders: str | None = None,
    crash: Callable[[int], bool] = lambda _step: False,
) -> Day:
    """Run a day to its close; `crash` is asked at each step of the loop whether the controller dies."""
    day = Day(plant_named(name))
    text = orders_file(name) if orders is None else orders
    run(_live(day, text, seed, faults, steps, until_h, crash))
    return day


async def _live(
    day: Day,
    orders: str,
    seed: int,
    faults: Faults,
    steps: int,
    until_h: int,
    crash: Callable[[int], bool],
) -> None:
    origin = origin_utc(day.plant, DAY)
    clock = LoopClock(origin.astimezone(UTC))
    twins = {
        machine: Twin(day.plant, machine, ChipMemory(), day.ledger, faults, seed)
        for machine, value in day.plant.machines.items()
        if value.link.kind != "station"
    }
    world = World(day.plant, twins, clock)
    counted = 0

    def dies() -> bool:
        nonlocal counted
        counted += 1
        return crash(counted)

    while True:
        over = await _one_run(day, world, origin, orders, seed, faults, steps, until_h, dies)
        if over:
            return
        day.crashes += 1
        await asyncio.sleep(7)


async def _one_run(
    day: Day,
    world: World,
    origin: datetime,
    orders: str,
    seed: int,
    faults: Faults,
    steps: int,
    until_h: int,
    dies: Callable[[], bool],
) -> bool:
    """One life of a controller; True when the day is over, False when it died."""
    journal = InlineJournal(day.memory)
    drivers: dict[str, Driver] = {
        name: TwinDriver(world.twins[name], world.clock.now_s, asyncio.sleep)
        if name in world.twins
        else StationDriver(name, world.clock.now_s, refresh_s=None)
        for name in day.plant.machines
    }
    ports = Ports(
        journal=journal, clock=world.clock, planner=InlinePlanner(day.plant, steps), drivers=drivers
    )
    controller = Run(ports, State(day.plant), Opening(origin.isoformat()))
    day.state = controller.state
    working = asyncio.create_task(controller.work())
    await controller.opened.wait()
    if not controller.state.accepted:
        await controller.ask(ImportOrders(name="day.csv", content=orders), actor="test")
    hands = asyncio.create_task(Hands(controller, world.twins, day.ledger, faults, seed).work())
    try:
        while not controller.state.closed_days:
            if dies():
                return False
            assert controller.now_s() < until_h * 3600, _stuck(controller)
            await asyncio.wait({working}, timeout=37)
            if working.done():
                working.result()
        return True
    finally:
        for task in (hands, working):
            task.cancel()
        await asyncio.gather(hands, working, return_exceptions=True)
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        day.journal = await journal.read()
        journal.close()


def _stuck(controller: Run) -> str:
    waits = [f"{name}: {controller.why_waiting(name)}" for name in controller.state.plant.machines]
    left = [name for name, opened in controller.state.orders.items() if opened.packed_s is None]
    return "\n".join([f"{len(left)} orders are not packed: {left}", *waits])


def after(origin: datetime, seconds: int) -> datetime:
    """Return a moment of the day."""
    return origin + timedelta(seconds=seconds)
