"""Order files: what is taken, what is refused, and where it says so."""

import csv
import io
import re
from dataclasses import replace
from datetime import date

import gloves
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.desk import Person
from controller.orders import file_digest, read_orders
from plant_config import order_digest

HEAD = "order,quantity,carrier,size,colour,initials,customer,place"
TWO_PRODUCTS = replace(
    gloves.PLANT,
    products={"glove": gloves.GLOVE, "scarf": gloves.SCARF},
    processes={"glove": gloves.STEPS, "scarf": gloves.STEPS[:1]},
)


def read(*rows, head=HEAD, plant=gloves.PLANT, now_s=0, known=None, first_day=None):
    return read_orders("\n".join((head, *rows)), plant, now_s, known or {}, first_day=first_day)


def only_refusal(got):
    assert got.accepted == ()
    (refused,) = got.refused
    return refused.row, refused.column, refused.value, refused.reason


def test_an_order_gets_its_spec_due_time_price_and_cost():
    (taken,) = read("4127,2,Nord Parcel,l,moss,,Ada,Graz", now_s=100).accepted
    assert taken.order.id == "4127"
    assert taken.order.lines[0].spec == gloves.spec("l", "moss")
    assert taken.order.lines[0].quantity == 2
    assert (taken.order.release_s, taken.order.due_s) == (100, gloves.NOON_S)
    assert taken.order.cut_off == "Nord Parcel"
    assert taken.order.price_cents == 2 * (4000 + 200 + 300)
    assert taken.premium_cents == 2 * 500
    # Two pairs: 4 knitted pieces of 1800 s, 2 quarter baths of 3600 s, 2 seams of 600 s, packing
    # once, at EUR 36.00 an hour, and 200 g of yarn at EUR 20.00 a kilogram.
    assert taken.cost_cents == 4 * 1800 + 2 * 900 + 2 * 600 + 300 + 400
    assert taken.order.late_cents == 1500
    assert taken.person == Person(name="Ada", place="Graz")


def test_an_order_after_the_carrier_has_left_is_due_the_next_day():
    (taken,) = read("1,1,Nord Parcel,,moss,,,", now_s=gloves.NOON_S).accepted
    assert taken.order.due_s == gloves.NOON_S + 86_400


def test_rows_of_one_order_are_its_lines():
    (taken,) = read("7,1,Night Express,s,white,,Ada,", "7,3,,l,black,,,").accepted
    assert [(line.number, line.quantity) for line in taken.order.lines] == [(1, 1), (2, 3)]
    assert taken.order.lines[1].spec == gloves.spec("l", "black")
    assert taken.person.name == "Ada"


def test_words_of_a_text_are_kept_beside_the_spec():
    (taken,) = read("7,1,Night Express,s,white,AB,,", "7,1,,s,white,none,,").accepted
    assert dict(taken.order.lines[0].spec.options)["initials"] == "text"
    assert dict(taken.order.lines[1].spec.options)["initials"] == "none"
    assert taken.person.texts == (("1.initials", "AB"),)


def test_columns_may_come_in_any_order_and_case_with_semicolons_and_a_byte_order_mark():
    text = "\ufeffColour;ORDER;Quantity; Carrier \r\nMoss;12;1;night express\r\n"
    (taken,) = read_orders(text, gloves.PLANT, 0, {}).accepted
    assert (taken.order.id, taken.order.cut_off) == ("12", "Night Express")
    assert taken.order.lines[0].spec == gloves.spec(colour="moss")


@pytest.mark.parametrize(
    ("row", "column", "value", "says"),
    [
        ("1,0,Nord Parcel,,moss,,,", "quantity", "0", "from 1 to 99"),
        ("1,1.5,Nord Parcel,,moss,,,", "quantity", "1.5", "whole number"),
        ("1,²,Nord Parcel,,moss,,,", "quantity", "²", "whole number"),
        ("1,,Nord Parcel,,moss,,,", "quantity", "", "missing"),
        ("1,1,Nord Parzel,,moss,,,", "carrier", "Nord Parzel", "Maybe 'Nord Parcel'?"),
        ("1,1,,,moss,,,", "carrier", "", "missing"),
        ("1,1,Nord Parcel,,mos,,,", "colour", "mos", "Maybe 'moss'?"),
        ("1,1,Nord Parcel,,,,,", "colour", "", "not chosen"),
        ("1,1,Nord Parcel,,moss,ABCD,,", "initials", "ABCD", "4 characters; 3 fit"),
        ("1,1,Nord Parcel,s,black,,,", "colour", "black", "too little black dye"),
        ("a/b,1,Nord Parcel,,moss,,,", "order", "a/b", "order number"),
        (",1,Nord Parcel,,moss,,,", "order", "", "missing"),
        ("1,1,Nord Parcel,,moss,,J\ufffdrg,", "customer", "J\ufffdrg", "UTF-8"),
        ("1,1,Nord Parcel,,moss,,,,,", "", "", "10 cells, the head has 8"),
        ("1,1,Nord Parcel", "", "", "3 cells, the head has 8"),
    ],
)
def test_a_bad_row_is_refused_with_row_column_value_and_reason(row, column, value, says):
    got = only_refusal(read(row))
    assert got[:3] == (2, column, value)
    assert says in got[3]


