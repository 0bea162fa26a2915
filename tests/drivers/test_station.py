"""A person at a terminal behaves as a machine does, and its memory is the journal."""

import asyncio

import pytest

from drivers import (
    Command,
    JobOrder,
    JobState,
    Knowledge,
    LinkChange,
    Member,
    Reading,
    Report,
    StationDriver,
    Submit,
    UnitResult,
    Verdict,
    job_order_id,
    recipe_digest,
)
from simulators.clock import run

MEMBERS = (
    Member("4127/1.1/bond", 1, "4127/1.1", (("glue", "pu"),)),
    Member("4127/1.2/bond", 1, "4127/1.2", (("glue", "pu"),)),
)
GOOD = tuple(UnitResult(member.operation, Verdict.GOOD) for member in MEMBERS)


def job_order(members=MEMBERS, machine="B1", **changes):
    return JobOrder(
        **{
            "id": job_order_id(machine, members),
            "label": "Bonding 4127",
            "machine": machine,
            "members": members,
            "family": "",
            "recipe_digest": recipe_digest("", (), members),
            "takes_s": 600,
        }
        | changes
    )


JOB = job_order()
OTHER = job_order(MEMBERS[:1])


class Now:
    """Plant time, moved by hand."""

    def __init__(self):
        self.s = 1_000

    def __call__(self):
        return self.s


def station(now=lambda: 0):
    return StationDriver("B1", now, refresh_s=None)


async def said(driver):
    """Close the driver and return the reports among its notices."""
    await driver.close()
    return [notice async for notice in driver.notices() if isinstance(notice, Report)]


def test_work_is_shown_begun_finished_and_cleared():
    async def scene():
        driver = station()
        assert (await driver.submit(JOB)).outcome is Submit.ACCEPTED
        assert [(offer.job, offer.begun) for offer in driver.offers()] == [(JOB, False)]
        assert driver.begin(JOB.id).outcome is Submit.ACCEPTED
        assert driver.offers()[0].begun
        assert driver.finish(JOB.id, GOOD).outcome is Submit.ACCEPTED
        assert not driver.offers()[0].begun
        assert (await driver.command(Command.CLEAR, JOB.id, "")).outcome is Submit.ACCEPTED
        assert driver.offers() == ()
        return await said(driver)

    begun, ended = asyncio.run(scene())
    assert (begun.job_order, begun.state, begun.results) == (JOB.id, JobState.RUNNING, ())
    assert (ended.job_order, ended.state, ended.results) == (JOB.id, JobState.ENDED, GOOD)


def test_showing_begin_and_finish_twice_changes_nothing():
    async def scene():
        driver = station()
        await driver.submit(JOB)
        assert (await driver.submit(JOB)).outcome is Submit.DUPLICATE
        driver.begin(JOB.id)
        assert driver.begin(JOB.id).outcome is Submit.DUPLICATE
        driver.finish(JOB.id, GOOD)
        assert driver.finish(JOB.id, GOOD).outcome is Submit.DUPLICATE
        assert driver.begin(JOB.id).outcome is Submit.REJECTED
        scrap = (UnitResult(MEMBERS[0].operation, Verdict.SCRAP, "gap"), GOOD[1])
        assert driver.finish(JOB.id, scrap).outcome is Submit.REJECTED
        assert (await driver.submit(JOB)).outcome is Submit.DUPLICATE
        return await said(driver)

    assert [report.state for report in asyncio.run(scene())] == [JobState.RUNNING, JobState.ENDED]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (job_order(machine="B2"), "for B2"),
        (job_order(recipe_digest="0" * 64), "recipe"),
    ],
)
def test_work_that_is_not_meant_for_it_is_rejected(wrong, says):
    async def scene():
        driver = station()
        answer = await driver.submit(wrong)
        assert answer.outcome is Submit.REJECTED
        assert says in answer.detail
        assert driver.offers() == ()

    asyncio.run(scene())


def test_a_second_job_order_waits_until_the_first_is_cleared():
    async def scene():
        driver = station()
        await driver.submit(JOB)
        answer = await driver.submit(OTHER)
        assert (answer.outcome, "Bonding 4127" in answer.detail) == (Submit.REJECTED, True)
        await driver.command(Command.CLEAR, JOB.id, "")
        assert (await driver.submit(OTHER)).outcome is Submit.ACCEPTED

    asyncio.run(scene())


@pytest.mark.parametrize(
    "results", [(), GOOD[:1], (GOOD[0], GOOD[0]), (*GOOD, UnitResult("x", Verdict.GOOD))]
)
def test_every_member_needs_one_verdict(results):
    async def scene():
        driver = station()
        await driver.submit(JOB)
        driver.begin(JOB.id)
        assert driver.finish(JOB.id, results).outcome is Submit.REJECTED
        assert driver.offers()[0].begun

    asyncio.run(scene())


