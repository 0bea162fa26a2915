"""What people do to machines, through the real loop in virtual time, to machines and to a hand station."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC

import pytest
from gloves import EVENING_S, ORIGIN, PLANT, order

from controller import events as e
from controller.clock import LoopClock
from controller.floor import requests as r
from controller.journal import InlineJournal, Memory
from controller.planning import InlinePlanner
from controller.ports import Ports
from controller.requests import BeginHandWork, ClearMachine, FinishHandWork, Refusal, Request, Taken
from controller.run import Opening, Run
from controller.state import JobPhase, State
from drivers import Driver, StationDriver, UnitResult, Verdict
from plant_config import Mode
from simulators.clock import run
from simulators.faults import CALM
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.twin_driver import TwinDriver


@dataclass
class Shift:
    """A running controller over simulated machines, and one person."""

    run: Run
    ledger: MemoryLedger

    @property
    def state(self) -> State:
        return self.run.state

    async def say(self, request: Request) -> Taken:
        reply = await self.run.ask(request, actor="person amira", station="floor")
        assert isinstance(reply, Taken), reply
        return reply

    async def no(self, request: Request) -> str:
        reply = await self.run.ask(request, actor="person amira", station="floor")
        assert isinstance(reply, Refusal), reply
        return reply.why

    async def until(self, holds: Callable[[], bool], seconds: int = 20_000) -> None:
        """Let plant time pass until something holds."""
        for _ in range(seconds):
            if holds():
                return
            await asyncio.sleep(1)
        raise AssertionError("it never came")

    def phase(self, machine: str) -> JobPhase | None:
        job = self.state.jobs.get(self.state.machines[machine].job_order)
        return None if job is None else job.phase

    def facts(self, kind: type) -> list[e.Event]:
        return [s.event for s in self.recorded if isinstance(s.event, kind)]

    recorded: tuple[e.Stamped, ...] = ()

    async def read(self) -> None:
        self.recorded = await self.run.events()


def shift(story: Callable[[Shift], Awaitable[None]], plant=PLANT) -> Shift:
    """Play a story with one order of one pair accepted."""
    ledger = MemoryLedger()
    clock = LoopClock(ORIGIN.astimezone(UTC))
    told: list[Shift] = []

    async def main() -> None:
        journal = InlineJournal(Memory())
        drivers: dict[str, Driver] = {
            name: StationDriver(name, clock.now_s, refresh_s=None)
            if machine.link.kind == "station"
            else TwinDriver(
                Twin(plant, name, ChipMemory(), ledger, CALM, 1), clock.now_s, asyncio.sleep
            )
            for name, machine in plant.machines.items()
        }
        ports = Ports(
            journal=journal, clock=clock, planner=InlinePlanner(plant, 20), drivers=drivers
        )
        controller = Run(ports, State(plant), Opening(ORIGIN.isoformat()))
        working = asyncio.create_task(controller.work())
        await controller.opened.wait()
        now = Shift(controller, ledger)
        told.append(now)
        made = order("A1", "moss", due_s=EVENING_S)
        await controller._record([e.OrderAccepted(order=made, cost_cents=0, premium_cents=0)])
        await controller._decide()
        try:
            await story(now)
            await now.read()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            await asyncio.gather(*(driver.close() for driver in drivers.values()))

    run(main())
    return told[0]


def running(now: Shift, machine: str) -> Callable[[], bool]:
    return lambda: now.phase(machine) is JobPhase.RUNNING


def test_a_knitter_holds_goes_on_and_ends_later_by_as_long():
    async def story(now: Shift) -> None:
        await now.until(running(now, "K1"))
        await now.say(r.HoldMachine(machine="K1"))
        await now.until(lambda: now.phase("K1") is JobPhase.HELD)
        assert now.state.machines["K1"].command is None
        assert "not running, it is held" in await now.no(r.HoldMachine(machine="K1"))
        held_s = now.run.now_s()
        await asyncio.sleep(3_600)
        assert now.phase("K1") is JobPhase.HELD
        await now.say(r.ResumeMachine(machine="K1"))
        await now.until(running(now, "K1"))
        done = "A1/1.1/knit"
        await now.until(lambda: now.state.work[done].phase.value == "done")
        assert now.run.now_s() > held_s + 3_600

    shift(story)


def test_an_abort_loses_the_part_names_its_reason_and_has_it_made_again():
    async def story(now: Shift) -> None:
        await now.until(running(now, "K1"))
        lost = next(iter(now.state.jobs[now.state.machines["K1"].job_order].intended.job.members))
        assert "needs a reason" in await now.no(r.AbortMachine(machine="K1", reason=" "))
        await now.say(r.AbortMachine(machine="K1", reason="Wrong material"))
        await now.until(lambda: bool(now.state.machines["K1"].failed))
        assert now.state.work[lost.operation].attempt == 2
        assert now.state.alarms["failed:K1"].priority == "urgent"
        await now.say(ClearMachine(machine="K1"))
        await now.until(lambda: now.state.work[lost.operation].phase.value == "done")
        assert "failed:K1" not in now.state.alarms

    told = shift(story)
    (given,) = told.facts(e.CommandGiven)
    assert isinstance(given, e.CommandGiven)
    assert given.reason == "Wrong material"


def test_nothing_starts_on_a_machine_that_is_out_of_service():
    async def story(now: Shift) -> None:
        await now.say(r.TakeOut(machine="K1", reason="Needle bed", until_s=now.run.now_s() + 7_200))
        await now.say(r.TakeOut(machine="K2", reason="Person absent"))
        await now.until(lambda: now.state.plan is not None)
        await asyncio.sleep(7_000)
        assert (now.phase("K1"), now.phase("K2")) == (None, None)
        assert now.run.why_waiting("K2") == "Out of service: Person absent."
        await asyncio.sleep(300)
        assert now.state.alarms["out:K1"].priority == "low"
        await now.say(r.TakeIn(machine="K1"))
        await now.until(lambda: "out:K1" not in now.state.alarms)
        assert await now.no(r.TakeIn(machine="K1")) == "K1 is in service."

    shift(story)


def test_a_machine_that_confirms_each_start_waits_for_the_batch_that_was_shown():
    async def story(now: Shift) -> None:
        await now.say(r.SetMode(machine="V1", mode=Mode.CONFIRM))
        await now.until(lambda: now.run.why_waiting("V1").startswith("Each start is confirmed"))
        await asyncio.sleep(1_000)
        assert now.phase("V1") is None
        wrong = r.ConfirmStart(machine="V1", operations=("A1/9/dye",))
        assert "another batch next" in await now.no(wrong)
        await now.say(r.ConfirmStart(machine="V1", operations=("A1/1.1-2/dye",)))
        await now.until(running(now, "V1"))

    shift(story)


def test_a_call_for_help_is_an_alarm_until_help_came():
    async def story(now: Shift) -> None:
        await now.say(r.CallHelp(machine="H1", note="thread is stuck"))
        await now.until(lambda: "help:H1" in now.state.alarms)
        assert now.state.alarms["help:H1"].says == "Amira calls for help at H1: thread is stuck."
        await now.say(r.EndHelp(machine="H1"))
        await now.until(lambda: "help:H1" not in now.state.alarms)

    shift(story)


async def offered(now: Shift) -> str:
    """Bring the pair as far as the hand station."""

    def clearing() -> bool:
        return now.state.machines["V1"].needs_clear

    await now.until(clearing)
    await now.say(ClearMachine(machine="V1"))
    await now.until(lambda: now.phase("H1") is JobPhase.ACCEPTED)
    return now.state.machines["H1"].job_order


def test_hand_work_is_held_goes_on_and_is_finished():
    async def story(now: Shift) -> None:
        job = await offered(now)
        assert "accepted and not begun" in await now.no(r.HoldMachine(machine="H1"))
        await now.say(BeginHandWork(machine="H1", job_order=job))
        await now.say(r.HoldMachine(machine="H1"))
        await now.until(lambda: now.phase("H1") is JobPhase.HELD)
        await now.say(r.ResumeMachine(machine="H1"))
        await now.until(running(now, "H1"))
        good = (UnitResult("A1/1.1-2/sew", Verdict.GOOD),)
        await now.say(FinishHandWork(machine="H1", job_order=job, results=good))
        assert now.state.work["A1/1.1-2/sew"].phase.value == "done"

    shift(story)


def test_hand_work_that_is_called_off_before_anybody_began_is_no_failure():
    async def story(now: Shift) -> None:
        job = await offered(now)
        await now.say(r.AbortMachine(machine="H1", reason="thread is missing"))
        await now.until(lambda: now.state.machines["H1"].job_order != job)
        assert now.state.work["A1/1.1-2/sew"].attempt == 2
        assert not now.state.machines["H1"].failed
        await now.until(lambda: now.phase("H1") is JobPhase.ACCEPTED)
        assert "failed:H1" not in now.state.alarms

    told = shift(story)
    assert not [each for each in told.facts(e.AlarmRaised) if each.id == "failed:H1"]


def test_hand_work_that_was_held_goes_on_when_the_person_begins_again():
    async def story(now: Shift) -> None:
        job = await offered(now)
        await now.say(BeginHandWork(machine="H1", job_order=job))
        await now.say(r.HoldMachine(machine="H1"))
        await now.until(lambda: now.phase("H1") is JobPhase.HELD)
        await now.say(BeginHandWork(machine="H1", job_order=job))
        await now.until(running(now, "H1"))
        await now.say(r.HoldMachine(machine="H1"))
        await now.until(lambda: now.phase("H1") is JobPhase.HELD)

    shift(story)


@pytest.mark.parametrize(
    ("begun", "knit_attempt"), [(False, 1), (True, 2)], ids=["not begun", "begun"]
)
def test_an_abort_of_hand_work_spoils_what_was_begun_and_nothing_else(begun, knit_attempt):
    async def story(now: Shift) -> None:
        job = await offered(now)
        if begun:
            await now.say(BeginHandWork(machine="H1", job_order=job))
        await now.say(r.AbortMachine(machine="H1", reason="It is going wrong"))
        await now.until(lambda: now.state.work["A1/1.1-2/sew"].attempt == 2)
        assert now.state.machines["H1"].failed == ("It is going wrong" if begun else "")
        assert now.state.work["A1/1.1/knit"].attempt == knit_attempt
        if begun:
            await now.say(ClearMachine(machine="H1"))
        else:
            await now.until(lambda: now.phase("H1") is JobPhase.ACCEPTED)

    shift(story)
