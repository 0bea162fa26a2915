"""What may be said about material, and what is refused with words."""

import pytest
from floor import Floor
from gloves import HOUR, ORIGIN, PLANT
from stocked import GRAM, KILO, adds_up, ask, store_floor

from controller.judge import judge
from controller.judged import Judged
from controller.requests import Refusal
from controller.stock.judge import parse
from controller.stock.requests import CountLot, EndExpectation, ExpectLot, ReceiveLot


def refused(floor: Floor, request: object) -> str:
    answer = ask(floor, request)
    assert isinstance(answer, Refusal), answer
    return answer.why


def taken(floor: Floor, request: object) -> str:
    answer = ask(floor, request)
    assert isinstance(answer, Judged), answer
    return answer.says


def test_a_lot_comes_in_against_its_expectation() -> None:
    floor = store_floor(("Y1", KILO))
    said = taken(floor, ExpectLot(material="yarn", reference="", quantity=2 * KILO, at_s=27 * HOUR))
    assert said == "2 kg of Yarn expected 25 Nov 09:00 as R1."
    said = taken(floor, ReceiveLot(material="yarn", lot="Y2", quantity=KILO, reference="R1"))
    assert said == "1 kg of Yarn are in the store as lot Y2. 1 kg less than expected."
    assert floor.state.store.expected == {}
    assert floor.state.store.on_hand("yarn") == 2 * KILO
    assert floor.state.revisions["stock:yarn"].seq == floor.state.seq
    assert adds_up(floor)


def test_a_lot_is_received_once_unless_more_of_it_came() -> None:
    floor = store_floor(("Y1", KILO))
    again = ReceiveLot(material="yarn", lot="Y1", quantity=KILO)
    assert refused(floor, again).startswith("Lot Y1 of Yarn came in at 06:00 with 1 kg.")
    taken(floor, ReceiveLot(material="yarn", lot="Y1", quantity=KILO, more=True))
    assert floor.state.store.lots["yarn", "Y1"].received == 2 * KILO


def test_a_count_says_what_it_changed() -> None:
    floor = store_floor(("Y1", KILO))
    said = taken(floor, CountLot(material="yarn", lot="Y1", quantity=850 * GRAM, reason="weighed"))
    assert said == "Lot Y1 of Yarn holds 850 g, 150 g less than the store said."
    said = taken(floor, CountLot(material="yarn", lot="Y1", quantity=850 * GRAM, reason="again"))
    assert said == "Lot Y1 of Yarn holds 850 g, as thought."
    assert adds_up(floor)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (ReceiveLot(material="silk", lot="S1", quantity=1), "There is no material 'silk' here."),
        (ReceiveLot(material="yarn", lot="", quantity=1), "A lot needs a code"),
        (ReceiveLot(material="yarn", lot="a/b", quantity=1), "'a/b' is none"),
        (ReceiveLot(material="yarn", lot="Y9", quantity=0), "Nothing came in: the amount is 0."),
        (ReceiveLot(material="yarn", lot="Y9", quantity=-5), "less than nothing"),
        (ReceiveLot(material="yarn", lot="Y9", quantity=10**12), "is more than 10,000 kg"),
        (ReceiveLot(material="yarn", lot="Y9", quantity=1, reference="PO"), "'PO' is expected"),
        (ReceiveLot(material="yarn", lot="Y9", quantity=1, note="x" * 201), "At most 200"),
        (CountLot(material="yarn", lot="Y9", quantity=1, reason="r"), "There is no lot 'Y9'"),
        (CountLot(material="yarn", lot="Y1", quantity=-1, reason="r"), "less than nothing"),
        (CountLot(material="yarn", lot="Y1", quantity=1, reason=" "), "A count needs a reason"),
        (ExpectLot(material="yarn", reference="P", quantity=1, at_s=0), "06:00 is past"),
        (ExpectLot(material="yarn", reference="P", quantity=1, at_s=10**9), "more than a year"),
        (EndExpectation(reference="PO7", why="late"), "No receipt 'PO7' is expected"),
    ],
)
def test_what_cannot_be_is_refused_with_words(request_: object, why: str) -> None:
    floor = store_floor(("Y1", KILO))
    before = floor.state.seq
    assert why in refused(floor, request_)
    assert floor.state.seq == before


def test_a_receipt_is_called_off_with_a_reason_and_named_once() -> None:
    floor = store_floor(("Y1", KILO))
    taken(floor, ExpectLot(material="yarn", reference="PO7", quantity=KILO, at_s=HOUR))
    twice = ExpectLot(material="yarn", reference="PO7", quantity=KILO, at_s=HOUR)
    assert refused(floor, twice) == "Receipt PO7 is expected already: 1 kg of Yarn, 07:00."
    assert "needs a reason" in refused(floor, EndExpectation(reference="PO7", why=""))
    taken(floor, EndExpectation(reference="PO7", why="supplier has none"))
    assert floor.state.store.expected == {}


def test_a_plant_that_keeps_no_stock_says_how_to_keep_it() -> None:
    floor = Floor(plant=PLANT)
    request = ReceiveLot(material="yarn", lot="Y1", quantity=KILO)
    answer = judge(floor.state, request, now_s=0, utc=ORIGIN)
    assert isinstance(answer, Refusal)
    assert answer.why.startswith("Glove works keeps no stock, so nothing runs out.")


@pytest.mark.parametrize(
    ("text", "amount"), [("2 kg", 2 * KILO), (" 1.5 g ", 1_500), ("1 kg 200 g", 1_200_000)]
)
def test_amounts_are_read_with_their_unit(text: str, amount: int) -> None:
    assert parse(store_floor(("Y1", KILO)).state, "yarn", text) == amount


@pytest.mark.parametrize(
    ("text", "why"),
    [("2", "a number without a unit"), ("2 l", "no unit 'l' here"), ("-3 kg", "less than nothing")],
)
def test_amounts_without_a_fitting_unit_are_refused(text: str, why: str) -> None:
    said = parse(store_floor(("Y1", KILO)).state, "yarn", text)
    assert isinstance(said, Refusal)
    assert why in said.why
