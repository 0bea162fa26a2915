"""A twin as a driver in simulated time: what the link lets through, and what each tier can prove."""

import asyncio
from dataclasses import replace

import pytest
from small_plant import PLANT, a_twin, job_for

from drivers import (
    Command,
    Driver,
    JobState,
    Knowledge,
    LinkChange,
    LinkError,
    Reading,
    Report,
    Submit,
    Verdict,
)
from simulators.clock import run
from simulators.faults import CALM, Faults, LinkCut, LostReply, Restart, SlowReports
from simulators.machine import Twin
from simulators.memory import ChipMemory
from simulators.oracle import MemoryLedger
from simulators.twin_driver import TwinDriver


class Floor:
    """One machine, its driver, and everything that the driver has told."""

    def __init__(self, machine: str, faults: Faults = CALM, plant=PLANT) -> None:
        self.ledger = MemoryLedger()
        self.twin = Twin(plant, machine, ChipMemory(), self.ledger, faults, 1)
        self.heard = []

    def now_s(self) -> int:
        return int(asyncio.get_running_loop().time())

    async def open(self) -> Driver:
        self.driver = TwinDriver(self.twin, self.now_s, asyncio.sleep)
        self.listening = asyncio.create_task(self._listen(self.driver))
        await asyncio.sleep(1)
        return self.driver

    async def close(self) -> None:
        self.listening.cancel()
        await self.driver.close()

    async def _listen(self, driver: Driver) -> None:
        async for notice in driver.notices():
            self.heard.append((self.now_s(), notice))

    def said(self, kind):
        return [notice for _, notice in self.heard if isinstance(notice, kind)]

    def states(self):
        return [report.state for report in self.said(Report)]


def order(machine: str, *operations: str, **more):
    known = {"M1": {"expected_boot": 1}, "M2": {"expected_boot": 1, "count_before": 0}}
    return job_for(machine, *operations, **(known.get(machine, {}) | more))


def on(machine: str, faults: Faults = CALM, plant=PLANT):
    """Run a test body with a machine in simulated time."""

    def decorate(body):
        async def main():
            floor = Floor(machine, faults, plant)
            driver = await floor.open()
            await body(floor, driver)
            await floor.close()

        run(main())

    return decorate


@pytest.mark.parametrize(
    ("machine", "boot", "count"), [("M1", 1, 0), ("M2", 1, 0), ("M3", None, None)]
)
def test_a_whole_job_order_in_no_time(machine, boot, count):
    @on(machine)
    async def _(floor, driver):
        first = floor.heard[0][1]
        assert first == LinkChange(machine=machine, up=True, boot=boot, count=count)
        job = order(machine, "1/mix")
        assert (await driver.submit(job)).outcome is Submit.ACCEPTED
        await asyncio.sleep(2_000)
        assert floor.states() == [JobState.RUNNING, JobState.ENDED]
        end_s = floor.ledger.entries()[0].at_s
        assert [at for at, n in floor.heard if isinstance(n, Report)] == [1, end_s]
        assert (await driver.look_up(job)).knowledge is Knowledge.OVER
        assert {r.activity for r in floor.said(Reading)} == {"idle", "running", "finished"}


def test_what_cannot_be_sent_is_said_to_be_unsent():
    @on("M1", Faults(link_cuts=(LinkCut("M1", 100, 400),)))
    async def _(floor, driver):
        await asyncio.sleep(200)
        with pytest.raises(LinkError, match="nothing was sent"):
            await driver.submit(order("M1", "1/mix"))
        assert floor.twin.count == 0
        await asyncio.sleep(300)
        assert [(at, n.up) for at, n in floor.heard if isinstance(n, LinkChange)] == [
            (0, True),
            (100, False),
            (400, True),
        ]
        assert (await driver.submit(order("M1", "1/mix"))).outcome is Submit.ACCEPTED


def test_what_ends_behind_a_cut_link_is_found_in_the_list():
    @on("M1", Faults(link_cuts=(LinkCut("M1", 100, 4_000),)))
    async def _(floor, driver):
        job = order("M1", "1/mix")
        await driver.submit(job)
        await asyncio.sleep(4_100)
        assert floor.states() == [JobState.RUNNING]
        assert [r.state for r in await driver.held()] == [JobState.ENDED]


@pytest.mark.parametrize(
    ("machine", "knowledge", "states"),
    [
        ("M1", Knowledge.HELD, [JobState.RUNNING, JobState.ENDED]),
        ("M2", Knowledge.HELD, [JobState.RUNNING, JobState.ENDED]),
        ("M3", Knowledge.UNPROVABLE, []),
    ],
)
def test_a_lost_reply_is_proved_as_far_as_the_evidence_goes(machine, knowledge, states):
    @on(machine, Faults(lost_replies=(LostReply(machine, 1),)))
    async def _(floor, driver):
        job = order(machine, "1/mix")
        assert (await driver.submit(job)).outcome is Submit.UNKNOWN
        assert (await driver.look_up(job)).knowledge is knowledge
        await asyncio.sleep(3_000)
        assert [link.up for link in floor.said(LinkChange)] == [True, False, True]
        assert list(dict.fromkeys(floor.states())) == states
        assert len(floor.ledger.entries()) == 1