def test_unknown_or_unbegun_work_cannot_be_finished():
    async def scene():
        driver = station()
        assert driver.begin(JOB.id).outcome is Submit.REJECTED
        assert driver.finish(JOB.id, GOOD).outcome is Submit.REJECTED
        assert (await driver.command(Command.START, JOB.id, "")).outcome is Submit.REJECTED
        await driver.submit(JOB)
        assert driver.finish(JOB.id, GOOD).outcome is Submit.REJECTED
        return await said(driver)

    assert asyncio.run(scene()) == []


def test_a_look_up_tells_what_is_shown_and_proves_what_is_not():
    async def scene():
        driver = station()
        assert (await driver.look_up(JOB)).knowledge is Knowledge.NEVER_SEEN
        assert await driver.held() == ()
        await driver.submit(JOB)
        finding = await driver.look_up(JOB)
        assert finding.knowledge is Knowledge.HELD
        assert finding.report.state is JobState.ALLOWED_TO_START
        driver.begin(JOB.id)
        assert (await driver.look_up(JOB)).report.state is JobState.RUNNING
        driver.finish(JOB.id, GOOD)
        finding = await driver.look_up(JOB)
        assert (finding.knowledge, finding.report.results) == (Knowledge.OVER, GOOD)
        assert await driver.held() == (finding.report,)
        assert (await driver.look_up(OTHER)).knowledge is Knowledge.NEVER_SEEN

    asyncio.run(scene())


def test_after_a_restart_it_shows_what_the_journal_says():
    async def scene():
        driver = station(lambda: 1_300)
        driver.adopt(JOB, JobState.RUNNING, begun_s=1_000)
        assert (await driver.look_up(JOB)).knowledge is Knowledge.HELD
        assert (await driver.submit(JOB)).outcome is Submit.DUPLICATE
        assert driver.reading().progress == 5_000
        assert driver.finish(JOB.id, GOOD).outcome is Submit.ACCEPTED
        return await said(driver)

    assert [report.state for report in asyncio.run(scene())] == [JobState.ENDED]


def test_what_the_journal_decided_is_shown_without_a_report():
    async def scene():
        driver = station()
        await driver.submit(JOB)
        await driver.command(Command.START, JOB.id, "")
        assert driver.offers()[0].begun
        await driver.command(Command.STOP, JOB.id, "")
        assert driver.reading().activity == "finished"
        return await said(driver)

    assert asyncio.run(scene()) == []


def test_work_can_be_paused_resumed_and_withdrawn_before_it_is_begun():
    async def scene():
        driver = station()
        await driver.submit(JOB)
        assert (await driver.command(Command.PAUSE, JOB.id, "")).outcome is Submit.REJECTED
        driver.begin(JOB.id)
        assert (await driver.command(Command.CANCEL, JOB.id, "")).outcome is Submit.REJECTED
        await driver.command(Command.PAUSE, JOB.id, "")
        assert driver.reading().activity == "held"
        await driver.command(Command.RESUME, JOB.id, "")
        await driver.command(Command.CLEAR, JOB.id, "")
        await driver.submit(OTHER)
        await driver.command(Command.CANCEL, OTHER.id, "not wanted")
        return await said(driver)

    reports = asyncio.run(scene())
    assert [report.state for report in reports] == [
        JobState.RUNNING,
        JobState.INTERRUPTED,
        JobState.RUNNING,
        JobState.ABORTED,
    ]
    assert reports[-1].results == (
        UnitResult(MEMBERS[0].operation, Verdict.NOT_MADE, "not wanted"),
    )


def test_progress_follows_the_planned_time_and_stops_at_the_whole():
    now = Now()

    async def scene():
        driver = station(now)
        assert driver.reading() == Reading(machine="B1", activity="idle")
        await driver.submit(JOB)
        assert (driver.reading().activity, driver.reading().progress) == ("idle", 0)
        driver.begin(JOB.id)
        now.s += 150
        reading = driver.reading()
        assert (reading.activity, reading.progress, reading.remaining_s) == ("running", 2_500, 450)
        now.s += 9_000
        reading = driver.reading()
        assert (reading.progress, reading.remaining_s) == (10_000, 0)

    asyncio.run(scene())


def test_notices_begin_with_the_link_and_a_reading_comes_now_and_then():
    async def scene():
        loop = asyncio.get_running_loop()
        driver = StationDriver("B1", lambda: int(loop.time()), refresh_s=2.0)
        notices = driver.notices()
        assert await anext(notices) == LinkChange(machine="B1", up=True)
        assert isinstance(await anext(notices), Reading)
        await driver.submit(JOB)
        driver.begin(JOB.id)
        seen = [await anext(notices) for _ in range(6)]
        assert [type(notice).__name__ for notice in seen] == [
            "Reading",
            "Reading",
            "Report",
            "Reading",
            "Reading",
            "Reading",
        ]
        assert loop.time() == pytest.approx(4.0)
        await driver.close()
        assert [notice async for notice in notices] == []

    run(scene())
