"""Hold, resume and abort over Modbus, and what a machine says to a command that does not fit."""

import asyncio

import pytest
from modbus_cell import cell, until
from test_modbus_machines import order

from drivers import Command, JobState, LinkChange, Reading, Report, Submit

pytestmark = pytest.mark.wire


def test_a_mixer_holds_goes_on_and_breaks_off():
    async def day():
        async with cell() as it:
            driver = it.driver("M1")
            await until(driver, LinkChange, up=True)
            job = order("M1", "1/mix", "2/mix")
            assert (await driver.submit(job)).outcome is Submit.ACCEPTED
            await until(driver, Report, state=JobState.RUNNING)
            it.go_to(100)
            held = await driver.command(Command.PAUSE, job.id, "wait for a part")
            assert held.outcome is Submit.ACCEPTED
            await until(driver, Report, state=JobState.INTERRUPTED, job_order=job.id)
            await until(driver, Reading, activity="held")
            again = await driver.command(Command.PAUSE, job.id, "twice")
            assert again.outcome is Submit.REJECTED
            assert again.detail
            it.go_to(50_000)
            assert it.twins["M1"].report(job.id).state is JobState.INTERRUPTED
            assert (await driver.command(Command.RESUME, job.id, "")).outcome is Submit.ACCEPTED
            await until(driver, Report, state=JobState.RUNNING, job_order=job.id)
            assert (await driver.command(Command.ABORT, job.id, "danger")).outcome is (
                Submit.ACCEPTED
            )
            aborted = await until(driver, Report, state=JobState.ABORTED, job_order=job.id)
            assert {result.operation for result in aborted.results} == {"1/mix", "2/mix"}

    asyncio.run(day())
