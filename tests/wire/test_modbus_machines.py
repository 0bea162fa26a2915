"""The Modbus driver against our own server over loopback: job orders, doubts, evidence, restarts."""

import asyncio
from dataclasses import replace

import pytest
from modbus_cell import PROFILE, UNITS, cell, until
from small_plant import job_for

from drivers import (
    Command,
    JobState,
    Knowledge,
    LinkChange,
    LinkError,
    Reading,
    Report,
    Submit,
    Verdict,
)
from simulators.faults import Faults, LostReply

pytestmark = pytest.mark.wire


def order(machine: str, *operations: str, **more):
    """A job order as the controller forms it for a fresh machine of this evidence tier."""
    known = {
        "M1": {"expected_boot": 1, "count_before": 0},
        "M2": {"expected_boot": 1, "count_before": 0},
    }
    return job_for(machine, *operations, **(known.get(machine, {}) | more))


@pytest.mark.parametrize("machine", UNITS)
def test_a_job_order_is_made_and_its_verdicts_come_back(machine):
    async def day():
        async with cell(Faults(scrap={"mix": 0.5})) as it:
            driver = it.driver(machine)
            birth = await until(driver, LinkChange)
            known = (1, 0) if machine != "M3" else (None, None)
            assert (birth.up, birth.boot, birth.count) == (True, *known)
            job = order(machine, *[f"{n}/mix" for n in range(8)], family="colour=black")
            assert (await driver.submit(job)).outcome is Submit.ACCEPTED
            running = await until(driver, Report)
            assert (running.job_order, running.state, running.results) == (
                job.id,
                JobState.RUNNING,
                (),
            )
            it.go_to(450)
            reading = await until(driver, Reading, activity="running")
            assert reading.job_order == job.id
            assert reading.doing.startswith("Dosing ")
            it.go_to(3000)
            ended = await until(driver, Report, state=JobState.ENDED)
            physical = {m.operation: m.verdict for m in it.ledger.entries()}
            assert {r.operation: r.verdict.value for r in ended.results} == physical
            assert set(physical.values()) == {"good", "scrap"}
            reasons = {r.reason for r in ended.results if r.verdict is Verdict.SCRAP}
            assert reasons <= {"colour off", "lump in the compound", "temperature off"}
            assert "" not in reasons

    asyncio.run(day())


def test_the_machine_holds_exactly_the_recipe_that_was_sent():
    async def day():
        async with cell() as it:
            driver = it.driver("M1")
            many = [f"Größe-{n}/1.1-2/mix" for n in range(40)]
            job = order(
                "M1", *many, recipe=(("dose_mg", 1), ("colour", "grün")), label="Kampagne 7"
            )
            assert (await driver.submit(job)).outcome is Submit.ACCEPTED
            assert it.twins["M1"].job(job.id) == job

    asyncio.run(day())


def test_what_a_profile_has_no_room_for_is_refused_before_anything_starts():
    async def day():
        async with cell() as it:
            driver = it.driver("M1")
            answer = await driver.submit(order("M1", *[f"{n}/mix" for n in range(65)]))
            assert (answer.outcome, it.twins["M1"].count) == (Submit.REJECTED, 0)
            huge = order("M1", "1/mix", recipe=(("note", "x" * 20_000),))
            assert (await driver.submit(huge)).detail.startswith("A recipe of ")

    asyncio.run(day())


def test_a_lost_reply_is_unknown_and_a_ledger_tells_what_happened():
    async def day():
        async with cell(Faults(lost_replies=(LostReply("M1", 1),))) as it:
            driver, job = it.driver("M1"), order("M1", "1/mix")
            await until(driver, LinkChange, up=True)
            assert (await driver.submit(job)).outcome is Submit.UNKNOWN
            await until(driver, LinkChange, up=False)
            finding = await driver.look_up(job)
            assert finding.knowledge is Knowledge.HELD
            assert finding.report.state is JobState.RUNNING
            await until(driver, LinkChange, up=True)
            assert (await driver.submit(replace(job, count_before=1))).outcome is Submit.DUPLICATE
            it.go_to(3000)
            assert (await driver.look_up(job)).knowledge is Knowledge.OVER
            assert it.twins["M1"].count == 1

    asyncio.run(day())


def test_a_lost_reply_at_a_counter_machine_is_proved_by_its_counter():
    async def day():
        async with cell(Faults(lost_replies=(LostReply("M2", 1),))) as it:
            driver, job = it.driver("M2"), order("M2", "1/mix")
            assert (await driver.look_up(job)).knowledge is Knowledge.NEVER_SEEN
            assert (await driver.submit(job)).outcome is Submit.UNKNOWN
            finding = await driver.look_up(job)
            assert (finding.knowledge, finding.report.job_order) == (Knowledge.HELD, job.id)
            it.go_to(3000)
            await until(driver, Report, state=JobState.ENDED, job_order=job.id)
            it.twins["M2"].restart(3001)
            assert (await driver.look_up(job)).knowledge is Knowledge.UNPROVABLE

    asyncio.run(day())


