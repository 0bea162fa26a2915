"""A twin: what it takes, what it refuses, what it remembers, and what it leaves in the ledger."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_plant import a_twin, job_for

from drivers import Command, JobState, Reading, Report, Verdict
from simulators.faults import Failure, Faults, LostReply, Restart, SlowReports
from simulators.memory import ChipMemory, FileMemory
from simulators.oracle import FileLedger, MemoryLedger


def states(twin, now_s):
    return [c.state for c in twin.advance(now_s) if isinstance(c, Report)]


def test_a_job_order_runs_to_its_end_and_is_in_the_ledger_once():
    ledger = MemoryLedger()
    twin, job = a_twin(ledger=ledger), job_for("P1", "1/1.1/print", "1/1.2/print")
    assert twin.store_and_start(job, 100).ok
    assert states(twin, 100) == [JobState.RUNNING]
    end_s = twin.next_s(100)
    assert 980 <= end_s - 100 <= 1040
    assert states(twin, end_s - 1) == []
    assert states(twin, end_s) == [JobState.ENDED]
    assert [r.verdict for r in twin.report(job.id).results] == [Verdict.GOOD] * 2
    assert [(m.at_s, m.operation, m.verdict) for m in ledger.entries()] == [
        (end_s, "1/1.1/print", "good"),
        (end_s, "1/1.2/print", "good"),
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=40))
def test_many_small_steps_show_the_same_as_one_big_one(steps):
    faults = Faults(
        scrap={"knit": 0.5}, failures=(Failure("K1", 2, 40),), restarts=(Restart("K1", 2500),)
    )

    def day(seconds):
        ledger, said = MemoryLedger(), []
        twin = a_twin("K1", ledger=ledger, faults=faults)
        twin.store_and_start(job_for("K1", "1/1.1/knit"), 0)
        for now_s in seconds:
            said += [c for c in twin.advance(now_s) if isinstance(c, Report)]
        return ledger.entries(), said, twin.boot, twin.reading(3000)

    walked, total = [], 0
    for step in steps:
        total += step
        walked.append(min(total, 3000))
    assert day([*walked, 3000]) == day([3000])


def test_a_repeated_job_order_is_refused_even_when_it_is_cleared_and_after_a_power_cycle():
    twin, job = a_twin("M1"), job_for("M1", "1/mix")
    twin.store_and_start(job, 0)
    twin.advance(2000)
    assert twin.store_and_start(job, 2000).code == "repeated"
    twin.take_off(2000)
    assert twin.command(Command.CLEAR, job.id, 2000).ok
    assert twin.reports() == ()
    assert twin.report(job.id).state is JobState.ENDED
    twin.restart(2001)
    assert twin.store_and_start(job, 2002).code == "repeated"


def test_it_starts_only_when_it_is_cleared_by_hand_and_in_its_list():
    twin, first, second = a_twin(), job_for("P1", "1/1.1/print"), job_for("P1", "1/1.2/print")
    twin.store_and_start(first, 0)
    assert twin.store_and_start(second, 1).code == "busy"
    assert not twin.take_off(1)
    twin.advance(2000)
    assert twin.store_and_start(second, 2000).code == "needs_clear"
    twin.command(Command.CLEAR, first.id, 2000)
    assert twin.store_and_start(second, 2001).code == "needs_clear"
    assert twin.take_off(2002)
    assert twin.store_and_start(second, 2003).ok


def test_a_machine_that_clears_itself_goes_on_at_once():
    twin = a_twin("O1")
    twin.store_and_start(job_for("O1", "1/1.1-2/cure"), 0)
    twin.advance(2000)
    assert twin.store_and_start(job_for("O1", "2/1.1-2/cure"), 2000).ok


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expected_boot": 7}, "stale_boot"),
        ({"takes_s": 1000, "recipe_digest": "0" * 64}, "recipe"),
        ({"machine": "P2"}, "recipe"),
    ],
)
def test_a_job_order_that_is_not_meant_for_it_now_is_refused(change, code):
    twin = a_twin()
    assert twin.store_and_start(replace(job_for("P1", "1/1.1/print"), **change), 0).code == code
    assert twin.reports() == ()
    assert twin.count == 0


def test_a_value_beyond_the_limits_is_refused_with_the_limits():
    said = a_twin().store_and_start(
        job_for("P1", "1/1.1/print", recipe=(("height_um", 90_001),)), 0
    )
    assert (said.code, said.detail) == ("limit", "height_um 90001 is not from 1 to 90000.")


def test_an_older_controller_is_fenced_off():
    twin = a_twin("O1")
    assert twin.store_and_start(replace(job_for("O1", "1/cure"), epoch=3), 0).ok
    twin.advance(2000)
    assert twin.store_and_start(replace(job_for("O1", "2/cure"), epoch=2), 2000).code == "fenced"


def test_store_waits_until_it_is_started_and_can_be_cancelled():
    twin, job = a_twin(), job_for("P1", "1/1.1/print")
    assert twin.store(job, 0).ok
    assert twin.report(job.id).state is JobState.NOT_ALLOWED_TO_START
    assert twin.next_s(0) is None
    assert twin.command(Command.CANCEL, job.id, 1).ok
    assert twin.start(job.id, 2).code == "unknown"
    assert twin.store(job, 3).ok
    assert twin.start(job.id, 4).ok
    assert twin.start(job.id, 5).code == "invalid_state"


def test_a_pause_moves_the_end_by_its_length():
    twin, job = a_twin(), job_for("P1", "1/1.1/print")
    twin.store_and_start(job, 0)
    end_s = twin.next_s(0)
    assert twin.command(Command.PAUSE, job.id, 100).ok
    assert twin.next_s(100) is None
    assert twin.reading(5000).activity == "held"
    assert twin.command(Command.RESUME, job.id, 600).ok
    assert twin.next_s(600) == end_s + 500
    assert twin.command(Command.RESUME, job.id, 601).code == "invalid_state"


def test_what_is_broken_off_in_the_works_is_scrap_and_before_them_nothing():
    ledger = MemoryLedger()
    twin, job = a_twin("M1", ledger=ledger), job_for("M1", "1/mix", family="colour=black")
    twin.store_and_start(job, 0)
    assert twin.reading(10).doing == "Changeover: rinse"
    assert twin.command(Command.ABORT, job.id, 100).ok
    assert [r.verdict for r in twin.report(job.id).results] == [Verdict.NOT_MADE]
    assert ledger.entries() == ()
    twin.take_off(200)
    twin.command(Command.CLEAR, job.id, 200)
    again = job_for("M1", "1/mix", family="colour=black", attempt=2)
    twin.store_and_start(again, 300)
    assert twin.reading(301).activity == "running"
    assert twin.command(Command.STOP, again.id, 700).ok
    assert twin.report(again.id).state is JobState.ENDED
    assert [m.verdict for m in ledger.entries()] == ["scrap"]


def test_dark_to_light_takes_longer_than_light_to_dark():
    twin = a_twin("M1")
    twin.store_and_start(job_for("M1", "1/mix", family="colour=black"), 0)
    light_to_dark = twin.reading(0).remaining_s
    end_s = twin.next_s(twin.next_s(0))
    twin.take_off(end_s)
    twin.command(Command.CLEAR, twin.active, end_s)
    twin.store_and_start(job_for("M1", "2/mix", family="colour=red"), end_s)
    assert twin.reading(end_s).doing == "Changeover: rinse, dark to light"
    assert twin.reading(end_s).remaining_s > light_to_dark + 500


@pytest.mark.parametrize(
    ("machine", "knows", "count", "boot"),
    [("M1", True, 1, 2), ("M2", False, 1, 2), ("M3", False, 0, 2)],
)
def test_a_power_cycle_leaves_what_the_evidence_tier_keeps(machine, knows, count, boot):
    ledger = MemoryLedger()
    twin, job = a_twin(machine, ledger=ledger), job_for(machine, "1/mix")
    twin.store_and_start(replace(job, count_before=0 if machine == "M2" else None), 0)
    twin.restart(500)
    assert (twin.report(job.id) is not None, twin.count, twin.boot) == (knows, count, boot)
    if knows:
        assert twin.report(job.id).state is JobState.ABORTED
        assert twin.report(job.id).detail == "power lost"
    assert [m.verdict for m in ledger.entries()] == ["scrap"]
    assert twin.occupied


def test_a_counter_machine_refuses_a_start_from_another_count():
    twin = a_twin("M2")
    assert (
        twin.store_and_start(replace(job_for("M2", "1/mix"), count_before=3), 0).code == "repeated"
    )
    assert twin.store_and_start(replace(job_for("M2", "1/mix"), count_before=0), 0).ok


def test_a_twin_that_dies_comes_back_with_everything_it_had(tmp_path):
    path, as_made = tmp_path / "M1.json", tmp_path / "made.jsonl"
    ledger = FileLedger(as_made)
    twin, job = (
        a_twin("M1", FileMemory(path), ledger),
        job_for("M1", "1/mix", family="colour=black"),
    )
    twin.store_and_start(job, 0)
    twin.advance(700)
    reading = twin.reading(700)
    ledger.close()
    del twin
    ledger = FileLedger(as_made)
    again = a_twin("M1", FileMemory(path), ledger)
    assert again.revived
    assert again.reading(700) == reading
    again.advance(5000)
    assert again.report(job.id).state is JobState.ENDED
    assert len(ledger.entries()) == 1
    ledger.close()


def test_a_death_between_ledger_and_memory_makes_no_second_piece():
    memory, ledger = ChipMemory(), MemoryLedger()
    twin, job = a_twin("P1", memory, ledger), job_for("P1", "1/1.1/print")
    twin.store_and_start(job, 0)
    before = memory.load()
    twin.advance(5000)
    memory.save(before)
    assert a_twin("P1", memory, ledger).advance(5000)
    assert len(ledger.entries()) == 1


def test_the_reply_to_the_nth_start_is_lost_although_it_is_done():
    twin = a_twin("O1", faults=Faults(lost_replies=(LostReply("O1", 2),)))
    assert twin.store_and_start(job_for("O1", "1/cure"), 0).ok
    assert not twin.swallow_reply()
    twin.advance(2000)
    assert twin.store_and_start(job_for("O1", "2/cure"), 2000).ok
    assert twin.swallow_reply()
    assert not twin.swallow_reply()


def test_a_slow_machine_tells_its_changes_late_but_answers_at_once():
    twin, job = (
        a_twin(faults=Faults(slow_reports=(SlowReports("P1", 60),))),
        job_for("P1", "1/1.1/print"),
    )
    twin.store_and_start(job, 0)
    assert twin.report(job.id).state is JobState.RUNNING
    assert states(twin, 59) == []
    assert twin.next_s(59) == 60
    assert states(twin, 60) == [JobState.RUNNING]


def test_a_reading_is_told_once_until_it_changes():
    twin = a_twin()
    assert [type(c) for c in twin.advance(0)] == [Reading]
    assert twin.advance(1) == ()


def test_the_person_sees_what_was_made_and_throws_a_mixed_lot_away():
    ledger = MemoryLedger()
    operations = [f"{n}/print" for n in range(12)]
    twin = a_twin(ledger=ledger, faults=Faults(scrap={"print": 0.3}))
    job = job_for("P1", *operations)
    assert twin.inspect(job.id, 0) == "not_made"
    twin.store_and_start(job, 0)
    assert twin.inspect(job.id, 500) == "running"
    twin.advance(2000)
    assert {m.verdict for m in ledger.entries()} == {"good", "scrap"}
    assert twin.inspect(job.id, 2000) == "made_scrap"
    last = {m.operation: m.verdict for m in ledger.entries()}
    assert set(last.values()) == {"scrap"}
    assert twin.inspect(job.id, 2001) == "made_scrap"
