"""One event of each kind as it lies in a journal: a journal of today must be readable for ever.

When this fails because a shape was changed on purpose: raise `events.VERSION`, add the step from the
old shape to `codec.UPGRADES`, and write the lines anew with LOTWRIGHT_WRITE_GOLDEN=1.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from controller import events as e
from controller.journal import Draft
from controller.journal.codec import GENESIS, KINDS, Row, chain, decode, follow
from drivers import (
    Answer,
    Command,
    JobOrder,
    JobState,
    Member,
    Report,
    Submit,
    UnitResult,
    Verdict,
    job_order_id,
    recipe_digest,
)
from plant_config import Line, Mode, Order, Spec
from scheduler import Slot, wishes

GOLDEN = Path(__file__).parent / "journal-2.jsonl"
FIRST = Path(__file__).parent / "journal-1.jsonl"
"""As the first release wrote it."""

MEMBERS = (Member("4127/1.1/print", 2, "4127/1.1", (("height_um", 28_000), ("material", "tpu"))),)
SHARED = (("layer_um", 200),)
JOB = JobOrder(
    id=job_order_id("P1", MEMBERS),
    label="Plate 121",
    machine="P1",
    members=MEMBERS,
    family="layer=200",
    shared=SHARED,
    recipe_digest=recipe_digest("layer=200", SHARED, MEMBERS),
    takes_s=5_400,
    epoch=3,
    expected_boot=7,
    count_before=41,
)
ORDER = Order(
    id="4127",
    lines=(Line(1, Spec("shoe", (("size", "42"), ("heel_text", "text"))), 1),),
    release_s=60,
    due_s=27_000,
    cut_off="Nord Parcel",
    weight=1,
    price_cents=18_900,
    late_cents=2_400,
)
REPORT = Report(
    machine="P1",
    job_order=JOB.id,
    state=JobState.ENDED,
    results=(UnitResult(MEMBERS[0].operation, Verdict.SCRAP, "layer shift", (("grams", 210),)),),
    count=42,
    detail="größer als geplant",
)
SLOT = Slot(
    machine="P1",
    operations=("4127/1.1/print",),
    family="layer=200",
    setup_start_s=900,
    start_s=1_200,
    end_s=6_600,
)
EVENTS = (
    e.PlantOpened(plant="sneaker", digest="ab" * 32, origin_utc="2026-11-24T05:00:00+00:00"),
    e.ControllerStarted(digest="ab" * 32),
    e.ClockSet(utc="2026-11-24T05:00:00+00:00", plant_s=0, speed=480),
    e.FileImported(digest="cd" * 32, name="orders.csv", accepted=41, refused=4, repeated=0),
    e.RowRefused(file="cd" * 32, row=44, column="upper_colour", reason="There is no …."),
    e.OrderAccepted(order=ORDER, cost_cents=8_955, premium_cents=4_500, file="cd" * 32),
    e.PlanPublished(
        number=1,
        why="what is wanted changed",
        slots=(SLOT,),
        levels=(("cents", 7_900), ("moved", 0)),
        bound=None,
        tiers=("list heuristic: 7,900",),
        took_ms=812,
        answers=6,
    ),
    e.JobIntended(
        job=JOB,
        plan=1,
        setup_s=300,
        setup_cents=450,
        setup_says="change layer height",
        cleaning=False,
        family_before="layer=120",
        planned_start_s=1_200,
        planned_end_s=6_600,
    ),
    e.JobAnswered(job_order=JOB.id, answer=Answer(Submit.UNKNOWN, "no answer within 2 s")),
    e.JobReported(report=REPORT),
    e.JobProvenUnmade(job_order=JOB.id, evidence="start counter 41, as before"),
    e.JobDoubted(job_order=JOB.id, why="Nobody knows if plate 121 was made."),
    e.DoubtDecided(job_order=JOB.id, verdict="made_good", reason="lies on the plate"),
    e.JobConfirmed(machine="P1", job_order=JOB.id),
    e.MachineCleared(machine="P1"),
    e.LinkRestored(machine="P1", boot=8, count=None),
    e.LinkLost(machine="P1", detail="no heartbeat for 10 s"),
    e.OrphanFound(machine="P1", job_order="0" * 32, state="Running"),
    e.OrphanSettled(machine="P1", job_order="0" * 32),
    e.OrderPacked(order="4127"),
    e.OrderShipped(order="4127", carrier="Nord Parcel", on_time=True),
    e.DayClosed(due=1, shipped=1),
    e.RequestKept(key="ef" * 32, request="01" * 32, says="Order 4127 is cancelled."),
    e.CommandGiven(machine="P1", job_order=JOB.id, command=Command.ABORT, reason="jam"),
    e.CommandAnswered(
        machine="P1", job_order=JOB.id, command=Command.ABORT, answer=Answer(Submit.ACCEPTED)
    ),
    e.MachineTakenOut(machine="P1", reason="repair", until_s=7_200),
    e.MachineTakenIn(machine="P1"),
    e.ModeSet(machine="P1", mode=Mode.CONFIRM),
    e.StartConfirmed(machine="P1", operations=("4127/1.1/print",)),
    e.HelpCalled(machine="P1", note="resin on the floor"),
    e.HelpEnded(machine="P1"),
    e.OrderCancelled(
        order="4127",
        reason="changed plans",
        sunk_cents=2_340,
        made=("4127/1.1/print",),
        running=("4127/1.2/print",),
    ),
    e.OrderDropped(order="4127"),
    e.PersonErased(order="4127"),
    *(
        e.WishGranted(number=number, wish=wish, why="a wish")
        for number, wish in enumerate(
            (
                wishes.Pin(operations=("4127/1.1/print",), machine="P1", start_s=1_200),
                wishes.OnMachine(operations=("4127/1.1/print",), machine="P1"),
                wishes.NotBefore(order="4127", at_s=3_600),
                wishes.Expedite(order="4127"),
                wishes.CloseMachine(machine="P1", begin_s=0, end_s=60, why="cleaning"),
                wishes.PlateWait(wait_s=600),
                wishes.LevelOrder(first="stability"),
            ),
            start=1,
        )
    ),
    e.WishWithdrawn(number=1, why="taken back"),
    e.ToteAssigned(order="4127", tote="T-14"),
    e.PartScanned(machine="B1", job_order=JOB.id, operation="4127/1.1/print"),
    e.ScanRefused(machine="B1", job_order=JOB.id, code="4131/1.1/print", why="Another order."),
    e.ScanUndone(machine="B1", job_order=JOB.id, operation="4127/1.1/print"),
    e.PartTaken(machine="P1", job_order=JOB.id, operation="4127/1.1/print", tote="T-14"),
    e.PartScrapped(
        machine="P1", job_order=JOB.id, operation="4127/1.1/print", reason="layer shift"
    ),
    e.FinishUndone(machine="B1", job_order=JOB.id, operations=("4127/1.1-2/bond",)),
    e.LotReceived(material="tpu85", lot="L-1", quantity=4_000_000, note="opening stock"),
    e.LotExpected(material="tpu85", reference="PO-7", quantity=2_000_000, at_s=86_400),
    e.ExpectationEnded(reference="PO-7", why="came in"),
    e.LotCounted(material="tpu85", lot="L-1", quantity=3_900_000, reason="weighed"),
    e.LotUsed(
        machine="P1",
        job_order=JOB.id,
        uses=(("4127/1.1/print", "tpu85", "L-1", 210_000),),
        reported=True,
        note="",
    ),
    e.AlarmRaised(id="failed:P1", source="machine P1", priority="urgent", says="P1 stopped."),
    e.AlarmAcknowledged(id="failed:P1", note="on my way"),
    e.AlarmShelved(id="failed:P1", until_s=3_600, note="spare part"),
    e.AlarmEnded(id="failed:P1"),
    e.VerdictSigned(
        job_order=JOB.id,
        verdict="made_scrap",
        reason="layer shift",
        value_cents=7_120,
        above_cents=6_000,
        withdraws="person amira",
    ),
)


def written():
    drafts = [
        Draft(event=event, at_s=60 * n, utc=f"2026-11-24T05:{n:02d}:00+00:00", station="line 1")
        for n, event in enumerate(EVENTS)
    ]
    return chain(drafts, (0, GENESIS), boot="run 1", epoch=3)


def kept(file=GOLDEN):
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(Row(**json.loads(line)) for line in lines)


def test_every_kind_of_event_is_among_them():
    assert {type(event).__name__ for event in EVENTS} == set(KINDS)


def test_events_are_written_as_ever():
    if os.environ.get("LOTWRIGHT_WRITE_GOLDEN"):
        lines = (json.dumps(asdict(row), ensure_ascii=False) for row in written())
        GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for now, then in zip(written(), kept(), strict=True):
        assert now == then


def test_the_kept_lines_are_read_back_as_what_they_were():
    assert tuple(decode(row.kind, row.version, row.body) for row in kept()) == EVENTS


def test_a_journal_of_the_first_release_is_read_as_what_it_said():
    rows = kept(FIRST)
    assert {row.version for row in rows} == {1}
    assert tuple(decode(row.kind, row.version, row.body) for row in rows) == EVENTS[: len(rows)]
    assert (follow(rows).events, follow(rows).broken) == (len(rows), None)


def test_the_kept_chain_holds():
    verified = follow(kept())
    assert (verified.events, verified.broken) == (len(EVENTS), None)
