"""The rules that make a crash boring (R1 to R12), each on a floor of its own."""

from dataclasses import replace

import pytest
from floor import Floor, open_floor

from controller import events as e
from controller.carry import FRESH_S, question_of
from controller.conclude import conclude
from controller.decide import ABSENT_S, FILE_REAL_S, LATE_REAL_S, LATE_S
from controller.effects import AskHeld, AskPlan, ConfirmJob, LookUp, StartJob, SubmitJob
from controller.fold import apply
from controller.invariant import InvariantError
from controller.planning import BUDGET_S, QUICK_S
from controller.ports import HeldReports, NothingSent, Outcome
from controller.reconcile import heard
from controller.requests import FileTotals, TakeOrders
from controller.state import JobPhase, Phase, State
from drivers import (
    Answer,
    Finding,
    JobState,
    Knowledge,
    Report,
    Submit,
    Verdict,
)


def test_an_effect_for_a_machine_comes_with_its_own_intent() -> None:
    floor = open_floor()
    submits = [s for s in floor.steps() if isinstance(s.effect, SubmitJob)]
    assert submits
    for step in submits:
        assert isinstance(step.event, e.JobIntended)
        assert step.event.job == step.effect.job


def test_the_same_work_at_the_same_attempt_has_the_same_id() -> None:
    first, second = open_floor(), open_floor()
    assert first.intents()["K1"].job.id == second.intents()["K1"].job.id


def test_an_attempt_rises_only_after_a_verdict() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    operation = job.members[0].operation
    assert floor.state.work[operation].attempt == 1
    floor.record(e.JobProvenUnmade(job_order=job.id, evidence="never seen"))
    assert floor.state.work[operation].attempt == 2
    floor.plan()
    again = floor.intents()["K1"].job
    assert again.id != job.id


def test_an_intent_names_the_boot_and_the_count_it_was_formed_on() -> None:
    floor = Floor()
    floor.link(boot=17)
    floor.accept("moss")
    floor.plan()
    job = floor.intents()["K1"].job
    assert (job.expected_boot, job.count_before) == (17, 0)


@pytest.mark.parametrize("answer", [None, Submit.UNKNOWN])
def test_what_may_have_been_sent_is_asked_about_and_never_sent_again(answer: Submit | None) -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    floor.record(intended)
    if answer is not None:
        floor.record(e.JobAnswered(job_order=intended.job.id, answer=Answer(answer)))
    effects = floor.effects()
    assert LookUp(intended.job) in effects
    assert not any(isinstance(x, SubmitJob) and x.job.machine == "K1" for x in effects)


def test_an_answer_that_is_still_on_its_way_is_waited_for() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    floor.record(intended)
    floor.transient.flying.add(f"submit:{intended.job.id}")
    assert LookUp(intended.job) not in floor.effects()


def test_what_nobody_can_prove_is_in_doubt_until_a_person_decides() -> None:
    floor = open_floor()
    job = floor.dispatch("V1") if "V1" in floor.intents() else floor.dispatch("K1")
    floor.record(e.JobAnswered(job_order=job.id, answer=Answer(Submit.UNKNOWN)))
    finding = Finding(knowledge=Knowledge.UNPROVABLE, detail="It keeps no record")
    outcome = Outcome(LookUp(job), finding)
    facts = conclude(floor.state, floor.transient, outcome, floor.now_s)
    assert [type(fact) for fact in facts] == [e.JobDoubted]
    floor.record(*facts)
    assert floor.state.jobs[job.id].phase is JobPhase.DOUBT
    assert not [x for x in floor.effects() if isinstance(x, LookUp | SubmitJob) and x.job == job]
    floor.record(e.DoubtDecided(job_order=job.id, verdict="made_good", reason="it lies there"))
    assert floor.state.work[job.members[0].operation].phase is Phase.DONE


@pytest.mark.parametrize(
    ("verdict", "phase", "attempt"),
    [
        ("made_good", Phase.DONE, 1),
        ("made_scrap", Phase.OPEN, 2),
        ("not_made", Phase.OPEN, 2),
    ],
)
def test_each_answer_to_a_doubt_has_its_own_consequence(
    verdict: str, phase: Phase, attempt: int
) -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.record(
        e.JobDoubted(job_order=job.id, why="?"),
        e.DoubtDecided(job_order=job.id, verdict=verdict, reason="looked"),
    )
    work = floor.state.work[job.members[0].operation]
    assert (work.phase, work.attempt) == (phase, attempt)


def test_a_machine_says_what_it_holds_before_it_is_told_anything() -> None:
    floor = Floor()
    floor.link()
    floor.accept("moss")
    floor.plan()
    floor.transient.reconciled.discard("K1")
    assert AskHeld("K1") in floor.effects()
    assert "K1" not in floor.intents()


