"""Totes follow orders: the lowest free one when work begins, free again when the order has left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joined import bench, refused

from controller import events as e
from controller.identity.codes import (
    ForeignCode,
    LeftCode,
    OrderCode,
    PartCode,
    ToteCode,
    code_of,
    read_code,
    shown_code,
    tote_of,
)
from controller.identity.parts import part_now
from controller.identity.requests import MoveTote
from controller.requests import Taken


def test_an_order_gets_the_lowest_free_tote_when_its_first_part_is_begun() -> None:
    floor = bench("A1", "A2", "A3")
    assert floor.state.totes == {"T-1": "A1", "T-2": "A2", "T-3": "A3"}
    assert [floor.state.orders[name].tote for name in ("A1", "A2", "A3")] == ["T-1", "T-2", "T-3"]


def test_a_tote_is_free_again_when_its_order_has_left() -> None:
    floor = bench("A1", "A2")
    floor.record(e.OrderCancelled(order="A1", reason="returned", sunk_cents=0))
    floor.follow()
    assert floor.state.totes == {"T-2": "A2"}
    floor.accept("moss", name="A4")
    floor.plan()
    floor.make_parts()
    assert floor.state.orders["A4"].tote == "T-1"


def test_where_totes_are_few_an_order_waits_for_one_and_gets_it_later() -> None:
    floor = bench("A1", "A2", totes=1)
    assert floor.state.totes == {"T-1": "A1"}
    assert floor.state.orders["A2"].tote == ""
    floor.record(e.OrderCancelled(order="A1", reason="returned", sunk_cents=0))
    floor.follow()
    assert floor.state.totes == {"T-1": "A2"}


def test_another_empty_tote_can_carry_an_order() -> None:
    floor = bench("A1", "A2")
    reply = floor.ask(MoveTote(order="A1", tote="t-07"))
    assert isinstance(reply, Taken)
    assert reply.says == "Order A1 is in T-7 instead of T-1 now."
    assert floor.state.totes == {"T-7": "A1", "T-2": "A2"}


@pytest.mark.parametrize(
    ("order", "tote", "why"),
    [
        ("A1", "T-2", "Tote T-2 carries order A2. Scan the card of an empty one."),
        ("A1", "T-1", "Order A1 is already in T-1."),
        ("A1", "T-9", "“T-9” is no tote. Scan the card of an empty one."),
        ("A1", "A2/1.1/knit", "“A2/1.1/knit” is no tote. Scan the card of an empty one."),
        ("Z9", "T-3", "Order “Z9” is not known."),
    ],
)
def test_a_tote_that_cannot_be_used_is_refused(order: str, tote: str, why: str) -> None:
    floor = bench("A1", "A2", totes=5)
    assert refused(floor.ask(MoveTote(order=order, tote=tote))) == why
    assert floor.state.totes == {"T-1": "A1", "T-2": "A2"}


def test_a_code_says_what_it_is() -> None:
    floor = bench("A1", "A2")
    floor.record(e.OrderCancelled(order="A2", reason="returned", sunk_cents=0))
    floor.follow()
    state = floor.state
    assert read_code(state, " A1/1.2/knit ") == PartCode("A1/1.2/knit", 1)
    assert read_code(state, "A1/pack/3") == PartCode("A1/pack", 3)
    assert read_code(state, "A1") == OrderCode("A1")
    assert read_code(state, "t-0014") == ToteCode("T-14")
    assert read_code(state, "A2/1.1/knit") == LeftCode("A2")
    for foreign in ("", "A9", "A1/1.1/weld", "A1/1.1/knit/x", "T-0", "A1\x00", "9" * 500):
        assert read_code(state, foreign) == ForeignCode()


def test_a_label_is_read_back_as_what_was_written() -> None:
    floor = bench("A1")
    for operation in floor.state.orders["A1"].routing.operations:
        for attempt in (1, 2, 11):
            assert read_code(floor.state, code_of(operation, attempt)) == PartCode(
                operation, attempt
            )


FLOOR = bench("A1")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    read_code(FLOOR.state, text)
    shown = shown_code(text)
    assert len(shown) <= 26
    assert shown.isprintable()
    assert tote_of(text) == "" or tote_of(tote_of(text)) == tote_of(text)


def test_where_a_part_is_follows_it_through_the_plant() -> None:
    floor = bench("A1", "A2")
    assert part_now(floor.state, "A1/1.1/knit").where == "in tote T-1"
    job = floor.offer()
    floor.scan(job, "A1/1.1/knit")
    assert part_now(floor.state, "A1/1.1/knit").where == "at H1"
    for code in ("A1/1.2/knit", "A1/1.1-2/dye"):
        floor.scan(job, code)
    floor.begin(job)
    assert part_now(floor.state, "A1/1.1-2/sew").where == "on H1, sew A1"
    floor.finished(job)
    part = part_now(floor.state, "A1/1.1/knit")
    assert (part.stands, part.where, part.next_step) == ("joined", "in pair A1", "sew")
    assert part_now(floor.state, "A1/1.1-2/sew").where == "in tote T-1"
    assert part_now(floor.state, "A1/1.1-2/sew", 2).stands == "open"
