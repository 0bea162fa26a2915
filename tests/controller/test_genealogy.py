"""What touched an order: attempts, lots, scans and people, folded from the journal and kept a while."""

import asyncio
import itertools
from dataclasses import replace

from floor import Floor, open_floor
from gloves import EVENING_S, stamp
from test_run import ORDERS, end, world

from controller import events as e
from controller.insights import genealogy, tracing
from controller.insights.genealogy import Kind, Life, Lives
from controller.insights.tracing import take
from controller.journal import Memory
from controller.requests import ImportOrders
from drivers import JobState, Verdict
from scheduler import wishes
from simulators.clock import run


def lives_of(floor: Floor) -> Lives:
    lives = Lives()
    for stamped in floor.journal:
        for _ in take(lives, stamped):
            pass
    return lives


def life_of(floor: Floor, name: str = "A1") -> Life:
    return lives_of(floor).of[name]


def kinds(life: Life) -> list[Kind]:
    return [each.kind for each in life.happened]


def test_an_attempt_is_followed_from_the_intent_to_the_verdict() -> None:
    floor = open_floor()
    job = floor.finish("K1")
    (attempt,) = life_of(floor).attempts
    assert (attempt.machine, attempt.label, attempt.number) == ("K1", job.label, 1)
    assert (attempt.told_s, attempt.began_s, attempt.ended_s) == (0, 0, 1800)
    assert (attempt.verdict, attempt.reason) == ("good", "")
    assert dict(attempt.recipe) == {"courses": 400}


def test_scrap_keeps_the_lost_attempt_beside_the_next_one() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    floor.end(job, Verdict.SCRAP, JobState.ABORTED, "needle broke")
    floor.record(e.MachineCleared(machine="K1"), e.JobConfirmed(machine="K1", job_order=job.id))
    floor.plan()
    operation = job.members[0].operation
    while True:
        again = floor.finish("K1" if "K1" in floor.intents() else "K2")
        if again.members[0].operation == operation:
            break
    first, second = life_of(floor).of(operation)
    assert (first.number, first.verdict, first.reason) == (1, "scrap", "needle broke")
    assert (second.number, second.verdict) == (2, "good")
    assert kinds(life_of(floor))[:4] == [Kind.ACCEPTED, Kind.PLANNED, Kind.BEGUN, Kind.ABORTED]


def test_lots_and_scans_belong_to_their_attempt_even_after_the_machine_is_cleared() -> None:
    floor = open_floor()
    job = floor.finish("K1")
    operation = job.members[0].operation
    floor.record(e.LotReceived(material="yarn", lot="Y-1", quantity=10**6))
    used = ((operation, "yarn", "Y-1", 50_000),)
    floor.record(e.LotUsed(machine="K1", job_order=job.id, uses=used))
    (attempt,) = life_of(floor).attempts
    assert [(use.material, use.lot, use.quantity) for use in attempt.uses] == [
        ("yarn", "Y-1", 50_000)
    ]
    floor.finish("K2")
    floor.plan()
    bath = floor.dispatch("V1")
    facts = (e.PartScanned(machine="V1", job_order=bath.id, operation=operation),)
    lives = lives_of(floor)
    for fact in facts:
        (stamped,) = stamp([(99, fact)])
        for _ in take(lives, stamped):
            pass
    dyed = lives.of["A1"].of(bath.members[0].operation)[0]
    assert [(at_s, scanned) for at_s, scanned, _ in dyed.scans] == [(99, operation)]


def test_each_order_of_a_shared_bath_has_its_own_part_of_the_story() -> None:
    floor = Floor()
    floor.link()
    floor.accept("moss", name="A1")
    floor.accept("moss", name="A2")
    floor.plan()
    for _ in range(2):
        floor.finish("K1")
        floor.finish("K2")
        floor.plan()
    bath = floor.finish("V1")
    lives = lives_of(floor)
    for name in ("A1", "A2"):
        last = lives.of[name].happened[-1]
        assert (last.kind, last.label, last.good) == (
            Kind.FINISHED,
            bath.label,
            (f"{name}/1.1-2/dye",),
        )


def test_a_doubt_and_who_settled_it_are_kept() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.record(e.JobDoubted(job_order=job.id, why="nobody knows"))
    assert life_of(floor).attempts[0].doubted
    floor.record(e.DoubtDecided(job_order=job.id, verdict="made_scrap", reason="looked"))
    floor.journal[-1] = replace(floor.journal[-1], actor="person amira")
    (attempt,) = life_of(floor).attempts
    assert (attempt.doubted, attempt.verdict, attempt.reason) == (False, "scrap", "looked")
    assert attempt.decided_by == "person amira"


