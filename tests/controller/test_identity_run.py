"""Scans through the real loop: a refused scan is kept though it is refused, and people scan every part."""

import asyncio
from collections import Counter

from gloves import ORIGIN
from joined import joined_plant

from controller import events as e
from controller.clock import LoopClock
from controller.fold import apply
from controller.identity.requests import ScanPart
from controller.journal import InlineJournal, Memory
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.requests import ImportOrders, Refusal
from controller.run import Opening, Run
from controller.state import State
from drivers import Driver, StationDriver
from simulators.clock import run
from simulators.faults import Faults, WrongScan
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.person import People
from simulators.twin_driver import TwinDriver
from tests.plant.hands import DeskApi

ORDERS = (
    "order,quantity,carrier,size,colour\nA1,1,Night Express,m,moss\nA2,1,Night Express,l,black\n"
)


def a_day(faults: Faults) -> tuple[Run, tuple[e.Stamped, ...]]:
    """Run two orders to their boxes, with people who scan."""
    plant, clock, ledger = joined_plant(), LoopClock(ORIGIN), MemoryLedger()
    twins = {
        name: Twin(plant, name, ChipMemory(), ledger, faults, 1)
        for name, machine in plant.machines.items()
        if machine.link.kind != "station"
    }
    drivers: dict[str, Driver] = {
        name: TwinDriver(twin, clock.now_s, asyncio.sleep) for name, twin in twins.items()
    }
    drivers["H1"] = StationDriver("H1", clock.now_s, refresh_s=None)
    journal = InlineJournal(Memory())
    ports = Ports(journal=journal, clock=clock, planner=InlinePlanner(plant, 20), drivers=drivers)
    controller = Run(ports, State(plant), Opening(ORIGIN.isoformat()))
    people = People(twins, ledger, faults, seed=1)

    async def live() -> tuple[e.Stamped, ...]:
        working = asyncio.create_task(controller.work())
        await controller.opened.wait()
        await controller.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
        api = DeskApi(controller)
        while controller.state.packed < 2:
            assert controller.now_s() < 60_000, controller.why_waiting("H1")
            await people.look(api, controller.now_s())
            await asyncio.sleep(30)
        foreign = ScanPart(machine="H1", job_order="f" * 32, code="A1/1.1/knit")
        assert isinstance(await controller.ask(foreign, actor="person amira"), Refusal)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await asyncio.gather(*(driver.close() for driver in drivers.values()))
        said = await journal.read()
        journal.close()
        return said

    return controller, run(live())


def test_a_wrong_scan_is_refused_and_kept_and_the_day_goes_on() -> None:
    controller, journal = a_day(Faults(wrong_scans=(WrongScan("H1", 1),)))
    kinds = Counter(type(stamped.event).__name__ for stamped in journal)
    assert kinds["ScanRefused"] == 1
    assert kinds["PartScanned"] == 2 * (3 + 1)
    assert kinds["ToteAssigned"] == 2
    refused = next(s for s in journal if isinstance(s.event, e.ScanRefused))
    assert refused.actor == "person amira"
    assert controller.state.packed == 2
    joined = [s.event for s in journal if isinstance(s.event, e.PartScanned)]
    made = {name: job for s in journal for name, job in _members(s.event)}
    for scanned in joined:
        assert scanned.operation.partition("/")[0] == made[scanned.job_order].partition("/")[0]


def _members(event: e.Event) -> list[tuple[str, str]]:
    if not isinstance(event, e.JobIntended):
        return []
    return [(event.job.id, member.operation) for member in event.job.members]


def test_what_was_scanned_is_known_again_after_a_restart() -> None:
    _, journal = a_day(Faults())
    state, seen = State(joined_plant()), Counter[str]()
    for stamped in journal:
        apply(state, stamped)
        for job in state.jobs.values():
            seen[job.intended.job.machine] = max(seen[job.intended.job.machine], len(job.scanned))
    assert seen["H1"] == 3
    assert state.packed == 2
