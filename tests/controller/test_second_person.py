"""A doubt that is worth much is decided by two persons who say the same, and by nobody alone."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from floor import Floor
from gloves import PLANT
from test_run import World, end, world

from controller import events as e
from controller.decide import decide
from controller.doubts.value import value_cents
from controller.doubts.words import standing
from controller.journal import Draft, InlineJournal, Memory
from controller.judge import judge
from controller.judged import Judged
from controller.requests import DecideDoubt, Refusal, Taken
from controller.state import JobPhase, Phase, State
from drivers import JobOrder, JobState, Report
from plant_config import Plant
from simulators.clock import run

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def limited(above: int | None) -> Plant:
    return replace(PLANT, rates=replace(PLANT.rates, second_person_above=above))


def doubted(above: int | None = 0) -> tuple[Floor, JobOrder]:
    """Return a floor on which nobody knows what became of K1's batch."""
    floor = Floor(limited(above))
    floor.link()
    floor.accept("moss", "black", "moss")
    floor.plan()
    job = floor.dispatch("K1")
    floor.record(e.JobDoubted(job_order=job.id, why="nobody knows"))
    return floor, job


def say(
    floor: Floor, job: JobOrder, actor: str, verdict: str = "made_good", reason: str = "looked"
) -> Judged | Refusal:
    """Judge a verdict and fold what follows as that person's."""
    asked = DecideDoubt(job_order=job.id, verdict=verdict, reason=reason)
    answer = judge(floor.state, asked, now_s=floor.now_s, utc=NOW, actor=actor)
    if isinstance(answer, Judged):
        floor.record(*answer.facts, actor=actor)
    return answer


def worth() -> int:
    floor, job = doubted(None)
    return value_cents(floor.state, floor.state.jobs[job.id])


def test_without_a_limit_or_up_to_it_one_person_decides() -> None:
    for above in (None, worth()):
        floor, job = doubted(above)
        answer = say(floor, job, "cli")
        assert isinstance(answer, Judged)
        assert [type(fact) for fact in answer.facts] == [e.DoubtDecided]
        assert floor.state.jobs[job.id].phase is JobPhase.OVER


def test_a_doubt_is_worth_its_members_and_what_was_made_for_them() -> None:
    floor, job = doubted()
    # Half an hour at 36.00 an hour, and 50 g of yarn.
    knitted = value_cents(floor.state, floor.state.jobs[job.id])
    assert knitted > 1_800
    floor = Floor(limited(0))
    floor.link()
    floor.accept("moss")
    floor.plan()
    while "V1" not in floor.intents():
        floor.finish(next(iter(floor.intents())))
    dyed = floor.dispatch("V1")
    assert value_cents(floor.state, floor.state.jobs[dyed.id]) > 2 * knitted


def test_above_it_the_first_verdict_is_signed_and_nothing_runs_until_a_second_says_the_same() -> (
    None
):
    floor, job = doubted(worth() - 1)
    answer = say(floor, job, "person amira", reason="it lies there")
    assert isinstance(answer, Judged)
    (signed,) = answer.facts
    assert signed == e.VerdictSigned(
        job_order=job.id,
        verdict="made_good",
        reason="it lies there",
        value_cents=worth(),
        above_cents=worth() - 1,
    )
    says = "Needs a second person: Amira said made good; another person must confirm or object."
    known = floor.state.jobs[job.id]
    assert (answer.says, standing(floor.state, known)) == (says, says)
    assert known.phase is JobPhase.DOUBT
    steps = decide(floor.state, floor.transient, floor.now_s)
    assert not [
        s for s in steps if isinstance(s.event, e.JobIntended) and s.event.job.machine == "K1"
    ]
    assert floor.state.machines["K1"].job_order == job.id
    second = say(floor, job, "person ben")
    assert isinstance(second, Judged)
    assert second.says == "Amira and Ben said made good: recorded."
    assert floor.state.work[job.members[0].operation].phase is Phase.DONE


