"""What dispatch makes of granted wishes, and how commands and hand work end, on a floor by hand."""

from dataclasses import replace

from floor import Floor, open_floor

from controller import events as e
from controller.decide import HELD_BACK_S, REPLAN_S
from controller.effects import AskPlan, ConfirmJob, TellMachine
from controller.floor.judge import judge as judge_floor
from controller.floor.requests import AbortMachine
from controller.judged import Judged
from controller.state import JobPhase, Phase
from controller.waiting import job_end_s, next_slot, setup_needed, waiting_for
from controller.wanted.proposing import told
from drivers import Answer, Command, JobState, Report, Submit
from scheduler import wishes


def grant(floor: Floor, *granted: wishes.Wish) -> None:
    for wish in granted:
        number = floor.state.wished + 1
        floor.record(e.WishGranted(number=number, wish=wish, why="asked"))


def plan_knows(floor: Floor) -> None:
    """Publish the present plan again, as one that knows all that is wanted."""
    assert floor.state.plan is not None
    floor.record(replace(floor.state.plan, answers=floor.state.seq))


def first_slot(floor: Floor):
    starts = floor.intents()
    machine = sorted(name for name in starts if name.startswith("K"))[0]
    slot = next_slot(floor.state, machine)
    assert slot is not None
    return machine, slot


def at_the_hands() -> Floor:
    """Bring an order as far as the hand station."""
    floor = open_floor()
    while "H1" not in floor.intents():
        floor.finish(next(iter(floor.intents())))
    return floor


def reason(floor: Floor, machine: str) -> str:
    return waiting_for(floor.state, floor.transient, machine, floor.now_s)


def report(floor: Floor, job, state: JobState) -> None:
    floor.record(e.JobReported(report=Report(machine=job.machine, job_order=job.id, state=state)))


def test_a_changeover_is_done_before_the_time_that_work_is_pinned_to() -> None:
    floor = open_floor("moss", "black")
    while "V1" not in floor.intents():
        floor.finish(next(iter(floor.intents())))
    machine, slot = "V1", next_slot(floor.state, "V1")
    assert slot is not None
    setup_s = setup_needed(floor.state, machine, slot.family)
    grant(floor, wishes.Pin(operations=slot.operations, machine=machine, start_s=3_600))
    plan_knows(floor)
    floor.now_s = 3_600 - setup_s - 1
    assert reason(floor, machine).startswith("Pinned: it starts at ")
    floor.now_s = 3_600 - setup_s
    assert machine in floor.intents()


def test_of_two_wishes_that_place_the_same_work_the_later_counts() -> None:
    floor = open_floor()
    machine, slot = first_slot(floor)
    other = ({"K1", "K2"} - {machine}).pop()
    grant(
        floor,
        wishes.Pin(operations=slot.operations, machine=other, start_s=7_200),
        wishes.OnMachine(operations=slot.operations, machine=machine),
    )
    plan_knows(floor)
    assert machine in floor.intents()


def test_what_no_plan_can_keep_does_not_stop_the_work_for_good() -> None:
    floor = open_floor()
    machine, slot = first_slot(floor)
    other = ({"K1", "K2"} - {machine}).pop()
    grant(floor, wishes.OnMachine(operations=slot.operations, machine=other))
    assert machine not in floor.intents()
    plan_knows(floor)
    assert machine in floor.intents(), "the plan knows the wish, and says where it runs"


def test_a_plan_says_which_wish_it_cannot_keep_once() -> None:
    floor = open_floor()
    machine, slot = first_slot(floor)
    grant(floor, wishes.Pin(operations=slot.operations, machine=machine, start_s=slot.start_s))
    assert floor.state.plan is not None
    later = replace(slot, start_s=slot.start_s + 1_200, end_s=slot.end_s + 1_200)
    others = tuple(each for each in floor.state.plan.slots if each.operations != slot.operations)
    plan = replace(floor.state.plan, number=9, slots=(later, *others))
    said = told(floor.state, plan)
    assert said.says == "Plan 9: nothing moved. asked cannot be kept: it begins at 06:20."
    floor.record(said)
    assert told(floor.state, plan).says == "Plan 9: nothing moved."
    elsewhere = replace(slot, machine="K2" if machine == "K1" else "K1")
    kept = replace(plan, slots=(slot, *others))
    floor.record(told(floor.state, kept))
    moved = told(floor.state, replace(plan, slots=(elsewhere, *others)))
    assert moved.says.endswith(f"cannot be kept: {elsewhere.machine} has it at 06:00.")


def test_a_batch_that_comes_late_leaves_a_pinned_one_its_time() -> None:
    floor = open_floor("moss", "moss", "moss")
    assert floor.state.plan is not None
    machine = "K1"
    row = floor.state.queues[machine]
    assert len(row) > 1
    later = row[1]
    grant(floor, wishes.Pin(operations=later.operations, machine=machine, start_s=later.start_s))
    plan_knows(floor)
    assert machine in floor.intents()
    floor.now_s = row[0].setup_start_s + wishes.PIN_SLACK_S + 60
    assert "is pinned to" in reason(floor, machine)
    floor.record(e.WishWithdrawn(number=1, why="taken back"))
    plan_knows(floor)
    assert machine in floor.intents()


def plans_asked(floor: Floor) -> list[str]:
    return [s.effect.why for s in floor.steps() if isinstance(s.effect, AskPlan)]


