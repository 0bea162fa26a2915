"""Why a wish cannot be granted is said in one sentence before anything is planned."""

import pytest
from test_pose import CHOICES, some_spec

from plant_config import Line, Order, due_of, load, read_folder, route, shipped
from scheduler import Frozen, Slot
from scheduler.wishes import (
    CloseMachine,
    Expedite,
    LevelOrder,
    NotBefore,
    OnMachine,
    Pin,
    PlateWait,
    refusal,
)

NOW_S = 4 * 3600
"""10:00: the day begins at 06:00."""
AT_S = 6 * 3600 + 23 * 60
"""12:23."""
PLANT = load(read_folder(shipped("sneaker")))
ORDERS = tuple(
    Order(
        id=f"41{number:02d}",
        lines=(Line(1, some_spec(PLANT.products["shoe"], CHOICES[number % 2]), 1),),
        release_s=0,
        due_s=due_of(PLANT, PLANT.cut_offs[0].carrier, 0),
        cut_off=PLANT.cut_offs[0].carrier,
    )
    for number in range(4)
)
ROUTINGS = {order.id: route(order, PLANT) for order in ORDERS}
PRINTS = ("4100/1.1/print", "4100/1.2/print")
RUNNING = Slot(
    machine="P3",
    operations=("4102/1.1/print",),
    family="",
    setup_start_s=NOW_S - 600,
    start_s=NOW_S - 300,
    end_s=NOW_S + 7_200,
)
FROZEN = Frozen(done={"4102/1.1/knit": 900}, running=(RUNNING,))


def refused(wish, *granted):
    return refusal(wish, PLANT, ROUTINGS, FROZEN, NOW_S, granted)


@pytest.mark.parametrize(
    "wish",
    [
        Pin(operations=PRINTS, machine="P2", start_s=AT_S),
        OnMachine(operations=PRINTS, machine="P4"),
        NotBefore(order="4101", at_s=AT_S),
        NotBefore(order="4101", at_s=AT_S, operations=("4101/pack",)),
        Expedite(order="4103"),
        CloseMachine(machine="P3", begin_s=0, end_s=AT_S),
        PlateWait(wait_s=0),
        LevelOrder(first="stability"),
    ],
)
def test_a_wish_that_can_be_tried_is_not_refused(wish):
    assert refused(wish) is None


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (
            OnMachine(operations=("4101/1.1/print",), machine="K1"),
            "K1 cannot do 4101/1.1/print; P1, P2, P3, P4 and P5 can.",
        ),
        (OnMachine(operations=PRINTS, machine="X1"), "There is no machine X1."),
        (OnMachine(operations=(), machine="P1"), "No operation is named."),
        (OnMachine(operations=PRINTS[:1] * 2, machine="P1"), "An operation is named twice."),
        (OnMachine(operations=("4999/pack",), machine="W1"), "Order 4999 is not open."),
        (
            OnMachine(operations=("4101/9.9/knit",), machine="K1"),
            "Order 4101 has no operation 4101/9.9/knit.",
        ),
        (
            OnMachine(operations=("4102/1.1/knit",), machine="K1"),
            "4102/1.1/knit is finished already.",
        ),
        (
            Pin(operations=("4102/1.1/print",), machine="P1", start_s=AT_S),
            "4102/1.1/print runs on P3 already, and what runs stays there.",
        ),
        (
            Pin(operations=PRINTS, machine="P2", start_s=NOW_S - 60),
            "09:59 is over; it is 10:00.",
        ),
        (
            Pin(operations=("4100/1.1/knit", "4100/1.2/knit"), machine="K1", start_s=AT_S),
            "K1 takes one at a time.",
        ),
        (
            Pin(operations=PRINTS, machine="P3", start_s=NOW_S + 3_600),
            "P3 has 4102/1.1/print until 12:00.",
        ),
        (
            Pin(operations=PRINTS, machine="P2", start_s=20 * 3600),
            "P2 does not work at 02:00 tomorrow; its next shift begins at 06:00 tomorrow.",
        ),
        (NotBefore(order="4999", at_s=AT_S), "Order 4999 is not open."),
        (NotBefore(order="4101", at_s=NOW_S), "10:00 is over; it is 10:00."),
        (
            NotBefore(order="4101", at_s=AT_S, operations=("4100/pack",)),
            "4100/pack is not of order 4101.",
        ),
        (Expedite(order="4999"), "Order 4999 is not open."),
        (CloseMachine(machine="X1", begin_s=0, end_s=AT_S), "There is no machine X1."),
        (
            CloseMachine(machine="P1", begin_s=AT_S, end_s=AT_S - 60),
            "The closing would end at 12:22, before it begins at 12:23.",
        ),
        (
            CloseMachine(machine="P1", begin_s=0, end_s=NOW_S - 600),
            "09:50 is over; it is 10:00.",
        ),
        (PlateWait(wait_s=-1), "A batch waits 0 minutes or longer."),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_with_the_reason(wish, says):
    assert refused(wish) == says


def test_what_runs_over_the_end_of_a_shift_cannot_be_pinned():
    last = max(end_s for _, end_s in windows_today("printing"))
    said = refused(Pin(operations=PRINTS, machine="P2", start_s=last - 60))
    assert said.startswith("P2 would need until ")
    assert said.endswith(", and its shift ends at 21:00.")


def windows_today(group):
    from plant_config import windows

    return windows(PLANT, group, 0, 1)


def test_a_pinned_plate_is_in_the_way_of_pins_closings_and_releases_until_it_is_replaced():
    pin = Pin(operations=PRINTS, machine="P2", start_s=AT_S)
    other = Pin(operations=("4101/1.1/print",), machine="P2", start_s=AT_S + 60)
    says = "P2 has plate 4100/1.1/print and 4100/1.2/print pinned from 12:23 to "
    assert refused(other, pin).startswith(says)
    closing = CloseMachine(machine="P2", begin_s=AT_S + 60, end_s=AT_S + 120)
    assert refused(closing, pin).startswith(says)
    assert refused(NotBefore(order="4100", at_s=AT_S + 60), pin).startswith(says)
    assert refused(pin, closing) == "P2 is closed from 12:24 to 12:25."
    assert refused(NotBefore(order="4100", at_s=AT_S), pin) is None
    assert refused(Pin(operations=PRINTS, machine="P2", start_s=AT_S + 60), pin) is None
    assert refused(other, pin, OnMachine(operations=PRINTS, machine="P4")) is None
    later = Pin(operations=("4101/1.1/print",), machine="P2", start_s=AT_S + 4 * 3600)
    assert refused(later, pin) is None


def test_parts_that_wait_for_each_other_are_no_batch():
    pair = ("4100/1.1-2/bond", "4100/1.1-2/cure")
    said = refused(Pin(operations=pair, machine="C1", start_s=AT_S))
    assert said == "C1 cannot do 4100/1.1-2/bond; B1, B2 and B3 can."
