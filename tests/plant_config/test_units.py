"""Quantities as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plant_config.units import (
    format_cents,
    format_clock,
    format_quantity,
    format_seconds,
    parse_amount,
    parse_cents,
    parse_clock,
    parse_quantity,
    parse_seconds,
)
from plant_config.wording import TextError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45 s", 45), ("12 min", 720), ("1 h 30 min", 5400), ("1.5h", 5400), ("2 d", 172_800)],
)
def test_a_duration_is_read_in_any_unit(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "dimension", "amount"),
    [
        ("575 g", "mass", 575_000),
        ("25 mm", "length", 25_000),
        ("390 cm2", "area", 39_000),
        ("12 ml", "volume", 12_000),
        ("110 cm3", "volume", 110_000),
        ("64 C", "temperature", 64),
    ],
)
def test_a_quantity_is_kept_in_base_units(text, dimension, amount):
    assert parse_quantity(text, dimension) == amount


@pytest.mark.parametrize(
    ("text", "wrong", "maybe"),
    [
        (45, "a number without a unit; expected a time such as '45 s'", "45 s"),
        ("45", "a number without a unit; expected a time such as '45 s'", "45 s"),
        ("", "expected a time such as '45 s'", None),
        (True, "expected a time such as '45 s'", None),
        ("soon", "expected a time such as '45 s'", None),
        ("5 kg", "no unit 'kg' here; expected s, min, h or d", None),
        ("0.5 s", "not a whole number of s", None),
    ],
)
def test_what_is_no_duration_is_refused_with_an_example(text, wrong, maybe):
    with pytest.raises(TextError) as caught:
        parse_seconds(text)
    assert (caught.value.wrong, caught.value.maybe) == (wrong, maybe)


def test_the_column_of_a_wrong_part_is_told():
    with pytest.raises(TextError) as caught:
        parse_seconds("1 h 30 mni")
    assert caught.value.column == 5


@pytest.mark.parametrize(
    ("text", "cents"),
    [("EUR 9.50", 950), ("EUR 3", 300), ("-EUR 3.00", -300), ("EUR -0.05", -5), ("USD 1.00", 100)],
)
def test_money_names_its_currency(text, cents):
    assert parse_cents(text) == cents


@pytest.mark.parametrize("text", ["9.50", "EUR", "EUR 9.5", "9.50 EUR", None, True])
def test_money_without_currency_or_cents_is_refused(text):
    with pytest.raises(TextError, match="expected an amount with its currency"):
        parse_cents(text)


def test_a_bare_amount_is_answered_with_the_currency():
    with pytest.raises(TextError) as caught:
        parse_cents(9.5)
    assert caught.value.maybe == "EUR 9.50"


@pytest.mark.parametrize(("text", "seconds"), [("06:00", 21_600), ("24:00", 86_400), ("0:01", 60)])
def test_a_time_of_day_counts_from_midnight(text, seconds):
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["24:01", "12:60", "6", 6, "noon", "-1:00"])
def test_a_time_that_no_clock_shows_is_refused(text):
    with pytest.raises(TextError):
        parse_clock(text)


def test_an_amount_may_be_a_count_a_quantity_or_a_word():
    assert [parse_amount(v) for v in (8, "390 cm2", "-12 g", "ink")] == [8, 39_000, -12_000, "ink"]


@given(st.integers(0, 10**7))
def test_a_written_duration_reads_back(seconds):
    assert parse_seconds(format_seconds(seconds)) == seconds


@given(st.integers(-(10**9), 10**9))
def test_written_money_reads_back(cents):
    assert parse_cents(format_cents(cents)) == cents


@given(st.integers(0, 1440))
def test_a_written_time_of_day_reads_back(minutes):
    assert parse_clock(format_clock(minutes * 60)) == minutes * 60


@given(st.integers(0, 10**9), st.sampled_from(["mass", "length", "area", "volume"]))
def test_a_written_quantity_reads_back(amount, dimension):
    assert parse_quantity(format_quantity(amount, dimension), dimension) == amount
