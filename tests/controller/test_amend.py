"""Orders that are taken back: what is refused, what it cost, what still runs, and who is forgotten."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from floor import Floor, open_floor

from controller import events as e
from controller.amend.judge import judge, sunk_cents
from controller.amend.requests import CancelOrder, ForgetPerson
from controller.desk import Person
from controller.effects import AskPlan
from controller.insights import close
from controller.journal import Draft, InlineJournal, Journal
from controller.judged import Judged
from controller.requests import Refusal, RefusedRow
from controller.state import Phase
from controller.waiting import next_slot
from drivers import JobState, Verdict
from plant_config import standard_cost
from scheduler import wishes


def cancel(floor: Floor, name: str = "A1", reason: str = "customer changed plans") -> Judged:
    judged = judge(floor.state, CancelOrder(order=name, reason=reason))
    assert isinstance(judged, Judged), judged
    floor.record(*judged.facts)
    return judged


def facts(floor: Floor) -> list[e.Event]:
    """Return what follows now, effects left out."""
    return [step.event for step in floor.steps() if step.event is not None]


def refused(floor: Floor, name: str, reason: str = "why not") -> str:
    judged = judge(floor.state, CancelOrder(order=name, reason=reason))
    assert isinstance(judged, Refusal), judged
    return judged.why


def test_an_order_that_nobody_began_leaves_at_once_and_nothing_is_sunk() -> None:
    floor = open_floor()
    judged = cancel(floor)
    assert judged.says == "Order A1 is cancelled; EUR 0.00 is sunk."
    (step,) = [s for s in floor.steps() if isinstance(s.event, e.OrderDropped)]
    floor.record(step.event)
    assert floor.state.orders == {}
    assert floor.state.work == {}
    assert floor.steps() == ()
    assert "A1" in floor.state.known_orders


def test_what_runs_is_named_ends_first_and_only_then_the_order_leaves() -> None:
    floor = open_floor()
    left, right = floor.dispatch("K1"), floor.dispatch("K2")
    floor.run(left)
    judged = cancel(floor)
    assert "Knit A1 L on K1, knit A1 R on K2 are finished first and put aside." in judged.says
    opened = floor.state.orders["A1"]
    assert opened.cancelled is not None
    assert opened.cancelled.reason == "customer changed plans"
    floor.end(left)
    assert not any(isinstance(s.event, e.OrderDropped) for s in floor.steps())
    floor.run(right)
    floor.end(right)
    assert not any(isinstance(fact, e.OrderDropped) for fact in facts(floor))
    floor.record(e.MachineCleared(machine="K1"), e.MachineCleared(machine="K2"))
    assert facts(floor) == [e.OrderDropped(order="A1")]


def test_sunk_cost_is_what_is_done_or_running_at_standard_rates() -> None:
    floor = open_floor()
    opened = floor.state.orders["A1"]
    assert sunk_cents(floor.state, opened) == 0
    floor.finish("K1")
    one = sunk_cents(floor.state, opened)
    floor.dispatch("K2")
    assert sunk_cents(floor.state, opened) == 2 * one > 0
    for work in floor.state.work.values():
        work.phase = Phase.DONE
    assert sunk_cents(floor.state, opened) == standard_cost(floor.plant, opened.order)


def test_nothing_more_is_started_for_a_cancelled_order() -> None:
    floor = open_floor()
    floor.dispatch("K1")
    assert next_slot(floor.state, "K2") is not None
    cancel(floor)
    assert next_slot(floor.state, "K2") is None
    assert floor.intents() == {}


@pytest.mark.parametrize("verdict", [Verdict.SCRAP, Verdict.NOT_MADE])
def test_scrap_of_a_cancelled_order_is_not_remade_and_asks_for_no_plan(verdict: Verdict) -> None:
    floor = open_floor()
    floor.accept("black", name="A2")
    floor.plan()
    job = floor.dispatch("K1")
    floor.run(job)
    name = job.members[0].operation.partition("/")[0]
    cancel(floor, name)
    floor.plan()
    before = floor.state.demand
    floor.end(job, verdict)
    assert floor.state.demand == before
    floor.record(e.MachineCleared(machine="K1"))
    assert facts(floor) == [e.OrderDropped(order=name)]
    floor.record(e.OrderDropped(order=name))
    asked = [s.effect for s in floor.steps() if isinstance(s.effect, AskPlan)]
    assert [each for each in asked if each.quick] == []


def test_a_bath_of_several_orders_ends_right_when_one_of_them_was_cancelled() -> None:
    floor = Floor()
    floor.link()
    floor.accept("moss", name="A1")
    floor.accept("moss", name="A2")
    floor.plan()
    for _ in range(2):
        floor.finish("K1")
        floor.finish("K2")
        floor.plan()
    bath = floor.dispatch("V1")
    assert {m.operation.partition("/")[0] for m in bath.members} == {"A1", "A2"}
    floor.run(bath)
    cancel(floor, "A1")
    floor.end(bath)
    assert floor.state.work["A2/1.1-2/dye"].phase is Phase.DONE
    floor.record(e.MachineCleared(machine="V1"))
    assert facts(floor) == [e.OrderDropped(order="A1")]
    floor.record(e.OrderDropped(order="A1"))
    assert set(floor.state.orders) == {"A2"}


def test_a_plan_that_was_asked_for_before_the_cancel_leaves_the_order_out() -> None:
    floor = open_floor()
    floor.accept("black", name="A2")
    floor.plan()
    floor.dispatch("K1")
    cancel(floor, "A1")
    floor.plan()
    planned = {n.partition("/")[0] for s in floor.state.plan.slots for n in s.operations}
    assert planned == {"A2"}


def test_a_reason_is_needed_and_each_refusal_says_why() -> None:
    floor = open_floor()
    assert "needs a reason" in refused(floor, "A1", reason="  ")
    assert "There is no order 'A9'" in refused(floor, "A9")
    cancel(floor)
    assert "was cancelled at 06:00" in refused(floor, "A1")
    floor.record(e.OrderDropped(order="A1"))
    assert "no longer open" in refused(floor, "A1")


def test_a_packed_order_cannot_be_cancelled() -> None:
    floor = open_floor()
    floor.record(e.OrderPacked(order="A1"))
    assert "can only come back as a return" in refused(floor, "A1")


def test_wishes_about_a_cancelled_order_are_over() -> None:
    floor = open_floor()
    wish = wishes.Expedite(order="A1")
    floor.record(e.WishGranted(number=1, wish=wish, why="Order A1 goes first"))
    floor.dispatch("K1")
    cancel(floor)
    withdrawn = [s.event for s in floor.steps() if isinstance(s.event, e.WishWithdrawn)]
    assert withdrawn == [e.WishWithdrawn(number=1, why="the order was cancelled")]


def test_the_closing_card_counts_a_cancelled_order_apart() -> None:
    floor = open_floor()
    floor.accept("black", name="A2")
    floor.plan()
    floor.finish("K1")
    sunk = sunk_cents(floor.state, floor.state.orders["A1"]) or sunk_cents(
        floor.state, floor.state.orders["A2"]
    )
    begun = next(n for n, w in floor.state.work.items() if w.phase is Phase.DONE)
    cancel(floor, begun.partition("/")[0])
    card = close(floor.journal, floor.plant)
    assert card.day.due == 1
    assert (card.cancelled.count, card.cancelled.sunk_cents) == (1, sunk)


def test_a_day_of_cancelled_orders_closes_all_the_same() -> None:
    floor = open_floor()
    cancel(floor)
    floor.record(e.OrderDropped(order="A1"))
    floor.now_s = 86_000
    assert facts(floor) == [e.DayClosed(due=0, shipped=0)]


def test_a_doubt_about_a_cancelled_order_is_still_a_persons_to_decide() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.record(e.JobDoubted(job_order=job.id, why="nobody knows"))
    cancel(floor)
    assert not any(isinstance(s.event, e.OrderDropped) for s in floor.steps())
    floor.record(e.DoubtDecided(job_order=job.id, verdict="made_scrap", reason="looked"))
    floor.record(e.MachineCleared(machine="K1"))
    assert facts(floor) == [e.OrderDropped(order="A1")]


def test_forgetting_says_so_and_warns_while_the_order_is_open() -> None:
    floor = open_floor()
    judged = judge(floor.state, ForgetPerson(order="A1"))
    assert isinstance(judged, Judged)
    assert judged.forget == ("A1",)
    assert judged.facts == (e.PersonErased(order="A1"),)
    assert "It is still open" in judged.says
    floor.record(*judged.facts)
    assert floor.state.erased == {"A1": 0}
    nobody = judge(floor.state, ForgetPerson(order="A9"))
    assert isinstance(nobody, Refusal)


def test_a_shipped_order_can_be_forgotten() -> None:
    floor = open_floor()
    floor.record(e.OrderPacked(order="A1"))
    floor.record(e.OrderShipped(order="A1", carrier="Night Express", on_time=True))
    judged = judge(floor.state, ForgetPerson(order="A1"))
    assert isinstance(judged, Judged)
    assert judged.says == "Name, place, texts and refused rows of order A1 are erased."


def row(order: str, value: str) -> RefusedRow:
    return RefusedRow(row=2, column="customer", value=value, reason="too long", order=order)


def test_erasing_takes_the_refused_rows_of_the_order_and_leaves_the_others() -> None:
    async def main() -> None:
        journal = InlineJournal()
        await journal.remember_person("A1", Person(name="Mara Klein"))
        await journal.remember_refusals("a.csv", [row("A1", "Mara"), row("A2", "Ruth")])
        await journal.erase_person("A1")
        assert journal.person("A1") == Person()
        assert [kept.value for _, kept in journal.refusals()] == ["Ruth"]

    asyncio.run(main())


def test_what_was_erased_is_in_no_file_any_more_and_the_chain_holds(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"

    async def main() -> None:
        journal = Journal.open(f"sqlite:///{file}")
        person = Person(name="Zebedia Quux", place="Xanadu 7", texts=(("1.heel", "VROOM"),))
        await journal.remember_person("A1", person)
        await journal.remember_refusals("a.csv", [row("A1", "Zebedia Quux the Very Long")])
        taken = e.OrderCancelled(order="A1", reason="r", sunk_cents=0)
        utc = "2026-11-24T05:00:00+00:00"
        await journal.append([Draft(event=taken, at_s=0, utc=utc)])
        assert b"Zebedia" in everything(tmp_path)
        await journal.erase_person("A1")
        await journal.append([Draft(event=e.PersonErased(order="A1"), at_s=1, utc=utc)])
        assert (await journal.verify()).broken is None
        assert journal.person("A1") == Person()
        found = everything(tmp_path)
        assert b"PersonErased" in found
        for words in (b"Zebedia", b"Xanadu", b"VROOM"):
            assert words not in found
        journal.close()

    asyncio.run(main())
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT count(*) FROM refusals").fetchone() == (0,)
    database.close()


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_an_aborted_machine_gives_nothing_of_a_cancelled_order_back() -> None:
    floor = open_floor()
    job = floor.dispatch("K1")
    floor.run(job)
    cancel(floor)
    floor.end(job, Verdict.NOT_MADE, JobState.ABORTED, "needle broke")
    assert floor.state.machines["K1"].failed == "needle broke"
    floor.record(e.MachineCleared(machine="K1"))
    assert e.OrderDropped(order="A1") in facts(floor)
