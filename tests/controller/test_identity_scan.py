"""A scan at a join is right, or is answered with what it is, what is needed, and where both belong."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joined import Bench, bench, refused

from controller import events as e
from controller.amend.requests import CancelOrder
from controller.identity.matching import codes_to_scan, expected
from controller.identity.requests import ScanPart, UndoFinish, UndoScan
from controller.requests import Refusal, Taken
from controller.state import JobPhase, Phase
from drivers import Verdict

PARTS = ("1/1.1/knit", "1/1.2/knit", "1/1.1-2/dye")


def codes(order: str) -> list[str]:
    return [f"{order}{part[1:]}" for part in PARTS]


def test_a_join_needs_every_part_that_goes_into_it_in_the_order_of_the_process() -> None:
    floor = bench()
    job = floor.offer()
    assert job.members[0].operation == "A1/1.1-2/sew"
    assert sorted(expected(floor.state, floor.job(job))) == sorted(codes("A1"))
    assert sorted(codes_to_scan(floor.state, floor.job(job))) == sorted(codes("A1"))


def test_a_right_scan_counts_and_says_what_comes_next() -> None:
    floor = bench()
    job = floor.offer()
    said = [floor.scan(job, code) for code in codes_to_scan(floor.state, floor.job(job))]
    assert all(isinstance(reply, Taken) for reply in said)
    assert [reply.says.rpartition(". ")[2] for reply in said] == [
        "Next: knit A1 R.",
        "Next: dye A1.",
        "All parts are here.",
    ]
    assert set(floor.job(job).scanned) == set(codes("A1"))


def test_the_wrong_upper_is_refused_with_the_right_one_named() -> None:
    floor = bench()
    job = floor.offer()
    assert floor.state.orders["A1"].tote == "T-1"
    why = refused(floor.scan(job, "A2/1.2/knit"))
    assert why == "This is knit A2 R, tote T-2. Here knit A1 R is needed, tote T-1."
    fact = floor.journal[-1].event
    assert isinstance(fact, e.ScanRefused)
    assert (fact.code, fact.why) == ("A2/1.2/knit", why)
    assert not floor.job(job).scanned


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("T-2", "This is tote T-2, order A2. Scan knit A1 L, tote T-1."),
        ("t-099", "This is tote T-99, empty. Scan knit A1 L, tote T-1."),
        ("A2", "This is order A2, not a part. Scan knit A1 L, tote T-1."),
        (
            "A2/1.1-2/sew",
            "This label is for pair A2, not made yet. Here knit A1 L is needed, tote T-1.",
        ),
        (
            "A1/1.1/knit/2",
            "This label is for knit A1 L, not made yet. Here knit A1 L is needed, tote T-1.",
        ),
        ("A1/9.9/knit", "“A1/9.9/knit” is no code of Lotwright's. Scan knit A1 L, tote T-1."),
        ("<b>hi</b>", "“<b>hi</b>” is no code of Lotwright's. Scan knit A1 L, tote T-1."),
        ("", "“” is no code of Lotwright's. Scan knit A1 L, tote T-1."),
        ("4006381333931", "“4006381333931” is no code of Lotwright's. Scan knit A1 L, tote T-1."),
    ],
)
def test_anything_else_gets_a_clear_answer(code: str, why: str) -> None:
    floor = bench()
    job = floor.offer()
    assert refused(floor.scan(job, code)) == why
    assert not floor.job(job).scanned


def test_a_foreign_code_never_reaches_the_journal() -> None:
    floor = bench()
    job = floor.offer()
    refused(floor.scan(job, "Mara Klein, Elbchaussee 1"))
    fact = floor.journal[-1].event
    assert isinstance(fact, e.ScanRefused)
    assert fact.code == ""
    assert "Mara" not in repr(fact)


def test_a_second_scan_of_the_same_part_changes_nothing() -> None:
    floor = bench()
    job = floor.offer()
    floor.scan(job, "A1/1.1/knit")
    seq = floor.state.seq
    why = refused(floor.scan(job, "A1/1.1/knit"))
    assert why.startswith("Knit A1 L was scanned at ")
    assert why.endswith("Scan knit A1 R, tote T-1.")
    assert floor.state.seq == seq


def test_the_scrap_of_the_first_time_is_not_taken_for_the_second() -> None:
    floor = bench("A1")
    job = floor.offer()
    for code in codes("A1"):
        floor.scan(job, code)
    floor.begin(job)
    floor.finished(job, Verdict.SCRAP, "torn")
    floor.plan()
    floor.make_parts()
    again = floor.offer()
    wanted = codes_to_scan(floor.state, floor.job(again))
    assert sorted(wanted) == sorted(f"{code}/2" for code in codes("A1"))
    why = refused(floor.scan(again, "A1/1.1/knit"))
    assert why.startswith("This knit A1 L is scrap; it is made again. Put it into the scrap box.")
    assert isinstance(floor.scan(again, "A1/1.1/knit/2"), Taken)


def test_the_part_of_a_cancelled_order_is_put_aside() -> None:
    floor = bench("A1", "A2")
    job = floor.offer()
    floor.record(
        e.OrderCancelled(order="A2", reason="changed her mind", sunk_cents=0),
    )
    why = refused(floor.scan(job, "A2/1.1/knit"))
    assert why.startswith("This is knit A2 L; order A2 was cancelled. Put it aside.")
    floor.follow()
    assert "A2" not in floor.state.orders
    assert refused(floor.scan(job, "A2/1.1/knit")).startswith("Order A2 is no longer open")


def test_nothing_is_called_good_before_every_part_was_scanned() -> None:
    floor = bench()
    job = floor.offer()
    floor.begin(job)
    why = refused(floor.finished(job))
    assert why == "Knit A1 L and 2 more are not scanned. Scan knit A1 L first: in tote T-1."
    for code in codes("A1")[:2]:
        floor.scan(job, code)
    assert refused(floor.finished(job)) == "Dye A1 is not scanned. Scan dye A1 first: in tote T-1."
    floor.scan(job, codes("A1")[2])
    assert isinstance(floor.finished(job), Taken)
    assert floor.state.work["A1/1.1-2/sew"].phase is Phase.DONE


@pytest.mark.parametrize("verdict", [Verdict.SCRAP, Verdict.NOT_MADE])
def test_scrap_and_rework_need_no_scan(verdict: Verdict) -> None:
    floor = bench()
    job = floor.offer()
    floor.begin(job)
    assert isinstance(floor.finished(job, verdict, "rework: crooked"), Taken)
    upstream = floor.state.work["A1/1.1/knit"].phase
    assert upstream is (Phase.OPEN if verdict is Verdict.SCRAP else Phase.DONE)
    assert floor.state.work["A1/1.1-2/sew"].attempt == 2


def test_a_part_keeps_its_first_label_so_the_pair_is_scanned_at_packing_by_that_of_sewing() -> None:
    floor = bench("A1")
    job = floor.offer()
    for code in codes("A1"):
        floor.scan(job, code)
    floor.begin(job)
    floor.finished(job)
    packing = floor.offer()
    assert packing.members[0].operation == "A1/pack"
    assert codes_to_scan(floor.state, floor.job(packing)) == ("A1/1.1-2/sew",)
    assert refused(floor.scan(packing, "A1/1.1-2/dye")).startswith("This is dye A1, in pair A1.")
    assert isinstance(floor.scan(packing, "A1/1.1-2/sew"), Taken)
    floor.begin(packing)
    assert isinstance(floor.finished(packing), Taken)
    assert floor.state.packed == 1


def test_a_scan_is_taken_back_within_half_a_minute_and_only_the_last_one() -> None:
    floor = bench()
    job = floor.offer()
    for code in codes("A1")[:2]:
        floor.scan(job, code)
    undo = UndoScan(machine="H1", job_order=job.id, operation=codes("A1")[0])
    assert refused(floor.ask(undo)) == "It cannot be undone: something else was done since."
    last = UndoScan(machine="H1", job_order=job.id, operation=codes("A1")[1])
    floor.now_s += 30
    assert isinstance(floor.ask(last), Taken)
    assert list(floor.job(job).scanned) == codes("A1")[:1]
    floor.now_s += 31
    assert "more than 30 s ago" in refused(floor.ask(undo))


def test_people_undo_in_their_own_time_however_fast_the_plant_goes() -> None:
    floor = bench()
    floor.record(e.ClockSet(utc="2026-11-24T05:00:00+00:00", plant_s=0, speed=60))
    job = floor.offer()
    floor.scan(job, codes("A1")[0])
    floor.now_s += 30 * 60
    undo = UndoScan(machine="H1", job_order=job.id, operation=codes("A1")[0])
    assert isinstance(floor.ask(undo), Taken)


def _sewn(floor: Bench) -> str:
    job = floor.offer()
    for code in codes_to_scan(floor.state, floor.job(job)):
        floor.scan(job, code)
    floor.begin(job)
    floor.finished(job)
    return job.id


def test_a_good_verdict_is_taken_back_while_nothing_was_begun_with_it() -> None:
    floor = bench("A1")
    done = _sewn(floor)
    assert floor.state.work["A1/1.1-2/sew"].phase is Phase.DONE
    assert isinstance(floor.ask(UndoFinish(machine="H1", job_order=done)), Taken)
    again = floor.state.work["A1/1.1-2/sew"]
    assert (again.phase, again.attempt) == (Phase.OPEN, 2)
    assert floor.state.work["A1/1.1/knit"].phase is Phase.DONE
    assert "nothing of it is good" in refused(floor.ask(UndoFinish(machine="H1", job_order=done)))
    floor.plan()
    assert floor.offer().members[0].operation == "A1/1.1-2/sew"


def test_a_good_verdict_stays_once_the_next_step_has_begun_or_time_has_passed() -> None:
    floor = bench("A1")
    done = _sewn(floor)
    floor.now_s += 31
    assert "more than 30 s ago" in refused(floor.ask(UndoFinish(machine="H1", job_order=done)))
    other = bench("A1")
    done = _sewn(other)
    other.offer()
    why = refused(other.ask(UndoFinish(machine="H1", job_order=done)))
    assert why == "It cannot be undone: the next step has begun."
    assert "next step" in refused(other.ask(UndoFinish(machine="K1", job_order=done)))


def test_a_scan_for_work_that_is_gone_says_so() -> None:
    floor = bench()
    floor.offer()
    why = refused(floor.ask(ScanPart(machine="H1", job_order="f" * 32, code="A1/1.1/knit")))
    assert why == "H1 does not show this work any more. Look at the page, scan again."


CODES = [
    *(
        f"{order}/{part}"
        for order in ("A1", "A2", "A3")
        for part in ("1.1/knit", "1.2/knit", "1.1-2/dye")
    ),
    *(f"{order}/1.1-2/sew" for order in ("A1", "A2", "A3")),
    "A1",
    "A2",
    "T-1",
    "T-2",
    "T-77",
    "A1/1.1/knit/2",
    "A2/1.1/knit/1",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from(CODES), st.text(max_size=12)), max_size=25))
def test_whatever_is_scanned_a_pair_is_never_joined_with_a_part_of_another_order(
    scans: list[str],
) -> None:
    floor = bench("A1", "A2", "A3")
    job = floor.offer()
    order = job.members[0].operation.partition("/")[0]
    floor.begin(job)
    for code in scans:
        reply = floor.scan(job, code)
        assert isinstance(reply, Refusal | Taken)
        assert all(part.startswith(f"{order}/") for part in floor.job(job).scanned)
    whole = set(floor.job(job).scanned) == set(codes(order))
    good = isinstance(floor.finished(job), Taken)
    assert good == whole
    assert (floor.state.work[f"{order}/1.1-2/sew"].phase is Phase.DONE) == whole


def test_cancelling_while_it_is_on_the_bench_still_ends_it() -> None:
    floor = bench("A1")
    job = floor.offer()
    floor.begin(job)
    assert isinstance(floor.ask(CancelOrder(order="A1", reason="returned")), Taken)
    assert floor.job(job).phase is JobPhase.RUNNING
    assert isinstance(floor.finished(job, Verdict.NOT_MADE), Taken)
    assert "A1" not in floor.state.orders
