"""The closing card's page holds what the terminal prints, in the same order."""

import re
from dataclasses import replace

import pytest
from calling import call
from closed import CARD
from shoes import the_desk

from controller.insights import render_text
from controller.insights.card import Cancelled
from controller.insights.day import Day
from controller.web.figure import figure


@pytest.fixture(scope="module")
def shown() -> str:
    desk = the_desk()
    desk.card = CARD
    return re.sub(r"<[^>]+>", " ", call(desk, "GET", "/closing").text)


def test_the_page_says_what_was_shipped_and_what_went_wrong(shown):
    said = re.sub(r"\s+", " ", shown)
    assert "41 / 41 orders due today were shipped, all on time. P3 stopped at 09:12" in said
    assert "Day closed 21:00 journal 6,318 events, chain verified" in said


def test_page_and_terminal_have_the_same_figures_in_the_same_order(shown):
    said = re.sub(r"\s+", " ", shown)
    text = re.sub(r"\s+", " ", render_text(CARD))
    order = [
        "84",
        "15, 84 %",
        "19",
        "0.6 s",
        "3.3 %",
        "EUR 38.00",
        "EUR 11.42",
        "EUR 26.58",
        "29 of 41",
    ]
    for words in (said, text):
        place = 0
        for shown_figure in order:
            place = words.find(shown_figure, place)
            assert place >= 0, f"{shown_figure} is missing or out of order in {words}"


def test_page_and_terminal_say_what_was_cancelled():
    desk = the_desk()
    desk.card = replace(CARD, cancelled=Cancelled(count=2, sunk_cents=4_210))
    page = re.sub(r"<[^>]+>", " ", call(desk, "GET", "/closing").text)
    for words in (page, render_text(desk.card)):
        assert "2 orders cancelled, EUR 42.10 sunk." in words
    desk.card = CARD
    assert "cancelled" not in re.sub(r"<[^>]+>", " ", call(desk, "GET", "/closing").text)


def test_differences_say_what_was_saved(shown):
    said = re.sub(r"\s+", " ", shown)
    assert "12 orders more" in said
    assert "3 h 02 earlier" in said
    assert "9 plates saved" in said
    assert "7 h 14 of machine time less" in said


def test_the_curve_rises_from_the_foot_and_names_both_days():
    drawn = figure(CARD)
    assert drawn is not None
    assert drawn.ours.startswith("M0 158H")
    assert drawn.first_come
    assert [mark.text for mark in drawn.cuts] == [
        "13:30 Nord Parcel, 18 of 18",
        "21:00 Night Express, 23 of 23",
    ]
    assert [tick.text for tick in drawn.ticks][:2] == ["06:00", "08:00"]
    assert "41 by 20:3" in drawn.says


def test_nothing_is_drawn_before_anything_is_packed():
    empty = Day(
        due=41,
        on_time=0,
        packed=(),
        last_packed_s=None,
        batches=(),
        changeovers=CARD.day.changeovers,
    )
    assert (
        figure(type(CARD)(**{**{f: getattr(CARD, f) for f in CARD.__slots__}, "day": empty}))
        is None
    )
