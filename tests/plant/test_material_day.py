"""A material runs out in the middle of a day: what runs ends, the rest waits, all is made in the end."""

import random
from collections.abc import Iterator

import pytest

from controller import events as e
from controller.fold import apply
from controller.requests import Taken
from controller.state import State
from controller.stock.allocation import allocate, issued
from controller.stock.requests import CountLot, ExpectLot, ReceiveLot
from controller.stock.words import why_without
from plant_config import route
from simulators.oracle import count, needs
from tests.plant.virtual_day import Day, Script, virtual_day

pytestmark = pytest.mark.timeout(300)

HOUR, GRAM, KILO = 3600, 1_000, 1_000_000
GONE_S, ANNOUNCED_S, EXPECTED_S, COMES_S = 2 * HOUR, 2 * HOUR + 900, 6 * HOUR, 6 * HOUR + 2_400
SAND = (
    (
        GONE_S,
        CountLot(material="yarn_sand", lot="SA-2240", quantity=0, reason="the cone box was empty"),
    ),
    (GONE_S, CountLot(material="yarn_sand", lot="SA-2231", quantity=9 * GRAM, reason="weighed")),
    (
        ANNOUNCED_S,
        ExpectLot(material="yarn_sand", reference="PO1", quantity=3 * KILO, at_s=EXPECTED_S),
    ),
    (COMES_S, ReceiveLot(material="yarn_sand", lot="SA-3000", quantity=3 * KILO, reference="PO1")),
)


def sand_of(day: Day) -> set[str]:
    """Return the knitting that needs the yarn that runs out."""
    return {
        name
        for order in day.orders
        for name, operation in route(order, day.plant).operations.items()
        if any(material == "yarn_sand" for material, _ in operation.uses)
    }


def watched(day: Day) -> Iterator[tuple[State, e.Stamped]]:
    """Fold the journal again and yield each event with the state right before it."""
    state = State(day.plant)
    for stamped in day.journal:
        yield state, stamped
        apply(state, stamped)


def holds_to_its_books(day: Day) -> None:
    """At each moment: nothing negative, all accounted for, no start without material, one use each."""
    accounted: list[str] = []
    for state, stamped in watched(day):
        for lot in state.store.lots.values():
            assert lot.quantity == lot.received - lot.used + lot.corrected >= 0
        if isinstance(stamped.event, e.LotUsed):
            accounted.append(stamped.event.job_order)
        if isinstance(stamped.event, e.JobIntended):
            wanted = issued(state)
            for member in stamped.event.job.members:
                order = state.orders[member.operation.partition("/")[0]]
                for material, quantity in order.routing.operations[member.operation].uses:
                    left = state.store.on_hand(material) - wanted.get(material, 0)
                    assert left >= quantity, f"{member.operation} began without {material}"
                    wanted[material] = wanted.get(material, 0) + quantity
    assert len(accounted) == len(set(accounted)) > 0


def all_is_made_once(day: Day) -> None:
    counted = count(day.ledger.entries(), needs(day.plant, day.orders))
    assert (counted.made_twice, counted.missing, counted.unknown) == ((), (), ())
    assert day.state is not None
    assert day.state.orders == {}


def test_what_needs_it_waits_for_the_receipt_and_everything_else_ships() -> None:
    day = virtual_day(Script(plant="sneaker", plan_steps=20, asks=SAND, days=2, until_h=45))
    assert all(isinstance(said, Taken) for said in day.replies["ask 0"] + day.replies["ask 3"])
    holds_to_its_books(day)
    all_is_made_once(day)
    sand, begun, waited, planned_ahead = sand_of(day), set[str](), "", False
    for state, stamped in watched(day):
        event = stamped.event
        if isinstance(event, e.JobIntended):
            names = {member.operation for member in event.job.members}
            if GONE_S < stamped.at_s < COMES_S:
                assert not names & sand
            begun |= names
        if isinstance(event, e.PlanPublished) and GONE_S + 60 < stamped.at_s < COMES_S:
            first = min(
                (slot.start_s for slot in event.slots if sand & set(slot.operations)),
                default=COMES_S,
            )
            assert first >= (EXPECTED_S if stamped.at_s > ANNOUNCED_S else COMES_S)
            planned_ahead |= any(sand & set(slot.operations) for slot in event.slots)
            waited = waited or next(filter(None, (why_without(state, n) for n in state.orders)), "")
    assert sand <= begun
    assert planned_ahead
    assert waited.startswith("Waiting for Yarn Sand, ")
    unhurt = {order.id for order in day.orders} - {name.partition("/")[0] for name in sand}
    late = {
        s.event.order
        for s in day.journal
        if isinstance(s.event, e.OrderShipped) and not s.event.on_time
    }
    assert unhurt
    assert not late & unhurt


def test_running_work_is_untouched_when_the_store_is_found_empty() -> None:
    day = virtual_day(Script(plant="sneaker", plan_steps=10, asks=SAND[:2], until_h=30))
    assert day.state is not None
    told = {
        s.event.job.id: s.at_s
        for s in day.journal
        if isinstance(s.event, e.JobIntended) and s.at_s <= GONE_S
    }
    ended = {
        s.event.report.job_order: s.event.report.state
        for s in day.journal
        if isinstance(s.event, e.JobReported)
    }
    assert {ended[name] for name in told} == {"Ended"}
    holds_to_its_books(day)
    left = set(day.state.orders)
    hurt = {name.partition("/")[0] for name in sand_of(day)}
    assert left
    assert left <= hurt
    assert left == {n.partition("/")[0] for n in allocate(day.state).without}


@pytest.mark.parametrize("seed", [3])
def test_crashes_in_such_a_day_lose_and_double_nothing(seed: int) -> None:
    crashes = frozenset(random.Random(seed).sample(range(20_000), 30))
    script = Script(
        plant="sneaker",
        seed=seed,
        plan_steps=5,
        asks=SAND,
        days=2,
        until_h=45,
        crashes=crashes,
    )
    day = virtual_day(script)
    assert day.crashes > 10
    holds_to_its_books(day)
    all_is_made_once(day)
    received = [s.event.lot for s in day.journal if isinstance(s.event, e.LotReceived)]
    assert sorted(received) == sorted(set(received))