def test_a_combination_that_cannot_be_made_says_why_and_what_is_possible_instead():
    _, _, _, reason = only_refusal(read("1,1,Nord Parcel,s,black,,,"))
    assert reason.endswith("Small gloves take up too little black dye. Possible is colour white.")


def test_an_order_with_one_bad_line_is_refused_whole_and_the_others_are_taken():
    got = read(
        "1,1,Nord Parcel,m,moss,,,",
        "2,1,Nord Parcel,m,moss,,,",
        "1,1,,m,mauve,,,",
        "1,1,,m,white,,,",
    )
    assert [taken.order.id for taken in got.accepted] == ["2"]
    assert [(row.row, row.column) for row in got.refused] == [
        (2, "order"),
        (4, "colour"),
        (5, "order"),
    ]
    assert "Row 4 of the same order" in got.refused[0].reason
    assert "Row 4 of the same order" in got.refused[2].reason


def test_a_row_with_a_cell_too_many_takes_its_order_with_it():
    got = read("1,1,Nord Parcel,m,moss,,,", "1,1,,m,moss,,,,")
    assert got.accepted == ()
    assert [row.row for row in got.refused] == [2, 3]


def test_rows_of_one_order_must_agree_on_the_carrier():
    got = read("1,1,Nord Parcel,m,moss,,,", "1,1,Night Express,m,moss,,,")
    assert [(row.row, row.column) for row in got.refused] == [(2, "order"), (3, "carrier")]


def test_lines_may_bring_their_own_number_once():
    head = "order,line,quantity,carrier,colour"
    got = read(
        "1,2,1,Nord Parcel,moss",
        "1,1,1,,white",
        "2,1,1,Nord Parcel,moss",
        "2,1,1,,white",
        "3,0,1,Nord Parcel,moss",
        head=head,
    )
    (taken,) = got.accepted
    assert [line.number for line in taken.order.lines] == [2, 1]
    assert [(row.row, row.reason) for row in got.refused if row.column == "line"] == [
        (5, "Line 1 of the order is there twice."),
        (6, "The line is not a number from 1 to 999."),
    ]


def test_the_same_file_twice_changes_nothing():
    rows = ("1,1,Nord Parcel,m,moss,,,", "2,1,Night Express,l,white,,,")
    first = read(*rows)
    known = {taken.order.id: order_digest(taken.order) for taken in first.accepted}
    again = read(*rows, known=known, now_s=40_000)
    assert again.repeated == ("1", "2")
    assert again.accepted == again.refused == ()


def test_a_known_order_with_other_content_is_refused():
    (taken,) = read("1,1,Nord Parcel,m,moss,,,").accepted
    known = {"1": order_digest(taken.order)}
    row, column, value, reason = only_refusal(read("1,2,Nord Parcel,m,moss,,,", known=known))
    assert (row, column, value) == (2, "order", "1")
    assert "taken before with other content" in reason


def test_rows_count_as_in_a_spreadsheet_with_blank_ones_and_line_breaks_in_cells():
    got = read("", ",,,,,,,", '1,1,Nord Parcel,m,moss,,"Ada\nGraz",', "", "2,x,Nord Parcel,,,,,")
    assert [(row.row, row.column) for row in got.refused] == [(6, "quantity")]
    assert [taken.order.id for taken in got.accepted] == ["1"]


def test_an_unknown_column_refuses_the_file_and_says_what_was_meant():
    got = read("1,1,Nord Parcel,moss", head="order,quantity,carrier,color")
    row, column, value, reason = only_refusal(got)
    assert (row, column, value) == (1, "color", "color")
    assert reason == "No product has a column 'color'. Maybe 'colour'?"


def test_missing_and_doubled_columns_are_each_named():
    got = read("1,1,1,moss", head="order,quantity,Quantity,colour")
    assert [row.reason for row in got.refused] == [
        "The column 'quantity' is there twice.",
        "The column 'carrier' is missing.",
    ]


def test_the_product_is_asked_for_where_the_plant_makes_several():
    assert (
        "'product' is missing"
        in read("1,1,Nord Parcel", plant=TWO_PRODUCTS, head="order,quantity,carrier")
        .refused[0]
        .reason
    )
    head = "order,quantity,carrier,product,colour,length"
    got = read(
        "1,1,Nord Parcel,Scarf,,long",
        "2,1,Nord Parcel,glove,moss,long",
        "3,1,Nord Parcel,glov,moss,",
        head=head,
        plant=TWO_PRODUCTS,
    )
    assert [taken.order.lines[0].spec.product for taken in got.accepted] == ["scarf"]
    assert [(row.column, row.reason) for row in got.refused] == [
        ("length", "The product 'glove' has no length."),
        ("product", "No product is called 'glov'. Maybe 'glove'?"),
    ]


