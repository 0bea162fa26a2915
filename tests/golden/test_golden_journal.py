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
from plant_config import Line, Order, Spec
from scheduler import Slot

GOLDEN = Path(__file__).parent / "journal.jsonl"

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
)


def written():
    drafts = [
        Draft(event=event, at_s=60 * n, utc=f"2026-11-24T05:{n:02d}:00+00:00", station="line 1")
        for n, event in enumerate(EVENTS)
    ]
    return chain(drafts, (0, GENESIS), boot="run 1", epoch=3)


def kept():
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()
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


def test_the_kept_chain_holds():
    verified = follow(kept())
    assert (verified.events, verified.broken) == (len(EVENTS), None)
