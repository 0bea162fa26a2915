"""Times and durations read as ui.md section 10 says."""

import pytest

from controller.web.times import age, ago, number_and_unit, remaining, slack, spare


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 s"),
        (0, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (3541, "1 h 00"),
        (6720, "1 h 52"),
        (187_200, "2 d 4 h"),
    ],
)
def test_what_is_to_come_is_rounded_up(seconds, said):
    assert remaining(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(89, "89 s"), (119, "1 min"), (3599, "59 min"), (7199, "1 h 59")]
)
def test_what_has_passed_is_rounded_down(seconds, said):
    assert ago(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(60, "+1 min"), (-2100, "\N{MINUS SIGN}35 min"), (12_300, "+3 h 25"), (0, "+0 min")],
)
def test_slack_has_its_sign(seconds, said):
    assert slack(seconds) == said


def test_slack_in_words():
    assert spare(60) == "1 min to spare"
    assert spare(-2100) == "35 min late"


def test_a_tile_shows_number_and_unit_apart():
    assert number_and_unit(12) == ("12", "s left")
    assert number_and_unit(780) == ("13", "min left")
    assert number_and_unit(6720) == ("1 h 52", "left")


def test_the_age_of_a_value_is_shown_below_a_second():
    assert age(0.42) == "0.4 s"
    assert age(12.9) == "12 s"
