"""A whole day in virtual time: the real loop, journal, planner and people over simulated machines."""

import asyncio
from dataclasses import dataclass, field, fields
from datetime import UTC, date
from functools import cache

from controller.amend.requests import CancelOrder
from controller.clock import LoopClock
from controller.events import OrderAccepted, Stamped
from controller.fold import apply
from controller.journal import InlineJournal, Memory
from controller.planning import InlinePlanner, PlannerPort
from controller.ports import Ports
from controller.requests import ImportOrders, Reply
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
from tests.plant.office import Ask, Office, confirm_starts
from tests.plant.planner import PatientPlanner

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
    """Order -> what its cancellation was answered, once in each life of the controller;
    `ask 3` -> what the fourth of the script's asks was answered."""
    verified: bool = False
    """The journal's chain is whole."""
    planned: list[tuple[float, bool]] = field(default_factory=list)
    """(second, quick) of each question that a planner that takes its time has begun."""

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
    asks: tuple[tuple[int, Ask], ...] = ()
    """(plant second, what somebody asks then); a crash repeats it under the same key."""
    days: int = 1
    to_the_last: bool = False
    """The day goes on until no order is open."""
    orders: str = ""
    """A file of orders; empty: the one that the plant comes with."""
    planning_s: tuple[float, float] | None = None
    """Virtual seconds that a quick and a better plan take; None: no time, and no better ones."""


@dataclass
class World:
    """What goes on without a controller: machines, people, and the clock on the wall."""

    script: Script
    day: Day
    twins: dict[str, Twin]
    people: People
    clock: LoopClock
    office: Office
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
    office = Office(script.asks, day.replies)
    world = World(script, day, twins, people, LoopClock(origin.astimezone(UTC)), office)
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
    planner = _planner(world)
    ports = Ports(journal=journal, clock=world.clock, planner=planner, drivers=drivers)
    controller = Run(ports, State(plant), Opening(origin))
    day.state = controller.state
    world.working = asyncio.create_task(controller.work())
    hands = asyncio.create_task(_hands(controller, world.people))
    shop = asyncio.create_task(_shop(controller, world))
    office = asyncio.create_task(world.office.work(controller))
    try:
        return await _until_closed(controller, world)
    finally:
        for task in (hands, shop, office, world.working):
            task.cancel()
        await asyncio.gather(hands, shop, office, world.working, return_exceptions=True)
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        day.journal = await journal.read()
        day.verified = (await journal.verify()).broken is None
        _same_when_folded_again(controller.state, day.journal)
        journal.close()


def _planner(world: World) -> PlannerPort:
    inline = InlinePlanner(world.day.plant, world.script.plan_steps)
    if world.script.planning_s is None:
        return inline
    quick_s, better_s = world.script.planning_s
    return PatientPlanner(inline, quick_s, better_s, world.day.planned)


def _same_when_folded_again(state: State, journal: tuple[Stamped, ...]) -> None:
    """A life leaves nothing behind that its journal does not tell."""
    folded = State(state.plant)
    for stamped in journal[: state.seq]:
        apply(folded, stamped)
    for name, opened in state.orders.items():
        # Graphs are equal only to themselves; the same order has the same one.
        if name in folded.orders and folded.orders[name].order == opened.order:
            folded.orders[name].routing = opened.routing
    other = [f.name for f in fields(State) if getattr(folded, f.name) != getattr(state, f.name)]
    assert not other, f"a life knew more than its journal of {other}"


def _over(state: State, script: Script) -> bool:
    waits = script.to_the_last and bool(state.orders)
    return state.closed_days >= script.days and not waits


async def _until_closed(controller: Run, world: World) -> bool:
    text = world.script.orders or orders_file(world.script.plant)
    importing = asyncio.create_task(
        controller.ask(ImportOrders(name="day.csv", content=text), actor="test")
    )
    try:
        while not _over(controller.state, world.script):
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


async def _hands(controller: Run, people: People) -> None:
    """People look around every half minute."""
    api = DeskApi(controller)
    await controller.opened.wait()
    while True:
        await people.look(api, controller.now_s())
        await confirm_starts(controller)
        await asyncio.sleep(LOOK_S)
