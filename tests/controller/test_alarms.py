"""Alarms come from the state: once when a condition comes true, once when it no longer holds."""

from dataclasses import replace

import pytest
from floor import Floor, open_floor

from controller import events as e
from controller.alarms.at_orders import NAMED
from controller.alarms.conditions import conditions
from controller.alarms.judge import LONGEST_S, judge
from controller.alarms.requests import AcknowledgeAlarm, ShelveAlarm
from controller.alarms.rules import AT_ONCE, raise_and_end_alarms
from controller.judged import Judged
from controller.requests import Refusal
from drivers import Answer, Command, JobState, Submit, Verdict


def ring(floor: Floor) -> list[e.Event]:
    """Ask the rule until it has nothing more to say, and fold what it said."""
    said: list[e.Event] = []
    while steps := list(raise_and_end_alarms(floor.state, floor.transient, floor.now_s)):
        assert len(steps) <= AT_ONCE
        facts = [step.event for step in steps if step.event is not None]
        floor.record(*facts)
        said += facts
    return said


def failed(floor: Floor) -> str:
    job = floor.dispatch("K1")
    floor.run(job)
    floor.end(job, Verdict.SCRAP, JobState.ABORTED, "needle broke")
    return job.id


def test_a_failed_machine_is_an_urgent_alarm_that_is_raised_once():
    floor = open_floor()
    failed(floor)
    (raised,) = [fact for fact in ring(floor) if isinstance(fact, e.AlarmRaised)]
    assert (raised.id, raised.priority) == ("failed:K1", "urgent")
    assert raised.says == "K1 failed: needle broke."
    floor.now_s += 60
    assert ring(floor) == []


def test_clearing_the_machine_ends_its_alarm_for_good():
    floor = open_floor()
    failed(floor)
    ring(floor)
    floor.record(e.MachineCleared(machine="K1"))
    assert ring(floor) == [e.AlarmEnded(id="failed:K1")]
    assert floor.state.alarms == {}


def test_what_ends_by_itself_stays_until_it_is_acknowledged():
    floor = open_floor()
    floor.record(e.LinkLost(machine="K2", detail=""))
    floor.now_s += 11
    ring(floor)
    assert floor.state.alarms["link:K2"].priority == "high"
    floor.record(e.LinkRestored(machine="K2", boot=1, count=0))
    ring(floor)
    assert floor.state.alarms["link:K2"].gone_s == 11
    floor.record(e.AlarmAcknowledged(id="link:K2"))
    assert "link:K2" not in floor.state.alarms


def test_a_link_that_was_away_for_a_moment_is_no_alarm():
    floor = open_floor()
    floor.now_s = 100
    floor.record(e.LinkLost(machine="K2", detail=""))
    floor.now_s += 10
    assert "link:K2" not in conditions(floor.state, floor.now_s)


def test_a_controller_that_has_just_begun_gives_machines_time_to_answer():
    floor = open_floor()
    floor.now_s = 5_000
    floor.record(e.ControllerStarted(digest="d"))
    floor.now_s += 10
    assert not any(name.startswith("link:") for name in conditions(floor.state, floor.now_s))
    floor.now_s += 1
    assert "link:K1" in conditions(floor.state, floor.now_s)


def test_a_doubt_an_orphan_and_a_call_for_help_ask_for_somebody():
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.record(
        e.JobDoubted(job_order=job.id, why="nobody knows"),
        e.OrphanFound(machine="V1", job_order="f" * 32, state="Running"),
        e.HelpCalled(machine="H1", note="needle stuck."),
    )
    found = conditions(floor.state, floor.now_s)
    assert found["doubt:K1"].priority == found["orphan:V1"].priority == "urgent"
    assert found["help:H1"].says == "Somebody calls for help at H1: needle stuck."


def test_a_machine_that_is_not_back_in_time_is_overdue():
    floor = open_floor()
    floor.record(e.MachineTakenOut(machine="K2", reason="needle bed", until_s=600))
    assert "out:K2" not in conditions(floor.state, 599)
    assert conditions(floor.state, 600)["out:K2"].says == (
        "K2 was expected back at 06:10: needle bed."
    )


def test_a_command_that_is_not_followed_for_a_minute_is_an_alarm():
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    floor.record(e.CommandGiven(machine="K1", job_order=job.id, command=Command.PAUSE))
    assert "command:K1" not in conditions(floor.state, floor.now_s + 59)
    found = conditions(floor.state, floor.now_s + 60)["command:K1"]
    assert found.says == "K1 has not followed Hold, asked for at 06:00."