def test_the_first_plan_is_kept_and_a_later_one_counts_when_slack_changes() -> None:
    floor = open_floor()
    life = life_of(floor)
    assert life.had_s is not None
    assert set(life.first) == set(floor.state.orders["A1"].routing.operations)
    had_s = life.had_s
    floor.now_s = 7200
    floor.record(e.MachineTakenOut(machine="K1", reason="repair", until_s=None))
    floor.plan()
    life = life_of(floor)
    moved = [each for each in life.happened if each.kind is Kind.MOVED]
    assert len(moved) == 1
    assert moved[0].was_s == had_s
    assert moved[0].slack_s is not None
    assert moved[0].slack_s < had_s - 300
    assert life.had_s == had_s


def test_wishes_totes_cancel_and_erasure_are_in_the_story() -> None:
    floor = open_floor()
    wish = wishes.Expedite(order="A1")
    floor.record(
        e.ToteAssigned(order="A1", tote="T-1"),
        e.WishGranted(number=1, wish=wish, why="Order A1 goes first"),
        e.WishWithdrawn(number=1, why="taken back"),
        e.OrderCancelled(order="A1", reason="ordered twice", sunk_cents=120),
        e.OrderDropped(order="A1"),
        e.PersonErased(order="A1"),
    )
    life = life_of(floor)
    assert kinds(life)[2:] == [
        Kind.TOTE,
        Kind.WISHED,
        Kind.UNWISHED,
        Kind.CANCELLED,
        Kind.DROPPED,
        Kind.ERASED,
    ]
    assert (life.tote, life.sunk_cents, life.left_s) == ("T-1", 120, 0)
    assert life.cancelled is not None
    assert life.cancelled.detail == "ordered twice"


def test_orders_that_left_are_kept_for_a_while_only(monkeypatch) -> None:
    monkeypatch.setattr(tracing, "KEPT", 2)
    floor = Floor()
    for number in range(5):
        floor.accept("moss", name=f"A{number}")
        floor.record(
            e.OrderPacked(order=f"A{number}"),
            e.OrderShipped(order=f"A{number}", carrier="Night Express", on_time=True),
        )
    lives = lives_of(floor)
    assert list(lives.gone) == ["A3", "A4"]
    assert set(lives.of) == {"A3", "A4"}
    floor.now_s = tracing.KEPT_S + 10
    floor.accept("moss", name="A9", due_s=EVENING_S)
    floor.record(e.OrderPacked(order="A9"), e.OrderShipped(order="A9", carrier="x", on_time=True))
    assert set(lives_of(floor).of) == {"A9"}


def test_a_story_that_grows_too_long_loses_its_oldest_lines_but_not_the_first(monkeypatch) -> None:
    monkeypatch.setattr(genealogy, "_LINES", 5)
    floor = open_floor()
    for number in range(20):
        floor.record(e.ToteAssigned(order="A1", tote=f"T-{number}"))
    life = life_of(floor)
    assert len(life.happened) == 5
    assert life.happened[0].kind is Kind.ACCEPTED
    assert life.happened[-1].detail == "T-19"


def test_a_long_plan_is_read_in_slices() -> None:
    floor = open_floor()
    plan = floor.state.plan
    assert plan is not None
    slots = tuple(itertools.islice(itertools.cycle(plan.slots), 2_000))
    lives = lives_of(floor)
    lives.unplanned.add("A1")
    long = e.PlanPublished(
        number=9, why="", slots=slots, levels=(), bound=0, tiers=(), took_ms=0, answers=1
    )
    (stamped,) = stamp([(5, long)])
    assert sum(1 for _ in take(lives, stamped)) >= 4


def test_a_real_run_leaves_a_life_for_every_order_with_persons_named() -> None:
    async def live() -> None:
        w = world(Memory())
        working = asyncio.create_task(w.run.work())
        await w.run.ask(ImportOrders(name="a.csv", content=ORDERS), actor="cli")
        await asyncio.sleep(4_000)
        lives = Lives()
        for stamped in await w.journal.read():
            for _ in take(lives, stamped):
                pass
        assert set(lives.of) == {"A1", "A2"}
        made = [each for life in lives.of.values() for each in life.attempts]
        assert {each.verdict for each in made} <= {"good", ""}
        assert sum(each.verdict == "good" for each in made) >= 4
        await end(working, w)

    run(live())