def test_a_plan_is_asked_for_at_once_when_a_wish_holds_back_what_is_due() -> None:
    floor = open_floor("moss", "moss", "moss")
    machine, slot = first_slot(floor)
    takes_s = slot.end_s - slot.setup_start_s
    # The batch was planned before the closing; it comes late and would run into it.
    shut_s = slot.end_s + 300
    grant(floor, wishes.CloseMachine(machine=machine, begin_s=shut_s, end_s=shut_s + 7_200))
    plan_knows(floor)
    floor.transient.improvable = False
    floor.now_s = shut_s - takes_s
    assert machine in floor.intents()
    assert plans_asked(floor) == []
    floor.now_s += 301
    assert reason(floor, machine).startswith("It would run into the time from ")
    assert plans_asked(floor) == ["a wish holds work back"]
    assert floor.now_s < REPLAN_S, "and not only when the plan is old"


def test_a_plan_that_a_wish_holds_back_is_not_asked_for_all_the_time() -> None:
    floor = open_floor("moss", "moss", "moss")
    machine, slot = first_slot(floor)
    grant(floor, wishes.CloseMachine(machine=machine, begin_s=0, end_s=7_200))
    plan_knows(floor)
    floor.transient.improvable = False
    floor.now_s = slot.setup_start_s + HELD_BACK_S
    assert plans_asked(floor) == ["a wish holds work back"]
    floor.transient.plan_asked_s = floor.now_s
    floor.now_s += HELD_BACK_S - 1
    assert plans_asked(floor) == []
    floor.now_s += 1
    assert plans_asked(floor) == ["a wish holds work back"]


def test_a_machine_without_a_link_is_nothing_that_another_plan_mends() -> None:
    floor = open_floor("moss")
    machine, slot = first_slot(floor)
    grant(floor, wishes.CloseMachine(machine=machine, begin_s=0, end_s=7_200))
    plan_knows(floor)
    floor.transient.improvable = False
    floor.transient.reconciled.discard(machine)
    floor.now_s = slot.setup_start_s + HELD_BACK_S
    assert plans_asked(floor) == []


def test_hand_work_that_nobody_began_is_free_when_its_station_goes_out_of_service() -> None:
    floor, station = at_the_hands(), "H1"
    job = floor.dispatch(station)
    floor.record(e.MachineTakenOut(machine=station, reason="person late", until_s=None))
    (step,) = [s for s in floor.steps() if isinstance(s.event, e.JobProvenUnmade)]
    assert step.effect == ConfirmJob(station, job.id)
    assert step.event is not None
    floor.record(step.event)
    assert floor.state.jobs == {}
    members = [floor.state.work[member.operation] for member in job.members]
    assert {(work.phase, work.attempt) for work in members} == {(Phase.OPEN, 2)}
    assert not floor.state.machines[station].failed


def test_hand_work_that_is_begun_stays_when_its_station_goes_out_of_service() -> None:
    floor, station = at_the_hands(), "H1"
    job = floor.dispatch(station)
    floor.run(job)
    floor.record(e.MachineTakenOut(machine=station, reason="person late", until_s=None))
    assert not [s for s in floor.steps() if isinstance(s.event, e.JobProvenUnmade)]


def test_held_work_ends_later_by_as_long_as_it_was_held() -> None:
    floor = open_floor()
    job = floor.dispatch(sorted(floor.intents())[0])
    floor.run(job)
    planned_s = job_end_s(floor.state.jobs[job.id], floor.now_s)
    floor.now_s += 600
    report(floor, job, JobState.INTERRUPTED)
    floor.now_s += 900
    assert job_end_s(floor.state.jobs[job.id], floor.now_s) == planned_s + 900
    report(floor, job, JobState.RUNNING)
    floor.now_s += 300
    assert job_end_s(floor.state.jobs[job.id], floor.now_s) == planned_s + 900
    assert floor.state.jobs[job.id].phase is JobPhase.RUNNING


def test_a_command_ends_with_its_job_order_so_that_the_next_one_can_be_given() -> None:
    floor = open_floor()
    job = floor.dispatch(sorted(floor.intents())[0])
    floor.run(job)
    given = e.CommandGiven(
        machine=job.machine, job_order=job.id, command=Command.ABORT, reason="smoke"
    )
    floor.record(
        given,
        e.CommandAnswered(
            machine=job.machine,
            job_order=job.id,
            command=Command.ABORT,
            answer=Answer(Submit.ACCEPTED),
        ),
        e.JobDoubted(job_order=job.id, why="nobody knows"),
        e.DoubtDecided(job_order=job.id, verdict="made_scrap", reason="it lies there"),
        e.MachineCleared(machine=job.machine),
        e.JobConfirmed(machine=job.machine, job_order=job.id),
    )
    assert floor.state.machines[job.machine].command is None
    floor.plan()
    again = floor.dispatch(job.machine)
    floor.run(again)
    asked = AbortMachine(machine=job.machine, reason="smoke again")
    assert isinstance(judge_floor(floor.state, asked, floor.now_s), Judged)


def test_a_command_of_which_nobody_knows_whether_it_arrived_is_told_again() -> None:
    floor = open_floor()
    job = floor.dispatch(sorted(floor.intents())[0])
    floor.run(job)
    floor.record(
        e.CommandGiven(machine=job.machine, job_order=job.id, command=Command.PAUSE),
        e.CommandAnswered(
            machine=job.machine,
            job_order=job.id,
            command=Command.PAUSE,
            answer=Answer(Submit.UNKNOWN),
        ),
    )
    assert TellMachine(job.machine, job.id, Command.PAUSE, "") in floor.effects()
    report(floor, job, JobState.INTERRUPTED)
    assert not [each for each in floor.effects() if isinstance(each, TellMachine)]
