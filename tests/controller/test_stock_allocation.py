"""Who gets the material when there is not enough of it, and from when."""

import time

from floor import Floor
from gloves import EVENING_S, HOUR, NOON_S
from stocked import GRAM, KILO, ask, plan, settle, store_floor

from controller import events as e
from controller.decide import decide
from controller.effects import AskPlan
from controller.stock.allocation import OVERDUE_S, allocate, reserved
from controller.stock.requests import CountLot, ExpectLot, ReceiveLot
from controller.stock.words import why_without
from drivers import Verdict
from plant_config.material import OpeningReceipt
from scheduler import wishes


def knits(order: str) -> set[str]:
    return {f"{order}/1.1/knit", f"{order}/1.2/knit"}


def test_the_earliest_cut_off_gets_what_is_there() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", name="A1", due_s=EVENING_S)
    floor.accept("moss", name="A2", due_s=NOON_S)
    assert allocate(floor.state).without == knits("A1")
    assert why_without(floor.state, "A1") == (
        "Waiting for Yarn, 100 g short; no receipt covers it."
    )
    assert why_without(floor.state, "A2") == ""


def test_an_expedited_order_comes_before_earlier_cut_offs() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", name="A1", due_s=EVENING_S)
    floor.accept("moss", name="A2", due_s=NOON_S)
    floor.record(e.WishGranted(number=1, wish=wishes.Expedite(order="A1"), why="urgent"))
    assert allocate(floor.state).without == knits("A2")


def test_what_is_not_in_the_store_comes_with_the_receipt() -> None:
    receipt = OpeningReceipt(material="yarn", reference="PO1", quantity=2 * KILO, after=27 * HOUR)
    floor = store_floor(("Y1", 130 * GRAM), expected=(receipt,))
    floor.accept("moss", name="A1", due_s=NOON_S)
    floor.accept("moss", name="A2", due_s=EVENING_S)
    found = allocate(floor.state)
    assert found.without == frozenset()
    assert found.at_hand_s == dict.fromkeys(knits("A2"), 27 * HOUR)
    assert why_without(floor.state, "A2") == (
        "Waiting for Yarn, 70 g short; 2 kg expected 25 Nov 09:00."
    )


def test_an_order_that_can_be_made_whole_is_not_starved_by_one_that_cannot() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", "moss", name="A1", due_s=NOON_S)
    floor.accept("moss", name="A2", due_s=EVENING_S)
    assert {name.partition("/")[0] for name in allocate(floor.state).without} == {"A1"}


def test_what_was_given_to_machines_is_not_given_again() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", name="A1", due_s=NOON_S)
    plan(floor)
    for machine in sorted({"K1", "K2"} & set(floor.intents())):
        floor.dispatch(machine)
    floor.accept("moss", name="A2")
    assert allocate(floor.state).without == knits("A2")
    assert reserved(floor.state) == {"yarn": 200 * GRAM}


def test_scrap_needs_its_material_a_second_time() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", name="A1")
    plan(floor)
    job = floor.dispatch(min({"K1", "K2"} & set(floor.intents())))
    floor.run(job)
    floor.end(job, Verdict.SCRAP)
    settle(floor)
    assert len(allocate(floor.state).without) == 1


def test_a_cancelled_order_lets_go_of_its_material() -> None:
    floor = store_floor(("Y1", 100 * GRAM))
    floor.accept("moss", name="A1", due_s=NOON_S)
    floor.accept("moss", name="A2")
    floor.record(e.OrderCancelled(order="A1", reason="changed plans", sunk_cents=0))
    assert allocate(floor.state).without == frozenset()


def test_an_overdue_receipt_is_hoped_for_a_little_later_and_never_started_on() -> None:
    receipt = OpeningReceipt(material="yarn", reference="PO1", quantity=KILO, after=HOUR)
    floor = store_floor(("Y1", 0), expected=(receipt,))
    floor.accept("moss", name="A1")
    plan(floor)
    floor.now_s = 2 * HOUR
    floor.record(e.LinkRestored(machine="K1", boot=1, count=0))
    assert set(allocate(floor.state).at_hand_s.values()) == {2 * HOUR + OVERDUE_S}
    assert why_without(floor.state, "A1") == (
        "Waiting for Yarn, 100 g short; 1 kg overdue since 07:00."
    )
    assert floor.intents() == {}


def test_a_machine_that_waits_for_material_gets_another_plan() -> None:
    receipt = OpeningReceipt(material="yarn", reference="PO1", quantity=KILO, after=HOUR)
    floor = store_floor(("Y1", 0), expected=(receipt,))
    floor.accept("moss", name="A1")
    plan(floor)
    floor.now_s = HOUR + 60
    floor.state.plan_s = HOUR - 600
    asked = [s.effect for s in decide(floor.state, floor.transient, floor.now_s)]
    assert [each.why for each in asked if isinstance(each, AskPlan)] == ["material is missing"]


def test_a_receipt_lets_work_start_that_waited_for_it() -> None:
    floor = store_floor(("Y1", 0))
    floor.accept("moss", name="A1")
    assert allocate(floor.state).without == knits("A1")
    demand = floor.state.demand
    ask(floor, ReceiveLot(material="yarn", lot="Y2", quantity=KILO))
    assert floor.state.demand > demand
    assert allocate(floor.state).without == frozenset()
    plan(floor)
    assert {"K1", "K2"} & set(floor.intents())


def test_a_count_and_an_expectation_change_who_gets_what() -> None:
    floor = store_floor(("Y1", KILO))
    floor.accept("moss", name="A1")
    assert allocate(floor.state).lacks == {}
    ask(floor, CountLot(material="yarn", lot="Y1", quantity=60 * GRAM, reason="weighed"))
    # One glove alone helps nobody, but nobody else wants the rest.
    assert len(allocate(floor.state).without) == 1
    ask(floor, ExpectLot(material="yarn", reference="PO9", quantity=KILO, at_s=9 * HOUR))
    assert allocate(floor.state).without == frozenset()
    assert set(allocate(floor.state).at_hand_s.values()) == {9 * HOUR}


def test_a_thousand_orders_are_served_within_the_time_of_a_frame() -> None:
    floor = store_floor(("Y1", 80 * KILO))
    for number in range(1_000):
        floor.accept("moss", name=f"B{number}", due_s=EVENING_S + number)
    best = min(_timed(floor) for _ in range(5))
    assert len(allocate(floor.state).without) == 400
    assert best < 0.04, f"{best * 1000:.1f} ms"


def _timed(floor: Floor) -> float:
    floor.state.store.allocated = None
    begun = time.process_time()
    allocate(floor.state)
    return time.process_time() - begun
