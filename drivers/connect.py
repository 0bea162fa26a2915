"""A plant becomes {machine: Driver}: hosts for what speaks a protocol, stations for people."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from drivers.driver import Driver
from drivers.remote import Host, HostPlan
from drivers.station import StationDriver
from plant_config import Machine, Plant


def _opcua(plant: Plant, machine: str) -> Driver:
    from drivers.opcua import OpcUaDriver  # noqa: PLC0415 only its own host pays for the library

    return OpcUaDriver(plant, machine)


def _modbus(plant: Plant, machine: str) -> Driver:
    from drivers.modbus import ModbusDriver  # noqa: PLC0415 only its own host pays for the library

    return ModbusDriver(plant, machine)


def _station(_plant: Plant, machine: str) -> Driver:
    return StationDriver(machine, now_s=lambda: 0)


KINDS: Mapping[str, Callable[[Plant, str], Driver]] = MappingProxyType(
    {"opcua": _opcua, "modbus": _modbus, "station": _station}
)
"""Kind of link -> how a host makes its driver. A station needs no host but can live in one."""


def by_protocol(machine: Machine) -> str:
    """Name the host of a machine after its protocol; stations stay with the controller."""
    return "" if machine.link.kind == "station" else machine.link.kind


def connect(
    plant: Plant,
    folder: Path,
    *,
    now_s: Callable[[], int],
    host_of: Callable[[Machine], str] = by_protocol,
    memory_mib: int = 0,
) -> dict[str, Driver]:
    """Return a driver for every machine, in the plant's order, and start the hosts; needs a running
    loop. A host ends when the last of its drivers is closed.

    `folder` is where the plant's files lie: each host reads them itself. `host_of` names the host
    of a machine, empty for none. `memory_mib` bounds each host's address space; 0: no limit.
    """
    groups: dict[str, list[Machine]] = {}
    for machine in plant.machines.values():
        if name := host_of(machine):
            groups.setdefault(name, []).append(machine)
    hosted: dict[str, Driver] = {}
    for name, machines in groups.items():
        links = {machine.id: machine.link for machine in machines}
        host = Host(HostPlan(name, folder.absolute(), plant.digest, links, memory_mib))
        hosted.update(host.start())
    return {
        machine: hosted.get(machine) or StationDriver(machine, now_s) for machine in plant.machines
    }
