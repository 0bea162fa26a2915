"""Alarms about material: raised by what the store says, ended when it no longer does."""

from gloves import HOUR
from stocked import GRAM, KILO, ask, end, plan, settle, store_floor

from controller.alarms.conditions import conditions
from controller.stock.alarms import LATE_S
from controller.stock.requests import CountLot, ExpectLot, ReceiveLot
from plant_config.material import OpeningReceipt


def about_stock(floor: object) -> dict[str, str]:
    found = conditions(floor.state, floor.now_s)
    return {name: each.says for name, each in found.items() if each.source.startswith("material")}


def test_missing_material_is_told_until_a_receipt_covers_it() -> None:
    floor = store_floor(("Y1", 50 * GRAM))
    floor.accept("moss", name="A1")
    assert about_stock(floor) == {
        "missing:yarn": "Yarn is missing: 1 order waits, and no receipt covers it."
    }
    ask(floor, ExpectLot(material="yarn", reference="PO1", quantity=2 * KILO, at_s=HOUR))
    assert about_stock(floor) == {}


def test_what_runs_low_is_to_be_ordered() -> None:
    floor = store_floor(("Y1", 380 * GRAM))
    assert about_stock(floor) == {}
    floor.accept("moss", name="A1")
    said = "Yarn is to be ordered: less than 300 g will be left."
    assert about_stock(floor) == {"reorder:yarn": said}
    ask(floor, ReceiveLot(material="yarn", lot="Y2", quantity=KILO))
    assert about_stock(floor) == {}


def test_use_as_planned_changes_nothing_about_what_is_free() -> None:
    floor = store_floor(("Y1", 380 * GRAM))
    floor.accept("moss", name="A1")
    plan(floor)
    job = floor.dispatch(min({"K1", "K2"} & set(floor.intents())))
    floor.run(job)
    before = about_stock(floor)
    end(floor, job)
    settle(floor)
    assert about_stock(floor) == before
    floor.state.store.allocated = None
    assert about_stock(floor) == before


def test_more_used_than_there_was_asks_for_a_count() -> None:
    floor = store_floor(("Y1", KILO))
    floor.accept("moss", name="A1")
    plan(floor)
    job = floor.dispatch(min({"K1", "K2"} & set(floor.intents())))
    floor.run(job)
    ask(floor, CountLot(material="yarn", lot="Y1", quantity=10 * GRAM, reason="weighed"))
    end(floor, job)
    settle(floor)
    said = f"{job.machine} used 40 g more Yarn than the store had."
    assert about_stock(floor)["count:yarn"] == said


def test_a_receipt_that_does_not_come_is_told_once_an_hour_has_passed() -> None:
    receipt = OpeningReceipt(material="yarn", reference="PO1", quantity=KILO, after=HOUR)
    floor = store_floor(("Y1", KILO), expected=(receipt,))
    floor.now_s = HOUR + LATE_S - 1
    assert about_stock(floor) == {}
    floor.now_s = HOUR + LATE_S
    said = "1 kg of Yarn (PO1) should have come more than 1 h 00 ago."
    assert about_stock(floor) == {"overdue:PO1": said}