@pytest.mark.parametrize("again", ["person amira", "person Amira", "person  AMIRA "])
@pytest.mark.parametrize("verdict", ["made_good", "not_made"])
def test_nobody_signs_twice_however_they_write_their_name(again: str, verdict: str) -> None:
    floor, job = doubted()
    say(floor, job, "person amira")
    seq = floor.state.seq
    answer = say(floor, job, again, verdict)
    assert isinstance(answer, Refusal)
    assert answer.kind == "conflict"
    assert answer.why.startswith("Amira said made good already, and nobody signs twice;")
    assert floor.state.seq == seq


@pytest.mark.parametrize("actor", ["", "person", "person ", "cli", "token shop", "station B2"])
def test_who_has_no_name_is_not_one_of_two(actor: str) -> None:
    floor, job = doubted()
    answer = say(floor, job, actor)
    assert isinstance(answer, Refusal)
    assert "each under their own name" in answer.why
    assert floor.state.jobs[job.id].signatures == ()


def test_another_verdict_withdraws_the_first_and_waits_in_its_place() -> None:
    floor, job = doubted()
    say(floor, job, "person amira", "made_good")
    answer = say(floor, job, "person ben", "made_scrap", "the layer slipped")
    assert isinstance(answer, Judged)
    says = (
        "Amira's made good is withdrawn. Needs a second person: Ben said made scrap; "
        "another person must confirm or object."
    )
    known = floor.state.jobs[job.id]
    assert (answer.says, standing(floor.state, known)) == (says, says)
    (fact,) = answer.facts
    assert isinstance(fact, e.VerdictSigned)
    assert fact.withdraws == "person amira"
    assert known.phase is JobPhase.DOUBT
    assert isinstance(say(floor, job, "person ben", "made_good"), Refusal)
    say(floor, job, "person amira", "made_scrap")
    assert known.phase is JobPhase.OVER
    assert floor.state.work[job.members[0].operation].attempt == 2


def test_what_the_machine_says_later_makes_a_new_doubt_that_nobody_has_signed() -> None:
    floor, job = doubted()
    say(floor, job, "person amira")
    report = Report(machine="K1", job_order=job.id, state=JobState.RUNNING)
    floor.record(e.JobReported(report=report), e.JobDoubted(job_order=job.id, why="again"))
    assert floor.state.jobs[job.id].signatures == ()
    answer = say(floor, job, "person amira")
    assert isinstance(answer, Judged)


def test_a_restart_between_two_signatures_keeps_the_first() -> None:
    floor, job = doubted()

    async def written(memory: Memory) -> None:
        journal = InlineJournal(memory)
        facts = [
            replace(x.event, digest=PLANT.digest)
            if isinstance(x.event, e.PlantOpened | e.ControllerStarted)
            else x.event
            for x in floor.journal
        ]
        await journal.append([Draft(event=x, at_s=0, utc=NOW.isoformat()) for x in facts])
        journal.close()

    def opened(memory: Memory) -> tuple[World, "asyncio.Task[None]"]:
        w = world(memory)
        w.run.state = State(limited(0))
        return w, asyncio.create_task(w.run.work())

    async def told(w: World) -> list[str]:
        facts = [stamped.event for stamped in await w.journal.read()]
        return [x.job.machine for x in facts if isinstance(x, e.JobIntended)]

    async def live() -> None:
        memory = Memory()
        await written(memory)
        asked = DecideDoubt(job_order=job.id, verdict="made_good", reason="it lies there")
        first, working = opened(memory)
        await first.run.opened.wait()
        assert isinstance(await first.run.ask(asked, actor="person amira"), Taken)
        await asyncio.sleep(3_000)
        await end(working, first)
        second, working = opened(memory)
        await second.run.opened.wait()
        await asyncio.sleep(3_000)
        known = second.run.state.jobs[job.id]
        assert (known.phase, known.signatures[-1].by) == (JobPhase.DOUBT, "person amira")
        assert (await told(second)).count("K1") == 1
        assert isinstance(await second.run.ask(asked, actor="person Amira"), Refusal)
        done = await second.run.ask(asked, actor="person ben")
        assert isinstance(done, Taken)
        assert done.says == "Amira and Ben said made good: recorded."
        await asyncio.sleep(3_000)
        assert job.id not in second.run.state.jobs
        assert (await told(second)).count("K1") > 1
        await end(working, second)

    run(live())
