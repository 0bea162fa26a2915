"""A living floor: the real loop, journal and planner over simulated machines, behind a real server."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import structlog
import uvicorn

from controller.books import Books
from controller.clock import RealClock
from controller.journal import InlineJournal, Memory
from controller.planning import ProcessPlanner
from controller.ports import Ports
from controller.requests import ImportOrders, SetClock
from controller.run import Opening, Run
from controller.state import State
from controller.web import app
from drivers import Driver, StationDriver
from plant_config import Order, Plant, load, origin_utc, read_folder, shipped
from simulators.faults import CALM
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.twin_driver import TwinDriver

DAY = date(2026, 11, 24)
T = TypeVar("T")


def the_plant(name: str = "sneaker") -> Plant:
    folder = shipped(name)
    assert folder is not None
    return load(read_folder(folder))


def some_orders(count: int, name: str = "sneaker") -> str:
    folder = shipped(name)
    assert folder is not None
    lines = (folder / "orders.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join(lines[: count + 1])


async def _no_comparison(_plant: Plant, _orders: tuple[Order, ...]) -> None:
    """Nobody waits here for the day to be planned three times over."""


@dataclass
class Living:
    """Runs in a thread with a loop of its own; `do` runs a coroutine there."""

    orders: int = 6
    speed: int = 120
    begin_s: int = 7_200
    memory: Memory = field(default_factory=Memory)
    run: Run | None = None
    port: int = 0
    loop: asyncio.AbstractEventLoop | None = None
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None
    ready: threading.Event = field(default_factory=threading.Event)
    failed: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        # Without this a fault of ours is drawn with all its values, which takes seconds.
        structlog.configure(
            processors=[
                structlog.processors.format_exc_info,
                structlog.processors.KeyValueRenderer(),
            ]
        )
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.thread = threading.Thread(target=self._live, args=(listening,), daemon=True)
        self.thread.start()
        assert self.ready.wait(30), self.failed

    def stop(self) -> None:
        assert self.server is not None
        assert self.thread is not None
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(20)
        assert not self.failed, self.failed

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def at_its_speed(self) -> None:
        """Set plant time back to the speed it began with, whatever was asked for meanwhile."""
        assert self.run is not None
        self.do(self.run.ask(SetClock(speed=self.speed), actor="test"))

    def _live(self, listening: socket.socket) -> None:
        try:
            asyncio.run(self._main(listening))
        except BaseException as error:
            self.failed.append(error)
            raise

    async def _main(self, listening: socket.socket) -> None:
        self.loop = asyncio.get_running_loop()
        plant, clock, ledger = the_plant(), RealClock(), MemoryLedger()
        sleep = self._sleeper()
        drivers: dict[str, Driver] = {}
        for name, machine in plant.machines.items():
            if machine.link.kind == "station":
                drivers[name] = StationDriver(name, clock.now_s, refresh_s=None)
            else:
                twin = Twin(plant, name, ChipMemory(), ledger, CALM, 1)
                drivers[name] = TwinDriver(twin, clock.now_s, sleep)
        planner = ProcessPlanner(plant)
        ports = Ports(
            journal=InlineJournal(self.memory),
            clock=clock,
            planner=planner,
            drivers=drivers,
        )
        origin = origin_utc(plant, DAY)
        opening = Opening(origin.isoformat(), self.begin_s, self.speed)
        self.run = Run(ports, State(plant), opening, books=Books(plant, None, _no_comparison))
        config = uvicorn.Config(
            app(self.run), log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        working = asyncio.create_task(self.run.work())
        await self.run.opened.wait()
        if self.orders:
            day = ImportOrders(name="day.csv", content=some_orders(self.orders))
            await self.run.ask(day, actor="test")
        serving = asyncio.create_task(self.server.serve(sockets=[listening]))
        self.ready.set()
        await asyncio.wait({working, serving}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        self.server.should_exit = True
        results = await asyncio.gather(working, serving, return_exceptions=True)
        planner.close()
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
                raise result

    def _sleeper(self):
        async def sleep(plant_s: float) -> None:
            await asyncio.sleep(plant_s / max(1, self.speed))

        return sleep