def test_a_job_order_that_is_not_ours_blocks_its_machine_until_a_person_has_looked() -> None:
    floor = open_floor()
    stray = Report(machine="K1", job_order="f" * 32, state=JobState.RUNNING)
    outcome = Outcome(AskHeld("K1"), HeldReports((stray,)))
    facts = conclude(floor.state, floor.transient, outcome, floor.now_s)
    assert facts == [e.OrphanFound(machine="K1", job_order="f" * 32, state="Running")]
    floor.record(*facts)
    assert "K1" not in floor.intents()
    floor.record(e.OrphanSettled(machine="K1", job_order="f" * 32))
    assert "K1" in floor.intents()


def test_a_machine_is_told_that_its_result_is_safe_only_after_it_is() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    confirm = ConfirmJob("K1", job.id)
    assert confirm not in floor.effects()
    floor.end(job)
    assert confirm not in floor.effects()
    floor.record(e.MachineCleared(machine="K1"))
    assert confirm in floor.effects()
    floor.record(e.JobConfirmed(machine="K1", job_order=job.id))
    assert confirm not in floor.effects()


def test_nothing_new_starts_before_the_last_result_is_confirmed() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    floor.end(job)
    floor.record(e.MachineCleared(machine="K1"))
    assert "K1" not in floor.intents()
    floor.record(e.JobConfirmed(machine="K1", job_order=job.id))
    left = {
        operation
        for slot in floor.state.queues["K1"]
        for operation in slot.operations
        if floor.state.work[operation].phase is Phase.OPEN
    }
    assert ("K1" in floor.intents()) == bool(left)


def test_a_lost_confirmation_is_given_again_and_an_old_friend_is_no_orphan() -> None:
    floor = open_floor()
    job = floor.finish("K1")
    old = Report(machine="K1", job_order=job.id, state=JobState.ENDED)
    outcome = Outcome(AskHeld("K1"), HeldReports((old,)))
    assert conclude(floor.state, floor.transient, outcome, floor.now_s) == []
    assert ConfirmJob("K1", job.id) in floor.effects()


def test_a_machine_that_stored_without_starting_is_started_by_id() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    floor.record(intended)
    stored = Report(machine="K1", job_order=intended.job.id, state=JobState.NOT_ALLOWED_TO_START)
    finding = Finding(knowledge=Knowledge.HELD, report=stored)
    outcome = Outcome(LookUp(intended.job), finding)
    floor.record(*conclude(floor.state, floor.transient, outcome, floor.now_s))
    assert StartJob(intended.job) in floor.effects()


def test_what_provably_never_left_may_be_told_again() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    floor.record(intended)
    outcome = Outcome(SubmitJob(intended.job), NothingSent("no route"))
    facts = conclude(floor.state, floor.transient, outcome, floor.now_s)
    assert [type(fact) for fact in facts] == [e.JobProvenUnmade]


def test_a_repeated_or_impossible_report_is_no_fact() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    running = Report(machine="K1", job_order=job.id, state=JobState.RUNNING)
    assert list(heard(floor.state, running))
    floor.run(job)
    assert list(heard(floor.state, running)) == []
    back = Report(machine="K1", job_order=job.id, state=JobState.NOT_ALLOWED_TO_START)
    assert list(heard(floor.state, back)) == []
    floor.end(job)
    late = Report(machine="K1", job_order=job.id, state=JobState.ENDED)
    assert list(heard(floor.state, late)) == []


def test_scrap_makes_everything_that_went_into_it_necessary_again() -> None:
    floor = open_floor()
    while {"K1", "K2"} & set(floor.intents()):
        for machine in sorted({"K1", "K2"} & set(floor.intents())):
            floor.finish(machine)
    dye = floor.dispatch("V1")
    floor.run(dye)
    floor.end(dye, Verdict.SCRAP)
    phases = {name: (w.phase, w.attempt) for name, w in floor.state.work.items()}
    assert phases["A1/1.1-2/dye"] == (Phase.OPEN, 2)
    assert phases["A1/1.1/knit"] == phases["A1/1.2/knit"] == (Phase.OPEN, 2)
    assert phases["A1/1.1-2/sew"] == (Phase.OPEN, 1)


def test_work_that_a_plan_does_not_know_waits_for_one_that_does() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    floor.end(job, Verdict.SCRAP)
    floor.record(e.MachineCleared(machine="K1"), e.JobConfirmed(machine="K1", job_order=job.id))
    planned = {m.operation for i in floor.intents().values() for m in i.job.members}
    assert job.members[0].operation not in planned
    floor.plan()
    planned = {m.operation for i in floor.intents().values() for m in i.job.members}
    assert job.members[0].operation in planned


def asked(floor: Floor) -> list[tuple[str, bool]]:
    effects = (step.effect for step in floor.steps())
    return [(each.why, each.quick) for each in effects if isinstance(each, AskPlan)]


def test_after_a_long_absence_what_is_left_is_planned_once_all_machines_answer() -> None:
    floor = open_floor()
    for machine, intended in floor.intents().items():
        floor.record(intended)
        floor.transient.flying.add(f"submit:{intended.job.id}")
        assert machine
    floor.transient.plan_asked = floor.state.demand
    assert asked(floor) == []
    floor.transient.back_s = floor.now_s
    assert asked(floor) == [("the controller was away", True)]
    floor.record(e.LinkLost(machine="K1", detail=""))
    assert asked(floor) == []
    floor.now_s += ABSENT_S
    assert asked(floor) == [("the controller was away", True)]


