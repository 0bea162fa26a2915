"""The loop itself: nothing is told before it is durable, and nothing at all when it cannot be."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from gloves import ORIGIN, PLANT

from controller import events as e
from controller.clock import LoopClock
from controller.decide import ABSENT_S
from controller.journal import InlineJournal, JournalError, Memory
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.proposal import Proposal
from controller.requests import ClearMachine, Imported, ImportOrders, Refusal, SetClock, Taken
from controller.run import TICK_S, Opening, Run
from controller.same_plant import PlantChangedError
from controller.state import State
from controller.wanted.requests import DiscardProposal
from controller.web.alarms.words import place_of
from drivers import Answer, Driver, JobOrder, StationDriver
from scheduler import wishes
from simulators.clock import run
from simulators.faults import CALM
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.twin_driver import TwinDriver

ORDERS = (
    "order,quantity,carrier,size,colour\nA1,1,Night Express,m,moss\nA2,1,Night Express,l,black\n"
)


class WatchedDriver(TwinDriver):
    """A driver that looks into the journal when it is told something."""

    journal: InlineJournal

    async def submit(self, job: JobOrder) -> Answer:
        events = [stamped.event for stamped in await self.journal.read()]
        assert any(isinstance(x, e.JobIntended) and x.job == job for x in events)
        return await super().submit(job)


@dataclass
class World:
    """A controller over simulated gloves machines."""

    run: Run
    journal: InlineJournal
    twins: dict[str, Twin]


def world(memory: Memory) -> World:
    clock = LoopClock(ORIGIN)
    journal = InlineJournal(memory)
    ledger = MemoryLedger()
    twins = {
        name: Twin(PLANT, name, ChipMemory(), ledger, CALM, 1)
        for name, machine in PLANT.machines.items()
        if machine.link.kind != "station"
    }
    drivers: dict[str, Driver] = {
        name: WatchedDriver(twin, clock.now_s, asyncio.sleep) for name, twin in twins.items()
    }
    for driver in drivers.values():
        driver.journal = journal
    drivers["H1"] = StationDriver("H1", clock.now_s, refresh_s=None)
    planner = InlinePlanner(PLANT, 20)
    ports = Ports(journal=journal, clock=clock, planner=planner, drivers=drivers)
    return World(Run(ports, State(PLANT), Opening(ORIGIN.isoformat())), journal, twins)


async def end(working: "asyncio.Task[None]", w: World) -> None:
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await asyncio.gather(*(driver.close() for driver in w.run.ports.drivers.values()))


async def lived(memory: Memory, seconds: float = 0) -> World:
    """Return a controller that took two orders in, worked on them for so long, and ended."""
    w = world(memory)
    working = asyncio.create_task(w.run.work())
    await w.run.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
    if seconds:
        await asyncio.sleep(seconds)
    await end(working, w)
    return w


def test_the_intent_is_in_the_journal_before_the_machine_hears_of_it() -> None:
    async def live() -> None:
        w = world(Memory())
        working = asyncio.create_task(w.run.work())
        reply = await w.run.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
        assert isinstance(reply, Imported)
        assert reply.accepted == ("A1", "A2")
        await asyncio.sleep(4_000)
        assert sum(twin.count for twin in w.twins.values()) >= 4
        assert not working.done()
        await end(working, w)

    run(live())


def test_a_journal_that_cannot_be_written_stops_every_command() -> None:
    async def live() -> None:
        w = world(Memory())
        working = asyncio.create_task(w.run.work())
        await w.run.opened.wait()
        await asyncio.sleep(10)
        w.journal.close()
        asking = asyncio.create_task(
            w.run.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
        )
        with pytest.raises(ExceptionGroup) as raised:
            await working
        assert raised.group_contains(JournalError)
        assert [twin.count for twin in w.twins.values()] == [0, 0, 0]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await end(working, w)

    run(live())


def test_the_same_file_twice_changes_nothing() -> None:
    async def live() -> None:
        w = world(Memory())
        working = asyncio.create_task(w.run.work())
        asked = ImportOrders(name="a.csv", content=ORDERS)
        await w.run.ask(asked, actor="cli")
        before = w.run.state.accepted
        kinds = [type(s.event) for s in await w.journal.read()]
        again = await w.run.ask(asked, actor="cli")
        assert isinstance(again, Imported)
        assert (again.accepted, again.repeated) == ((), ("A1", "A2"))
        assert w.run.state.accepted == before == 2
        after = [type(s.event) for s in await w.journal.read()]
        assert after.count(e.OrderAccepted) == kinds.count(e.OrderAccepted)
        assert after.count(e.FileImported) == 1
        await end(working, w)

    run(live())


def test_a_refused_request_says_why_and_records_nothing() -> None:
    async def live() -> None:
        w = world(Memory())
        working = asyncio.create_task(w.run.work())
        await w.run.opened.wait()
        await asyncio.sleep(100)
        before = w.run.state.seq
        refused = await w.run.ask(ClearMachine(machine="V1"), actor="person")
        unknown = await w.run.ask(ClearMachine(machine="X9"), actor="person")
        wrong = await w.run.ask(SetClock(speed=9_999_999), actor="person")
        assert refused == Refusal(kind="conflict", why="V1 has nothing to take off.")
        assert isinstance(unknown, Refusal)
        assert unknown.kind == "unknown"
        assert isinstance(wrong, Refusal)
        assert wrong.kind == "wrong"
        assert w.run.state.seq == before
        await end(working, w)

    run(live())


def test_speed_and_pause_are_journalled_and_survive_a_restart() -> None:
    async def live() -> None:
        memory = Memory()
        first = world(memory)
        working = asyncio.create_task(first.run.work())
        await first.run.opened.wait()
        reply = await first.run.ask(SetClock(speed=10), actor="person amira")
        assert isinstance(reply, Taken)
        await asyncio.sleep(100)
        before = first.run.now_s()
        assert before >= 990
        await first.run.ask(SetClock(speed=0), actor="person amira")
        await end(working, first)
        second = world(memory)
        working = asyncio.create_task(second.run.work())
        await second.run.opened.wait()
        assert second.run.now_s() == first.run.now_s()
        assert second.run.state.clock[2] == 0
        actors = {s.actor for s in await second.journal.read() if isinstance(s.event, e.ClockSet)}
        assert "person amira" in actors
        await end(working, second)

    run(live())


@pytest.mark.parametrize(("away_s", "plans"), [(ABSENT_S - 10, 0), (ABSENT_S + 10, 1)])
def test_the_floor_is_planned_anew_after_a_long_absence_and_only_then(
    away_s: int, plans: int
) -> None:
    async def live() -> None:
        memory = Memory()
        first = await lived(memory, 100)
        known = await first.journal.read()
        await asyncio.sleep(known[-1].at_s + away_s - first.run.now_s())
        second = world(memory)
        working = asyncio.create_task(second.run.work())
        await asyncio.sleep(60)
        new = (await second.journal.read())[len(known) :]
        why = [s.event.why for s in new if isinstance(s.event, e.PlanPublished)]
        assert why.count("the controller was away") == plans
        await end(working, second)

    run(live())


def test_open_orders_are_not_finished_on_other_plant_files() -> None:
    async def live() -> None:
        memory = Memory()
        await lived(memory)
        second = world(memory)
        second.run.state = State(replace(PLANT, digest="another"))
        with pytest.raises(PlantChangedError, match="2 orders are open"):
            await second.run.work()
        await end(asyncio.create_task(asyncio.sleep(0)), second)

    run(live())


def test_what_an_older_controller_sends_is_refused_by_the_machine() -> None:
    async def live() -> None:
        memory = Memory()
        first = await lived(memory, 60)
        second = world(memory)
        for name, twin in second.twins.items():
            second.run.ports.drivers[name].twin = first.twins[name]
            assert twin.count == 0
        working = asyncio.create_task(second.run.work())
        await asyncio.sleep(4_000)
        told = [
            s.event.job for s in await second.journal.read() if isinstance(s.event, e.JobIntended)
        ]
        assert {job.epoch for job in told} == {1, 2}
        late = replace(told[0], id="0" * 32, epoch=1)
        said = first.twins[late.machine].store(late, second.run.now_s())
        assert said.code == "fenced"
        await end(working, second)

    run(live())


def test_an_old_page_cannot_accept_a_proposal_of_the_next_run() -> None:
    """Numbers go on after a restart, so that what the page shows and what is accepted are one."""
    memory, numbers = Memory(), list[int]()

    async def live(names: tuple[str, ...]) -> None:
        w = world(memory)
        working = asyncio.create_task(w.run.work())
        if not numbers:
            await w.run.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
        await w.run.opened.wait()
        await asyncio.sleep(5)
        for old in numbers:
            gone = await w.run.ask(DiscardProposal(number=old), actor="person old")
            assert isinstance(gone, Refusal)
            assert gone.kind == "unknown"
        for name in names:
            made = await w.run.propose(wishes.Expedite(order=name), actor="person vera")
            assert isinstance(made, Proposal)
            numbers.append(made.number)
        await end(working, w)

    run(live(("A1", "A2")))
    run(live(("A2",)))
    assert len(set(numbers)) == 3


def test_messages_that_could_not_be_delivered_raise_an_alarm_until_somebody_decides() -> None:
    async def live() -> None:
        w = world(Memory())
        stuck = False
        w.run.undelivered = lambda: stuck
        working = asyncio.create_task(w.run.work())
        await w.run.opened.wait()
        await asyncio.sleep(2 * TICK_S)
        assert "undelivered" not in w.run.state.alarms
        stuck = True
        await asyncio.sleep(2 * TICK_S)
        raised = w.run.state.alarms["undelivered"]
        assert raised.says == "Messages to other systems could not be delivered."
        assert place_of(raised.id) == "/undelivered"
        stuck = False
        await asyncio.sleep(2 * TICK_S)
        assert "undelivered" not in w.run.state.alarms
        await end(working, w)

    run(live())