def test_ship_on_chooses_the_day_of_the_carrier():
    head, day = "order,quantity,carrier,colour,ship_on", date(2026, 11, 24)
    got = read(
        "1,1,Nord Parcel,moss,2026-11-26",
        "2,1,Nord Parcel,moss,2026-11-24",
        "3,1,Nord Parcel,moss,2026-11-23",
        "4,1,Nord Parcel,moss,soon",
        head=head,
        first_day=day,
        now_s=gloves.NOON_S,
    )
    assert [taken.order.due_s for taken in got.accepted] == [2 * 86_400 + gloves.NOON_S]
    assert [row.reason for row in got.refused] == [
        "Nord Parcel has left on 2026-11-24.",
        "2026-11-23 is before the plant's first day, 2026-11-24.",
        "'soon' is no date. Write it as 2026-11-24.",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("\n \n,,;\n", "empty"),
        ("PK\x03\x04\x14\x00", "spreadsheet"),
        ("\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        (HEAD + "\n", "no orders below"),
        (HEAD + '\n1,1,"Nord Parcel,m,moss,,,\n2,1,Nord Parcel,m,moss,,,', "quotation mark"),
        (HEAD + "\n1,1," + "x" * 200_000 + ",m,moss,,,", "longer than any order"),
    ],
)
def test_a_file_that_is_no_order_file_gives_one_clear_refusal(content, says):
    assert says in only_refusal(read_orders(content, gloves.PLANT, 0, {}))[3]


def test_a_long_value_is_cut_in_the_refusal():
    _, _, value, _ = only_refusal(read(f"1,1,Nord Parcel,m,{'moss' * 30},,,"))
    assert len(value) == 40


@pytest.mark.parametrize(
    "value", ["Ada Berg, Main Street 1, Graz, Austria, Europe", "A\\B", "\tA'\n\"B"]
)
@pytest.mark.parametrize("column", ["carrier", "colour", "quantity", "ship_on"])
def test_a_reason_without_the_value_shows_nothing_of_what_the_customer_wrote(column, value):
    cells = {
        "order": "1",
        "quantity": "1",
        "carrier": "Nord Parcel",
        "colour": "moss",
        column: value,
    }
    out = io.StringIO()
    csv.writer(out).writerow(cells.values())
    got = read(out.getvalue(), head=",".join(cells), first_day=date(2026, 11, 24))
    (refused,) = got.refused
    assert refused.column == column
    assert not set(re.findall(r"\w{3,}", value)) & set(re.findall(r"\w+", refused.reason))
    assert "\\" not in refused.reason


def test_a_file_is_known_by_its_content():
    assert file_digest("a") == file_digest("a") != file_digest("b")
    assert file_digest("\ud800")


CELLS = st.one_of(
    st.sampled_from(["1", "2", "3", "0", "Nord Parcel", "m", "s", "moss", "black", "", "A", "a/b"]),
    st.text(max_size=8),
)


@st.composite
def files(draw):
    out = io.StringIO()
    delimiter = draw(st.sampled_from(",;"))
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(HEAD.split(","))
    for _ in range(draw(st.integers(0, 8))):
        order = draw(st.sampled_from(["1", "2", "3", "", "a/b"]))
        rest = draw(st.lists(CELLS, min_size=6, max_size=8))
        carrier = draw(st.sampled_from(["Nord Parcel", "Nord Parcel", "Nowhere"]))
        writer.writerow([order, draw(st.sampled_from(["1", "x"])), carrier, *rest[1:]])
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(), st.binary().map(lambda b: b.decode("latin-1")), files()))
def test_any_text_is_judged_without_an_error(content):
    known = {"3": "another digest"}
    read = read_orders(content, gloves.PLANT, 0, known)
    assert read == read_orders(content, gloves.PLANT, 0, known)
    assert all(row.reason and row.row >= 1 for row in read.refused)
    assert read.accepted or read.repeated or read.refused


@settings(max_examples=60, deadline=None)
@given(files())
def test_every_row_is_accounted_for_exactly_once(content):
    read = read_orders(content, gloves.PLANT, 0, {})
    delimiter = ";" if content.startswith("order;") else ","
    lines = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    next(lines)
    wanted = [n for n, cells in enumerate(lines, start=2) if any(c.strip() for c in cells)]
    if read.refused and read.refused[0].row == 1:
        assert len(read.refused) == 1
        assert not read.accepted
        return
    taken = sum(len(each.order.lines) for each in read.accepted)
    refused = [row.row for row in read.refused]
    assert len(refused) == len(set(refused))
    assert set(refused) <= set(wanted)
    assert taken + len(refused) == len(wanted) or read.refused[0].reason.startswith(
        "This is not a text"
    )
