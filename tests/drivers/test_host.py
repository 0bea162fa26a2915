"""A driver host is a process: it may die, freeze or be orphaned, and nobody is told a lie about it."""

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import drivers.remote
from drivers import (
    Command,
    JobOrder,
    Knowledge,
    LinkChange,
    LinkError,
    Member,
    Reading,
    Report,
    Submit,
    job_order_id,
    recipe_digest,
)
from drivers.remote import Host, HostPlan
from plant_config import Station, load, read_folder

FOLDER = Path(__file__).parents[2] / "plant_config" / "plants" / "sneaker"
PATIENCE_S = 20
"""Real seconds for a process to start or end on a busy machine; nothing waits that long when well."""

MEMBERS = (Member("4127/1.1-2/bond", 1, "4127/1.1-2", (("glue", "pu"),)),)


def job_order(machine="B1", label="Bonding 4127"):
    return JobOrder(
        id=job_order_id(machine, MEMBERS),
        label=label,
        machine=machine,
        members=MEMBERS,
        family="",
        recipe_digest=recipe_digest("", (), MEMBERS),
        takes_s=600,
    )


@contextlib.asynccontextmanager
async def hosted(digest="", machines=("B1", "B2"), memory_mib=0):
    """Yield a host of hand stations and its drivers."""
    links = {machine: Station(kind="station") for machine in machines}
    host = Host(HostPlan("hands", FOLDER, digest, links, memory_mib))
    found = host.start()
    try:
        async with asyncio.timeout(4 * PATIENCE_S):
            yield host, found
    finally:
        for driver in found.values():
            await driver.close()


async def link_change(notices):
    """Return the next change of the link."""
    async with asyncio.timeout(PATIENCE_S):
        async for notice in notices:
            if isinstance(notice, LinkChange):
                return notice
    raise AssertionError("The notices ended.")


async def until(true):
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 the event is in another process
            await asyncio.sleep(0.01)


def alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_hosted_driver_behaves_as_the_driver_in_the_host():
    async def scene():
        digest = load(read_folder(FOLDER)).digest
        async with hosted(digest, memory_mib=4096) as (host, found):
            first, second = found["B1"], found["B2"]
            notices = first.notices()
            assert await link_change(notices) == LinkChange(machine="B1", up=True)
            assert (await link_change(second.notices())).machine == "B2"
            job = job_order()
            assert (await first.look_up(job)).knowledge is Knowledge.NEVER_SEEN
            assert (await first.submit(job)).outcome is Submit.ACCEPTED
            assert (await first.submit(job)).outcome is Submit.DUPLICATE
            assert (await first.look_up(job)).knowledge is Knowledge.HELD
            (report,) = await first.held()
            assert report.job_order == job.id
            assert await second.held() == ()
            assert (await first.command(Command.START, job.id, "")).outcome is Submit.ACCEPTED
            async for notice in notices:
                if isinstance(notice, Reading) and notice.activity == "running":
                    break
            soft, hard = resource.prlimit(host.pid, resource.RLIMIT_AS)
            assert soft == hard == 4096 * 1024 * 1024
            pid = host.pid
            with pytest.raises(LinkError, match="too long"):
                await first.submit(job_order(label="x" * 9_000_000))
            assert (await first.look_up(job)).knowledge is Knowledge.HELD
            assert host.pid == pid
            await first.close()
            assert alive(pid), "its other driver is still open"
            await second.close()
            assert not alive(pid)
            with pytest.raises(LinkError):
                await second.submit(job_order("B2"))

    asyncio.run(scene())


def test_a_host_that_dies_in_a_call_leaves_it_unknown_and_is_started_again(caplog):
    async def scene():
        async with hosted() as (host, found):
            driver = found["B1"]
            notices = driver.notices()
            assert (await link_change(notices)).up
            old = host.pid
            os.kill(old, signal.SIGSTOP)
            submitting = asyncio.ensure_future(driver.submit(job_order()))
            looking = asyncio.ensure_future(driver.look_up(job_order()))
            await until(lambda: len(host._pending) == 2)
            os.kill(old, signal.SIGKILL)
            answer = await submitting
            assert answer.outcome is Submit.UNKNOWN
            assert "died" in answer.detail
            with pytest.raises(LinkError):
                await looking
            with pytest.raises(LinkError, match="not running"):
                await driver.submit(job_order())
            lost = await link_change(notices)
            assert (lost.up, "driver host" in lost.detail) == (False, True)
            assert (await link_change(notices)).up
            assert host.pid not in {old, None}
            assert not alive(old)
            assert (await driver.look_up(job_order())).knowledge is Knowledge.NEVER_SEEN

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())
    assert [record.getMessage() for record in caplog.records if "hands" in record.getMessage()] == [
        "driver host hands: it ended; it is started again"
    ]