def test_two_refusals_in_a_row_are_an_alarm_until_something_runs():
    floor = open_floor()
    for _ in range(2):
        intended = floor.intents()["K1"]
        floor.record(
            intended,
            e.JobAnswered(
                job_order=intended.job.id, answer=Answer(Submit.REJECTED, "door is open")
            ),
        )
        assert ("refused:K1" in conditions(floor.state, floor.now_s)) is (
            floor.state.machines["K1"].refusals == 2
        )
        floor.now_s += 300
        floor.plan()
    job = floor.dispatch("K1")
    floor.run(job)
    assert "refused:K1" not in conditions(floor.state, floor.now_s)


def test_a_plan_that_does_not_come_is_an_alarm():
    floor = open_floor()
    assert "plan" not in conditions(floor.state, 10_000)
    floor.now_s = 10_000
    floor.accept("black", name="A2")
    assert "plan" not in conditions(floor.state, 10_120)
    assert conditions(floor.state, 10_121)["plan"].says == "No plan could be made since 08:46."


def test_late_orders_are_named_up_to_a_number_and_then_counted():
    floor = open_floor()
    for number in range(NAMED + 3):
        floor.accept("moss", name=f"L{number:02}", due_s=3_600)
    found = conditions(floor.state, 3_661)
    late = [name for name in found if name.startswith("late:")]
    assert late == [f"late:L{number:02}" for number in range(NAMED)]
    assert found["late"].says == f"More than {NAMED} orders are late."
    assert found["late:L00"].says == "Order L00 is 61 s late for 07:00."


def test_an_order_that_nine_of_ten_replays_do_not_make_is_at_risk():
    floor = open_floor()
    due_s = floor.state.orders["A1"].order.due_s
    ends = {"A1": due_s - 900}

    def holds(late_s: int) -> bool:
        floor.state.ends, floor.state.late_ends = ends, {"A1": late_s}
        return "risk:A1" in conditions(floor.state, 0)

    assert not holds(due_s)
    assert holds(due_s + 1)


def test_an_upset_is_said_in_pieces_and_in_the_same_order_every_time():
    floor = open_floor()
    for number in range(AT_ONCE):
        floor.accept("moss", name=f"L{number:02}", due_s=60)
    for name in ("K1", "K2", "V1", "H1"):
        floor.record(e.HelpCalled(machine=name, note=""), e.LinkLost(machine=name, detail=""))
    floor.now_s = 4_000
    once = list(raise_and_end_alarms(floor.state, floor.transient, floor.now_s))
    assert len(once) == AT_ONCE
    assert once == list(raise_and_end_alarms(floor.state, floor.transient, floor.now_s))
    assert len({fact.id for fact in ring(floor)}) == len(conditions(floor.state, floor.now_s))


def test_an_alarm_is_put_aside_for_a_shift_at_most_and_with_a_reason():
    floor = open_floor()
    failed(floor)
    ring(floor)

    def shelve(until_s: int, note: str = "waiting for a part") -> object:
        return judge(floor.state, ShelveAlarm(id="failed:K1", until_s=until_s, note=note), 0)

    assert isinstance(shelve(LONGEST_S), Judged)
    assert isinstance(shelve(LONGEST_S + 1), Refusal)
    assert isinstance(shelve(600, " "), Refusal)
    assert isinstance(shelve(0, ""), Judged)


@pytest.mark.parametrize("name", ["failed:K9", ""])
def test_an_alarm_that_is_over_is_not_acknowledged(name):
    floor = open_floor()
    refused = judge(floor.state, AcknowledgeAlarm(id=name), 0)
    assert isinstance(refused, Refusal)
    assert refused.kind == "unknown"


def test_two_people_acknowledge_one_alarm_once():
    floor = open_floor()
    failed(floor)
    ring(floor)
    first = judge(floor.state, AcknowledgeAlarm(id="failed:K1", note=" on it "), 0)
    assert isinstance(first, Judged)
    floor.record(*first.facts)
    amira = replace(floor.state.alarms["failed:K1"], acknowledged_by="person amira")
    floor.state.alarms["failed:K1"] = amira
    again = judge(floor.state, AcknowledgeAlarm(id="failed:K1"), 0)
    assert isinstance(again, Refusal)
    assert again.why == "Amira has acknowledged it already."
