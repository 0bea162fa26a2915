"""The OPC UA driver and a simulated cell gateway, over real sockets."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError
from opcua_cell import COUNTER, LEDGER, Cell, Followed, cell, job_order, served

from drivers import (
    Command,
    JobState,
    Knowledge,
    LinkChange,
    LinkError,
    Member,
    Submit,
    Verdict,
    recipe_digest,
)
from simulators.faults import Failure, Faults, LinkCut, LostReply, Restart

pytestmark = pytest.mark.wire

FAULTS = Faults(
    scrap={"print": 0.4},
    lost_replies=(LostReply("LOST", 1),),
    link_cuts=(LinkCut("CUT", 1_000_000, 1_000_100),),
    restarts=(Restart("BOOT", 2_000_000),),
    failures=(Failure("JAM", 1, 50, "filament jam"),),
)
NAMES = ["WHOLE", "TWICE", "WRONG", "LOST", "CUT", "BOOT", "JAM", "STALE", "PAUSE", "LOCAL"]
MACHINES = dict.fromkeys(NAMES, LEDGER) | {"STORE": COUNTER, "STORED": COUNTER}


@pytest.fixture(scope="module")
def plates() -> Iterator[tuple[asyncio.Runner, Cell]]:
    with served(MACHINES, FAULTS) as running:
        yield running


Story = Callable[[Cell, Followed], Awaitable[None]]
Plates = tuple[asyncio.Runner, Cell]


def play(plates: Plates, machine: str, story: Story) -> None:
    """Run a story with a driver that is linked."""
    runner, made = plates

    async def told() -> None:
        async with asyncio.timeout(30), made.driver(machine) as followed:
            await followed.up()
            await story(made, followed)

    runner.run(told())


def test_a_recipe_of_eight_members_arrives_whole_and_verdicts_come_back(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("WHOLE", 1, 8)
        answer = await followed.driver.submit(job)
        assert answer.outcome is Submit.ACCEPTED
        arrived = made.twins["WHOLE"].job(job.id)
        assert arrived == job
        await followed.report(job.id, "Running")
        await made.after(1000)
        report = await followed.report(job.id, "Ended")
        assert [r.operation for r in report.results] == [m.operation for m in job.members]
        verdicts = [r.verdict for r in report.results]
        assert {Verdict.GOOD, Verdict.SCRAP} == set(verdicts)
        assert all(bool(r.reason) is (r.verdict is Verdict.SCRAP) for r in report.results)
        twin_report = made.twins["WHOLE"].report(job.id)
        assert twin_report == report

    play(plates, "WHOLE", story)


def test_live_values_are_read_as_they_are(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        await made.after(0)
        reading = await followed.reading(lambda r: r.activity == "finished")
        assert reading == made.twins["WHOLE"].reading(made.clock.now_s)

    play(plates, "WHOLE", story)


def test_the_same_job_order_twice_is_made_once(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("TWICE")
        assert (await followed.driver.submit(job)).outcome is Submit.ACCEPTED
        assert (await followed.driver.submit(job)).outcome is Submit.DUPLICATE
        await made.after(1000)
        await followed.report(job.id, "Ended")
        again = await followed.driver.submit(job)
        assert (again.outcome, again.detail) == (
            Submit.DUPLICATE,
            "It has this job order already.",
        )
        assert made.twins["TWICE"].count == 1

    play(plates, "TWICE", story)


def test_a_recipe_that_is_not_what_its_digest_says_is_refused_by_the_machine(
    plates: Plates,
) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("WRONG", 1, 2)
        first = job.members[0]
        taller = replace(first, recipe=(("height_um", 99_000), *first.recipe[1:]))
        answer = await followed.driver.submit(replace(job, members=(taller, job.members[1])))
        assert answer.outcome is Submit.REJECTED
        assert "digest" in answer.detail
        assert made.twins["WRONG"].reports() == ()
        finding = await followed.driver.look_up(job)
        assert finding.knowledge is Knowledge.NEVER_SEEN

    play(plates, "WRONG", story)


def test_a_value_that_no_byte_can_carry_is_refused_before_anything_is_sent(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        huge = Member("A-9/1.1/print", 1, "A-9/1.1", (("height_um", 2**70),))
        job = replace(
            job_order("WRONG"),
            members=(huge,),
            recipe_digest=recipe_digest("material=tpu", (("material", "tpu"),), (huge,)),
        )
        answer = await followed.driver.submit(job)
        assert answer.outcome is Submit.REJECTED
        assert not any(isinstance(n, LinkChange) and not n.up for n in followed.notices)

    play(plates, "WRONG", story)


def test_a_lost_reply_leaves_the_outcome_unknown_until_a_fresh_connection_finds_it(
    plates: Plates,
) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("LOST")
        since = len(followed.notices)
        assert (await followed.driver.submit(job)).outcome is Submit.UNKNOWN
        down = await followed.until(lambda n: isinstance(n, LinkChange) and not n.up)
        assert isinstance(down, LinkChange)
        finding = await followed.driver.look_up(job)
        assert finding.knowledge is Knowledge.HELD
        assert finding.report is not None
        assert finding.report.state is JobState.RUNNING
        assert (await followed.up(since)).count == 1
        await followed.report(job.id, "Running", since)
        await made.after(1000)
        await followed.report(job.id, "Ended")
        assert made.twins["LOST"].count == 1

    play(plates, "LOST", story)


def test_a_machine_out_of_reach_is_lost_though_its_gateway_answers(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        async with made.driver("TWICE") as neighbour:
            await neighbour.up()
            await made.after(1_000_000 - made.clock.now_s)
            await followed.until(lambda n: isinstance(n, LinkChange) and not n.up)
            with pytest.raises(LinkError):
                await followed.driver.submit(job_order("CUT"))
            since = len(followed.notices)
            await made.after(200)
            await followed.up(since)
            assert (await followed.driver.submit(job_order("CUT"))).outcome is Submit.ACCEPTED
            links = [n for n in neighbour.notices if isinstance(n, LinkChange)]
            assert [n.up for n in links] == [True]

    play(plates, "CUT", story)


def test_a_restart_shows_as_a_new_boot_and_the_batch_as_scrap(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        await made.after(1_999_900 - made.clock.now_s)
        job = job_order("BOOT")
        assert (await followed.driver.submit(job)).outcome is Submit.ACCEPTED
        since = len(followed.notices)
        await made.after(200)
        up = await followed.up(since)
        assert up.boot == 2
        report = await followed.report(job.id, "Aborted")
        assert [r.verdict for r in report.results] == [Verdict.SCRAP]
        with pytest.raises(LinkError, match="Nothing was sent"):
            await followed.driver.submit(job_order("BOOT", 50, expected_boot=1))
        assert made.twins["BOOT"].job(job_order("BOOT", 50).id) is None

    play(plates, "BOOT", story)


def test_a_machine_that_jams_aborts_with_its_reason(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("JAM", 1, 2)
        assert (await followed.driver.submit(job)).outcome is Submit.ACCEPTED
        await made.after(1000)
        report = await followed.report(job.id, "Aborted")
        assert [(r.verdict, r.reason) for r in report.results] == [
            (Verdict.SCRAP, "filament jam"),
        ] * 2
        assert (await followed.reading(lambda r: r.activity == "failed")).doing == "filament jam"

    play(plates, "JAM", story)


def test_pause_resume_and_abort_go_through(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("PAUSE")
        driver = followed.driver
        assert (await driver.submit(job)).outcome is Submit.ACCEPTED
        await made.after(100)
        for command, state in (
            (Command.PAUSE, "Interrupted"),
            (Command.RESUME, "Running"),
            (Command.ABORT, "Aborted"),
        ):
            since = len(followed.notices)
            answer = await driver.command(command, job.id, "because of the test")
            assert answer.outcome is Submit.ACCEPTED
            await followed.report(job.id, state, since)
        refused = await driver.command(Command.PAUSE, job.id, "too late")
        assert refused.outcome is Submit.REJECTED
        assert refused.detail
        cleared = await driver.command(Command.CLEAR, job.id, "done")
        assert cleared.outcome is Submit.ACCEPTED
        assert await driver.held() == ()

    play(plates, "PAUSE", story)


def test_what_others_started_is_held_too(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        foreign = job_order("LOCAL", 77)
        made.twins["LOCAL"].store_and_start(foreign, made.clock.now_s)
        await made.after(1)
        await followed.report(foreign.id, "Running")
        held = await followed.driver.held()
        assert held is not None
        assert [report.job_order for report in held] == [foreign.id]

    play(plates, "LOCAL", story)


def test_where_ids_are_not_refused_it_stores_reads_back_and_starts(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        job = job_order("STORE", 1, 3, count_before=0)
        assert (await followed.driver.submit(job)).outcome is Submit.ACCEPTED
        states = [n.state for n in followed.notices if hasattr(n, "state")]
        await followed.report(job.id, "Running")
        await followed.report(job.id, "NotAllowedToStart")
        assert JobState.ALLOWED_TO_START not in states
        assert made.twins["STORE"].count == 1

    play(plates, "STORE", story)


def test_a_stored_job_order_that_may_not_start_is_taken_back(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        first = job_order("STORED", 1, count_before=0)
        assert (await followed.driver.submit(first)).outcome is Submit.ACCEPTED
        second = job_order("STORED", 2, count_before=1)
        answer = await followed.driver.submit(second)
        assert answer.outcome is Submit.REJECTED
        assert made.twins["STORED"].job(second.id) is None

    play(plates, "STORED", story)


def test_a_counter_that_went_on_is_no_duplicate(plates: Plates) -> None:
    async def story(made: Cell, followed: Followed) -> None:
        other = job_order("STORED", 9, count_before=0)  # it has started one since
        answer = await followed.driver.submit(other)
        assert answer.outcome is Submit.REJECTED

    play(plates, "STORED", story)


def test_after_a_power_cut_of_the_gateway_everything_it_holds_is_told_again() -> None:
    async def story() -> None:
        async with cell({"BACK": LEDGER}) as made, made.driver("BACK") as followed:
            await followed.up()
            job = job_order("BACK")
            assert (await followed.driver.submit(job)).outcome is Submit.ACCEPTED
            await followed.report(job.id, "Running")
            since = len(followed.notices)
            assert made.gateway is not None
            made.gateway.hang_up()
            await made.after(1000)  # it ends while nobody listens
            await followed.up(since)
            report = await followed.report(job.id, "Ended", since)
            assert report.results
            links = [n.up for n in followed.notices if isinstance(n, LinkChange)]
            assert links == [True, False, True]

    asyncio.run(story())


def test_without_any_machine_in_reach_the_gateway_is_off_the_network() -> None:
    async def story() -> None:
        faults = Faults(link_cuts=(LinkCut("GONE", 100, 200),))
        async with cell({"GONE": LEDGER}, faults) as made, made.driver("GONE") as followed:
            await followed.up()
            await made.after(150)
            down = await followed.until(lambda n: isinstance(n, LinkChange) and not n.up)
            assert isinstance(down, LinkChange)
            with pytest.raises((OSError, UaError, TimeoutError)):
                await Client(made.endpoint, timeout=0.5).connect()
            since = len(followed.notices)
            await made.after(100)
            await followed.up(since)

    asyncio.run(story())


def test_nobody_is_administrator_and_nobody_changes_the_address_space(plates: Plates) -> None:
    runner, made = plates

    async def story() -> None:
        client = Client(made.endpoint, timeout=2)
        client.set_user("admin")
        client.set_password("x")
        with pytest.raises(UaError):
            await client.connect()
        async with Client(made.endpoint, timeout=2) as guest:
            with pytest.raises(UaError):
                await guest.nodes.objects.add_object(ua.NodeId("mine", 1), "1:mine")

    runner.run(story())


def test_it_listens_on_loopback_only() -> None:
    async def story() -> None:
        with pytest.raises(ValueError, match="not on loopback"):
            async with cell({"M": LEDGER}, endpoint="opc.tcp://0.0.0.0:0"):
                pass

    asyncio.run(story())


def test_a_machine_that_the_server_does_not_have_is_said_once() -> None:
    async def story() -> None:
        async with cell({"HERE": LEDGER}) as made:
            here = made.plant.machines["HERE"]
            absent = replace(made.plant, machines={"NOT": replace(here, id="NOT")})
            async with replace_plant(made, absent).driver("NOT") as followed:
                notice = await followed.until(lambda n: isinstance(n, LinkChange))
                assert isinstance(notice, LinkChange)
                assert not notice.up
                assert "NOT" in notice.detail

    asyncio.run(story())


def replace_plant(made: Cell, plant: object) -> Cell:
    return replace(made, plant=plant)  # type: ignore[arg-type]


def test_a_process_that_never_saw_the_server_understands_its_structures(plates: Plates) -> None:
    runner, made = plates

    async def story() -> None:
        job = job_order("STALE", 1, 2)
        made.twins["STALE"].store_and_start(job, made.clock.now_s)
        await made.after(1000)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "error",
            str(Path(__file__).with_name("opcua_reader.py")),
            made.endpoint,
            "STALE",
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        said, _ = await asyncio.wait_for(process.communicate(), 30)
        assert said.decode().split() == [job.id, "Ended", "2"]

    runner.run(story())
