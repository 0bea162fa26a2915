"""All machines of a plant behind their real protocols, pumped in real time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from plant_config import Modbus, OpcUa, Plant
from simulators import modbus, opcua
from simulators.faults import Faults
from simulators.machine import Twin
from simulators.memory import ChipMemory, FileMemory
from simulators.oracle import AsMade, FileLedger, MemoryLedger

_PUMP_EVERY_S = 0.05
"""Real seconds between two looks at what has changed."""


def make_twins(
    plant: Plant, state: Path | None, ledger: AsMade, faults: Faults, seed: int
) -> dict[str, Twin]:
    """Return a twin for every machine that speaks a protocol."""
    twins = {}
    for machine in plant.machines.values():
        if isinstance(machine.link, OpcUa | Modbus):
            memory = (
                FileMemory(state / "machines" / f"{machine.id}.json") if state else ChipMemory()
            )
            twins[machine.id] = Twin(plant, machine.id, memory, ledger, faults, seed)
    return twins


def open_ledger(state: Path | None) -> AsMade:
    """Return the as-made ledger: `as-made.jsonl` in the state folder, or one in memory."""
    return FileLedger(state / "as-made.jsonl") if state else MemoryLedger()


@contextlib.asynccontextmanager
async def served(
    plant: Plant, twins: Mapping[str, Twin], now_s: Callable[[], int]
) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Serve every twin at its machine's address while the block runs; yields the pump."""
    gateways: list[opcua.Gateway] = []
    servers: list[modbus.Server] = []
    async with contextlib.AsyncExitStack() as stack:
        for endpoint, cell in _by_endpoint(plant, twins).items():
            gateways.append(await stack.enter_async_context(opcua.serve(endpoint, cell, now_s)))
        for (host, port), units in _by_address(plant, twins, now_s).items():
            servers.append(await stack.enter_async_context(modbus.serve(host, port, units)))

        async def pump() -> None:
            for server in servers:
                server.pump()
            for gateway in gateways:
                await gateway.pump()

        yield pump


async def pump_on(pump: Callable[[], Awaitable[None]]) -> None:
    """Pump until cancelled."""
    while True:
        await pump()
        await asyncio.sleep(_PUMP_EVERY_S)


def _by_endpoint(plant: Plant, twins: Mapping[str, Twin]) -> dict[str, dict[str, Twin]]:
    found: dict[str, dict[str, Twin]] = {}
    for name, twin in twins.items():
        link = plant.machines[name].link
        if isinstance(link, OpcUa):
            found.setdefault(link.endpoint, {})[name] = twin
    return found


def _by_address(
    plant: Plant, twins: Mapping[str, Twin], now_s: Callable[[], int]
) -> dict[tuple[str, int], dict[int, modbus.JobMap]]:
    found: dict[tuple[str, int], dict[int, modbus.JobMap]] = {}
    for name, twin in twins.items():
        link = plant.machines[name].link
        if isinstance(link, Modbus):
            profile = plant.profiles[link.profile]
            device = modbus.JobMap(twin, profile, now_s, link.unit)
            found.setdefault((link.host, link.port), {})[link.unit] = device
    return found