def test_a_refusal_frees_the_work_and_rests_the_machine() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    said = Answer(Submit.REJECTED, "courses 400 is not from 500 to 900.")
    floor.record(intended, e.JobAnswered(job_order=intended.job.id, answer=said))
    floor.plan()
    assert "K1" not in floor.intents()
    floor.now_s += 301
    floor.transient.plan_asked = floor.state.demand
    assert intended.job.members[0].operation not in {
        m.operation for slot in floor.state.jobs.values() for m in slot.intended.job.members
    }


def test_the_fold_of_a_journal_is_the_state_that_wrote_it() -> None:
    floor = open_floor("moss", "black")
    floor.finish("K1")
    again = State(floor.plant)
    for stamped in floor.journal:
        apply(again, stamped)
    routings = {name: opened.routing for name, opened in floor.state.orders.items()}
    for name, opened in again.orders.items():
        assert set(opened.routing.graph.edges) == set(routings[name].graph.edges)
        opened.routing = routings[name]  # graphs are compared by identity
    assert again == floor.state


def test_work_that_was_given_cannot_be_given_again() -> None:
    floor = open_floor()
    intended = floor.intents()["K1"]
    floor.record(intended)
    with pytest.raises(InvariantError, match="R1"):
        floor.record(intended)
    floor.state.machines["K1"].job_order = ""
    with pytest.raises(InvariantError, match="R3"):
        floor.record(intended)


def test_a_file_is_planned_once_all_of_it_is_there() -> None:
    """Its first orders would take the empty floor, and those behind may be due earlier."""
    floor = Floor()
    floor.link(boot=17)
    part = TakeOrders(name="orders.csv", digest="d", ready=(), refused=())
    floor.accept("moss")
    floor.transient.follow(part, floor.now_s)
    assert asked(floor) == []
    floor.transient.follow(replace(part, before=FileTotals()), floor.now_s)
    assert asked(floor) == [("what is wanted changed", True)]


def test_a_file_of_which_no_more_comes_is_planned_all_the_same() -> None:
    floor = Floor()
    floor.link(boot=17)
    floor.accept("moss")
    floor.transient.follow(TakeOrders(name="f", digest="d", ready=(), refused=()), floor.now_s)
    floor.transient.follow(TakeOrders(name="f", digest="d", ready=(), refused=()), floor.now_s + 1)
    _, _, speed = floor.state.clock
    floor.now_s += FILE_REAL_S * max(1, speed)
    assert asked(floor) == [("what is wanted changed", True)]


@pytest.mark.parametrize(
    ("speed", "seconds"),
    [(0, BUDGET_S), (1, BUDGET_S), (480, FRESH_S / 480), (100_000, 1.0)],
)
def test_on_a_fast_day_a_plan_is_searched_for_less_long(speed: int, seconds: float) -> None:
    floor = open_floor()
    floor.record(e.ClockSet(utc="2026-01-05T06:00:00+00:00", plant_s=0, speed=speed))
    better, quick = AskPlan(1, "old"), AskPlan(1, "new", quick=True)
    assert question_of(floor.state, better, floor.now_s).budget_s == seconds
    assert question_of(floor.state, quick, floor.now_s).budget_s == QUICK_S


def late_floor() -> Floor:
    """A floor whose plan says of one order that it would be late."""
    floor = open_floor()
    floor.transient.plan_asked = floor.state.demand
    (name, opened), *_ = floor.state.orders.items()
    floor.now_s = min(floor.now_s, opened.order.due_s - 2 * LATE_S)
    floor.state.plan_s = floor.transient.plan_asked_s = floor.now_s
    floor.state.ends[name] = opened.order.due_s + 1
    assert floor.state.plan is not None
    floor.state.plan = replace(floor.state.plan, levels=(("cents", 9),), bound=8)
    return floor


def test_while_an_order_would_be_late_another_plan_is_looked_for() -> None:
    floor = late_floor()
    _, _, speed = floor.state.clock
    floor.now_s += max(LATE_S, LATE_REAL_S * speed) - 1
    assert asked(floor) == []
    floor.now_s += 1
    assert asked(floor) == [("an order would be late", False)]


def test_what_cannot_be_in_time_any_more_is_not_looked_for_again() -> None:
    floor = late_floor()
    assert floor.state.plan is not None
    floor.now_s += LATE_S
    floor.state.plan = replace(floor.state.plan, bound=9)
    assert asked(floor) == []  # the best plan there is
    floor.state.plan = replace(floor.state.plan, bound=None)
    assert asked(floor) != []
    (name, opened), *_ = floor.state.orders.items()
    floor.state.orders[name].order = replace(opened.order, due_s=floor.now_s)
    assert asked(floor) == []  # its carrier has left
