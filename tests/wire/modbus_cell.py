"""Simulated machines of the small plant behind a real Modbus/TCP server, with time in our hands."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from drivers.modbus import ModbusDriver
from plant_config import Plant, Profile
from simulators.faults import CALM, Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.modbus import JobMap, Server, serve
from simulators.oracle import MemoryLedger

sys.path.insert(0, str(Path(__file__).parents[1] / "simulators"))
from small_plant import a_plant

SHIPPED = Path(__file__).parents[2] / "plant_config/plants/sneaker/profiles/jobmap.yaml"
PROFILE = replace(
    TypeAdapter(Profile).validate_python(YAML(typ="safe").load(SHIPPED.read_text())), name="jobmap"
)
UNITS = {"M1": 1, "M2": 2, "M3": 3}


@dataclass
class Cell:
    """Three mixers (ledger, counter, none) and their clock."""

    plant: Plant
    twins: dict[str, Twin]
    ledger: MemoryLedger
    server: Server | None = None
    now_s: int = 0
    drivers: list[ModbusDriver] = field(default_factory=list)

    def driver(self, machine: str) -> ModbusDriver:
        """A new driver, as after a restart of the controller."""
        driver = ModbusDriver(self.plant, machine)
        self.drivers.append(driver)
        return driver

    def go_to(self, now_s: int) -> None:
        """Let plant time pass."""
        self.now_s = now_s
        self.server.pump()


@contextlib.asynccontextmanager
async def cell(faults: Faults = CALM) -> AsyncIterator[Cell]:
    """Machines on a free port, drivers closed at the end."""
    plant, ledger = a_plant(PROFILE), MemoryLedger()
    twins = {m: Twin(plant, m, ChipMemory(), ledger, faults, 1) for m in UNITS}
    made = Cell(plant, twins, ledger)
    maps = {
        UNITS[m]: JobMap(twin, PROFILE, lambda: made.now_s, UNITS[m]) for m, twin in twins.items()
    }
    async with serve("127.0.0.1", 0, maps) as server:
        made.server = server
        machines = {
            name: replace(machine, link=replace(machine.link, port=server.port))
            if name in UNITS
            else machine
            for name, machine in plant.machines.items()
        }
        made.plant = replace(plant, machines=machines)
        try:
            yield made
        finally:
            for driver in made.drivers:
                await driver.close()


async def until(driver: ModbusDriver, kind: type, **said):
    """Return the next notice of a kind with these values."""
    async with asyncio.timeout(10):
        async for notice in driver.notices():
            if isinstance(notice, kind) and all(getattr(notice, k) == v for k, v in said.items()):
                return notice
    raise AssertionError("closed")