def test_a_lost_reply_at_a_machine_without_evidence_stays_in_doubt():
    async def day():
        async with cell(Faults(lost_replies=(LostReply("M3", 1),))) as it:
            driver, job = it.driver("M3"), order("M3", "1/mix")
            answer = await driver.submit(job)
            assert answer.outcome is Submit.UNKNOWN
            assert answer.detail == "The connection closed before the answer came."
            finding = await driver.look_up(job)
            assert finding.knowledge is Knowledge.UNPROVABLE
            assert finding.detail == "M3 keeps no record of what it made"
            await until(driver, LinkChange, up=True)
            it.go_to(3000)
            seen = []
            async with asyncio.timeout(10):
                async for notice in driver.notices():
                    seen.append(notice)
                    if isinstance(notice, Reading) and notice.activity == "finished":
                        break
            assert not [n for n in seen if isinstance(n, Report)]

    asyncio.run(day())


def test_an_intent_from_another_count_is_not_sent_but_the_count_is_told_again():
    async def day():
        async with cell() as it:
            driver = it.driver("M2")
            await until(driver, LinkChange, up=True)
            it.twins["M2"].store_and_start(job_for("M2", "local/mix"), 0)
            with pytest.raises(LinkError, match="It has started 1, not 0"):
                await driver.submit(order("M2", "1/mix"))
            await until(driver, LinkChange, up=False)
            assert (await until(driver, LinkChange, up=True)).count == 1

    asyncio.run(day())


def test_a_restarted_controller_finds_its_running_job_order():
    async def day():
        async with cell() as it:
            job = order("M1", "1/mix", "2/mix")
            await it.driver("M1").submit(job)
            again = it.driver("M1")
            held = await again.held()
            assert [(r.job_order, r.state) for r in held] == [(job.id, JobState.RUNNING)]
            it.go_to(3000)
            ended = await until(again, Report, state=JobState.ENDED)
            assert [r.operation for r in ended.results] == ["1/mix", "2/mix"]
            assert (await again.command(Command.CLEAR, job.id, "safe")).outcome is Submit.ACCEPTED
            assert await again.held() == ()
            assert (await again.look_up(job)).knowledge is Knowledge.OVER

    asyncio.run(day())


def test_a_power_cycle_breaks_the_link_and_a_stale_intent_is_not_sent():
    async def day():
        async with cell() as it:
            driver, job = it.driver("M1"), order("M1", "1/mix")
            await driver.submit(job)
            await until(driver, Report, state=JobState.RUNNING)
            it.twins["M1"].restart(500)
            it.go_to(501)
            await until(driver, LinkChange, up=False)
            assert (await until(driver, LinkChange, up=True)).boot == 2
            aborted = await until(driver, Report, state=JobState.ABORTED)
            assert [r.verdict for r in aborted.results] == [Verdict.SCRAP]
            with pytest.raises(LinkError, match="switched off"):
                await driver.submit(order("M1", "2/mix"))
            assert it.twins["M1"].count == 1

    asyncio.run(day())


def test_refusals_come_with_the_machines_reason():
    async def day():
        async with cell() as it:
            driver = it.driver("M1")
            await driver.submit(order("M1", "1/mix"))
            busy = await driver.submit(order("M1", "2/mix"))
            assert busy.outcome is Submit.REJECTED
            assert busy.detail == "It works on another job order."
            unknown = await driver.command(Command.CLEAR, "f" * 32, "")
            assert unknown.detail == "It has no such job order."

    asyncio.run(day())


def test_another_machine_behind_the_address_is_noticed():
    async def day():
        async with cell() as it:
            it.server.maps[1].unit = 9
            driver = it.driver("M1")
            with pytest.raises(LinkError, match="unit 9 answers for 1"):
                await driver.held()
            it.server.maps[1].unit = 1
            it.server.maps[1].profile = replace(PROFILE, magic=1)
            with pytest.raises(LinkError, match="Maybe it is another machine"):
                await driver.look_up(order("M1", "1/mix")) and await driver.held()

    asyncio.run(day())


def test_weaker_evidence_than_the_plant_says_is_noticed():
    async def day():
        async with cell() as it:
            it.server.maps[1].twin = it.twins["M3"]
            with pytest.raises(LinkError, match="the plant says 'ledger'"):
                await it.driver("M1").held()

    asyncio.run(day())


@pytest.mark.parametrize(
    ("machine", "knowledge"), [("M2", Knowledge.HELD), ("M3", Knowledge.UNPROVABLE)]
)
def test_behind_a_cut_link_a_machine_without_evidence_may_have_been_switched_off(
    machine, knowledge
):
    async def day():
        async with cell() as it:
            driver, job = it.driver(machine), order(machine, "1/mix")
            await driver.submit(job)
            await until(driver, Report, state=JobState.RUNNING)
            assert (await driver.look_up(job)).knowledge is Knowledge.HELD
            it.server.cut()
            await until(driver, LinkChange, up=False)
            await until(driver, LinkChange, up=True)
            assert (await driver.look_up(job)).knowledge is knowledge

    asyncio.run(day())
