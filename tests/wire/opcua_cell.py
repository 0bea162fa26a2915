"""A cell of simulated printers behind a real OPC UA server on a free port of loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from drivers import (
    JobOrder,
    LinkChange,
    Member,
    Notice,
    Reading,
    Report,
    job_order_id,
    recipe_digest,
)
from drivers.link import Patience
from drivers.opcua import OpcUaDriver
from plant_config import Evidence, Group, Machine, OpcUa, Plant
from plant_config.equipment import BatchRule
from plant_config.plant import Rates
from simulators.faults import CALM, Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.opcua import Gateway, serve
from simulators.oracle import MemoryLedger

HASTY = Patience(beat_every_s=0.1, beat_within_s=4.0, waits_s=(0.05, 0.1), steady_s=1.0)


@dataclass
class Clock:
    """Plant seconds, moved by the test."""

    now_s: int = 0


@dataclass
class Cell:
    """A gateway with its twins and what they made."""

    twins: dict[str, Twin]
    clock: Clock
    ledger: MemoryLedger
    plant: Plant
    gateway: Gateway | None = None
    endpoint: str = "opc.tcp://127.0.0.1:0"

    async def after(self, seconds: int) -> None:
        """Let plant time pass."""
        self.clock.now_s += seconds
        assert self.gateway is not None
        await self.gateway.pump()

    def reach(self, machine: str) -> OpcUaDriver:
        """Return a driver that nobody listens to yet."""
        link = OpcUa(kind="opcua", endpoint=self.endpoint, object=machine)
        there = replace(self.plant.machines[machine], link=link)
        reached = replace(self.plant, machines={**self.plant.machines, machine: there})
        return OpcUaDriver(reached, machine, HASTY)

    @contextlib.asynccontextmanager
    async def driver(self, machine: str) -> AsyncIterator["Followed"]:
        """Drive a machine; its notices are collected all the while."""
        driver = self.reach(machine)
        followed = Followed(driver)
        task = asyncio.create_task(followed.follow())
        try:
            yield followed
        finally:
            await driver.close()
            await asyncio.wait_for(task, 2)


class Followed:
    """A driver whose notices are kept, so that a test can wait for one."""

    def __init__(self, driver: OpcUaDriver) -> None:
        self.driver = driver
        self.notices: list[Notice] = []
        self._more = asyncio.Condition()

    async def follow(self) -> None:
        async for notice in self.driver.notices():
            async with self._more:
                self.notices.append(notice)
                self._more.notify_all()

    async def until(self, wanted: Callable[[Notice], bool], since: int = 0) -> Notice:
        """Wait for the first notice of a kind."""

        def found() -> Notice | None:
            return next((n for n in self.notices[since:] if wanted(n)), None)

        async with asyncio.timeout(15), self._more:
            await self._more.wait_for(lambda: found() is not None)
        notice = found()
        assert notice is not None
        return notice

    async def up(self, since: int = 0) -> LinkChange:
        notice = await self.until(lambda n: isinstance(n, LinkChange) and n.up, since)
        assert isinstance(notice, LinkChange)
        return notice

    async def report(self, job_order: str, state: str, since: int = 0) -> Report:
        notice = await self.until(
            lambda n: isinstance(n, Report) and (n.job_order, n.state.value) == (job_order, state),
            since,
        )
        assert isinstance(notice, Report)
        return notice

    async def reading(self, wanted: Callable[[Reading], bool]) -> Reading:
        notice = await self.until(lambda n: isinstance(n, Reading) and wanted(n))
        assert isinstance(notice, Reading)
        return notice


LEDGER = (Evidence.LEDGER, True)
COUNTER = (Evidence.COUNTER, False)
NONE = (Evidence.NONE, False)


def plant(machines: Mapping[str, tuple[Evidence, bool]]) -> Plant:
    """A plant of nothing but printers; each has its evidence and may refuse repeated ids."""
    groups = {
        machine: Group(
            name=machine,
            label="printing",
            physics="printer",
            offers=("print",),
            batch=BatchRule(capacity=1000, base=60, noun="plate"),
            initial={"material": "tpu"},
            limits={"height_um": (0, 100_000)},
            calendar="always",
            dedupes=dedupes,
            evidence=evidence,
        )
        for machine, (evidence, dedupes) in machines.items()
    }
    link = OpcUa(kind="opcua", endpoint="opc.tcp://127.0.0.1:0", object="")
    return Plant(
        name="cell",
        label="Cell",
        timezone="Europe/Berlin",
        shifts=(),
        cut_offs=(),
        calendars={},
        products={},
        processes={},
        groups=groups,
        machines={m: Machine(id=m, group=m, link=link) for m in machines},
        materials={},
        profiles={},
        rates=Rates(late=0, source="assumed"),
    )


@contextlib.asynccontextmanager
async def cell(
    machines: Mapping[str, tuple[Evidence, bool]],
    faults: Faults = CALM,
    endpoint: str = "opc.tcp://127.0.0.1:0",
) -> AsyncIterator[Cell]:
    """Serve a cell while the context is open."""
    built = plant(machines)
    ledger = MemoryLedger()
    twins = {m: Twin(built, m, ChipMemory(), ledger, faults, 7) for m in machines}
    made = Cell(twins, Clock(), ledger, built)
    async with serve(endpoint, twins, lambda: made.clock.now_s) as gateway:
        made.gateway, made.endpoint = gateway, gateway.url
        await gateway.pump()
        yield made


@contextlib.contextmanager
def served(
    machines: Mapping[str, tuple[Evidence, bool]], faults: Faults = CALM
) -> Iterator[tuple[asyncio.Runner, Cell]]:
    """Serve a cell on a loop of its own, for several tests: making a server takes a second."""
    with asyncio.Runner() as runner:
        opened = contextlib.AsyncExitStack()
        yield runner, runner.run(opened.enter_async_context(cell(machines, faults)))
        runner.run(opened.aclose())


def job_order(machine: str, first: int = 1, members: int = 1, **changed: object) -> JobOrder:
    """A plate of midsoles for several pairs."""
    made = tuple(_members(first, members))
    shared = (("material", "tpu"),)
    fields: dict[str, object] = {
        "id": job_order_id(machine, made),
        "label": f"Plate {first}",
        "machine": machine,
        "members": made,
        "family": "material=tpu",
        "shared": shared,
        "recipe_digest": recipe_digest("material=tpu", shared, made),
        "takes_s": 600,
        "expected_boot": 1,
    }
    return JobOrder(**(fields | changed))  # type: ignore[arg-type]


def _members(first: int, count: int) -> Iterator[Member]:
    for number in range(first, first + count):
        subject = f"A-{number}/1.1"
        recipe = (("height_um", 21_000 + number), ("layer_um", 300), ("note", f"Größe {number}"))
        yield Member(f"{subject}/print", 1, subject, recipe)