def test_a_frozen_host_does_not_hold_up_a_call_and_is_replaced(monkeypatch):
    monkeypatch.setattr(drivers.remote, "CALL_S", 0.1)
    monkeypatch.setattr(drivers.remote, "SILENCE_S", 1.5)

    async def scene():
        loop = asyncio.get_running_loop()
        async with hosted(machines=("B1",)) as (host, found):
            notices = found["B1"].notices()
            assert (await link_change(notices)).up
            old = host.pid
            os.kill(old, signal.SIGSTOP)
            frozen_s = loop.time()
            answer = await found["B1"].submit(job_order())
            assert answer.outcome is Submit.UNKNOWN
            assert "0.1 s" in answer.detail
            change = await link_change(notices)
            assert (change.up, "silent" in change.detail) == (False, True)
            assert loop.time() - frozen_s < 4.0, "it is killed at once, not asked to end"
            await until(lambda: not alive(old))

    asyncio.run(scene())


def test_a_host_refuses_files_that_are_not_the_controllers():
    async def scene():
        async with hosted(digest="0" * 64, machines=("B1",)) as (_, found):
            change = await link_change(found["B1"].notices())
            assert (change.up, "Maybe restart the controller" in change.detail) == (False, True)

    asyncio.run(scene())


CONTROLLER = """
import asyncio, sys
from pathlib import Path
from drivers.remote import Host, HostPlan
from plant_config import Station

async def main():
    links = {"B1": Station(kind="station")}
    host = Host(HostPlan("hands", Path(sys.argv[1]), "", links))
    driver = host.start()["B1"]
    async for notice in driver.notices():
        print(host.pid, flush=True)

asyncio.run(main())
"""


def test_a_host_ends_when_its_controller_is_killed():
    controller = subprocess.Popen(
        [sys.executable, "-c", CONTROLLER, str(FOLDER)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    pid = int(controller.stdout.readline())
    assert alive(pid)
    controller.kill()
    controller.wait()
    controller.stdout.close()
    asyncio.run(until(lambda: not alive(pid)))


FROZEN = """
import sys, threading
import drivers.host
drivers.host._FROZEN_S = 0.05
threading.Thread(target=drivers.host._end_with_controller, args=(int(sys.argv[1]),)).start()
print("frozen", flush=True)
while True:
    pass
"""


def test_a_host_whose_loop_is_frozen_ends_with_its_controller_too():
    ours, theirs = socket.socketpair()
    with theirs:
        host = subprocess.Popen(
            [sys.executable, "-c", FROZEN, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
    try:
        host.stdout.readline()
        assert host.poll() is None
        ours.close()
        assert host.wait(PATIENCE_S) == 1
    finally:
        host.kill()
        host.wait()
        host.stdout.close()


def test_of_readings_that_nobody_fetched_only_the_last_is_kept_and_no_report_is_lost():
    async def scene():
        host = Host(HostPlan("hands", FOLDER, "", {"B1": Station(kind="station")}))
        driver = host._drivers["B1"]
        notices = driver.notices()
        for count in range(1_000):
            driver.take(Reading(machine="B1", activity="running", progress=count))
        report = Report(machine="B1", job_order="x", state="Ended")
        driver.take(report)
        driver.take(Reading(machine="B1", activity="finished"))
        driver.lost("it ended")
        driver.lost("it ended again")
        seen = [await anext(notices) for _ in range(4)]
        assert seen[0].progress == 999
        assert seen[1] == report
        assert seen[2].activity == "finished"
        assert seen[3] == LinkChange(machine="B1", up=False, detail="it ended")

    asyncio.run(scene())