@pytest.mark.parametrize(
    ("machine", "before", "after"),
    [
        ("M1", Knowledge.NEVER_SEEN, Knowledge.OVER),
        ("M2", Knowledge.NEVER_SEEN, Knowledge.UNPROVABLE),
        ("M3", Knowledge.UNPROVABLE, Knowledge.UNPROVABLE),
    ],
)
def test_a_power_cycle_leaves_what_the_tier_can_prove(machine, before, after):
    @on(machine, Faults(restarts=(Restart(machine, 500),)))
    async def _(floor, driver):
        job = order(machine, "1/mix")
        assert (await driver.look_up(job)).knowledge is before
        await driver.submit(job)
        await asyncio.sleep(1_000)
        assert [link.up for link in floor.said(LinkChange)] == [True, False, True]
        assert (await driver.look_up(job)).knowledge is after
        assert [m.verdict for m in floor.ledger.entries()] == ["scrap"]


def test_a_new_driver_knows_a_counter_machines_work_again_but_not_one_without_evidence():
    async def main(machine):
        floor = Floor(machine)
        driver, job = await floor.open(), order(machine, "1/mix")
        await driver.submit(job)
        await floor.close()
        floor.heard.clear()
        again = await floor.open()
        assert await again.held() is None
        knowledge = (await again.look_up(job)).knowledge
        await asyncio.sleep(2_000)
        await floor.close()
        return knowledge, floor.states()

    assert run(main("M2")) == (Knowledge.HELD, [JobState.ENDED])
    assert run(main("M3")) == (Knowledge.UNPROVABLE, [])


def test_a_count_that_has_moved_is_told_before_anything_is_sent():
    @on("M2")
    async def _(floor, driver):
        floor.twin.store_and_start(job_for("M2", "local/mix"), 1)
        with pytest.raises(LinkError, match="it has started 1, not 0"):
            await driver.submit(order("M2", "1/mix"))
        await asyncio.sleep(10)
        assert floor.said(LinkChange)[-1].count == 1


def test_a_machine_that_repeats_is_told_in_two_phases_and_a_lost_start_is_asked_about():
    groups = dict(PLANT.groups) | {"mix": replace(PLANT.groups["mix"], dedupes=False)}
    plant = replace(PLANT, groups=groups)

    @on("M1", Faults(lost_replies=(LostReply("M1", 2),)), plant)
    async def _(floor, driver):
        first = order("M1", "1/mix")
        assert (await driver.submit(first)).outcome is Submit.ACCEPTED
        await asyncio.sleep(2_000)
        floor.twin.take_off(2_001)
        assert (await driver.command(Command.CLEAR, first.id, "")).outcome is Submit.ACCEPTED
        second = order("M1", "2/mix")
        assert (await driver.submit(second)).outcome is Submit.UNKNOWN
        assert (await driver.look_up(second)).report.state is JobState.RUNNING


def test_slow_reports_come_late_and_whole():
    @on("K1", Faults(slow_reports=(SlowReports("K1", 300),), scrap={"knit": 1.0}))
    async def _(floor, driver):
        await driver.submit(job_for("K1", "1/1.1/knit"))
        await asyncio.sleep(5_000)
        times = [(at, n.state) for at, n in floor.heard if isinstance(n, Report)]
        end_s = floor.ledger.entries()[0].at_s
        assert times == [(301, JobState.RUNNING), (end_s + 300, JobState.ENDED)]
        assert floor.said(Report)[-1].results[0].verdict is Verdict.SCRAP


def test_refusals_are_answers():
    @on("P1")
    async def _(floor, driver):
        await driver.submit(job_for("P1", "1/1.1/print"))
        busy = await driver.submit(job_for("P1", "1/1.2/print"))
        assert (busy.outcome, busy.detail) == (Submit.REJECTED, "It works on another job order.")
        again = await driver.submit(job_for("P1", "1/1.1/print"))
        assert again.outcome is Submit.DUPLICATE
        assert a_twin("P1").count == 0


@pytest.mark.parametrize(
    ("machine", "knowledge"), [("M2", Knowledge.OVER), ("M3", Knowledge.UNPROVABLE)]
)
def test_behind_a_cut_link_a_machine_without_evidence_may_have_been_switched_off(
    machine, knowledge
):
    @on(machine, Faults(link_cuts=(LinkCut(machine, 100, 400),)))
    async def _(floor, driver):
        job = order(machine, "1/mix")
        await driver.submit(job)
        await asyncio.sleep(3_000)
        assert floor.states() == [JobState.RUNNING]
        assert (await driver.look_up(job)).knowledge is knowledge
