"""One line says what a new plan changes for people."""

from controller.events import PlanPublished
from controller.plan_words import plan_line

HOUR = 3_600
DUES = {"4127": 10 * HOUR, "4131": 12 * HOUR, "4140": 14 * HOUR, "9999": 14 * HOUR}


def plan(number, **ends):
    return PlanPublished(
        number=number,
        why="",
        slots=(),
        levels=(),
        bound=None,
        tiers=(),
        took_ms=0,
        answers=0,
        ends=tuple((name.removeprefix("o"), end_s) for name, end_s in ends.items()),
    )


BEFORE = plan(8, o4127=8 * HOUR, o4131=9 * HOUR, o4140=9 * HOUR)


def line(**ends):
    return plan_line(plan(9, **ends), BEFORE, DUES)


def test_nothing_moved():
    assert line(o4127=8 * HOUR + 60, o4131=9 * HOUR, o4140=9 * HOUR) == "Plan 9: nothing moved."


def test_an_order_that_comes_close_to_its_cut_off_is_named_with_what_is_left():
    said = line(o4127=10 * HOUR - 240, o4131=10 * HOUR, o4140=10 * HOUR)
    assert (
        said == "Plan 9: 3 orders moved (4127, 4131, 4140), 4127 is now at risk (4 min to spare)."
    )


def test_the_worst_of_several_late_orders_is_named_and_the_others_are_counted():
    said = line(o4127=10 * HOUR + 720, o4131=12 * HOUR + 60, o4140=9 * HOUR)
    assert said == (
        "Plan 9: 2 orders moved (4131, 4127), 4127 is now late (12 min past its cut-off), "
        "1 more is now late."
    )


def test_an_order_that_is_saved_is_told_and_one_that_was_at_risk_before_is_not():
    late = plan(8, o4127=10 * HOUR + 60, o4131=12 * HOUR - 60)
    now = plan(9, o4127=9 * HOUR, o4131=12 * HOUR - 120)
    assert plan_line(now, late, DUES) == (
        "Plan 9: 1 order moved (4127), 4127 is in time again (60 min to spare)."
    )


def test_an_order_that_can_no_longer_be_planned_is_named_and_many_are_counted():
    assert line(o4127=8 * HOUR, o4131=9 * HOUR) == (
        "Plan 9: nothing moved, 1 order cannot be planned now (4140)."
    )
    names = [f"o{number}" for number in range(1, 7)]
    before = plan(1, **dict.fromkeys(names, HOUR))
    said = plan_line(plan(2, **dict.fromkeys(names, 2 * HOUR)), before, {})
    assert said == "Plan 2: 6 orders moved (1, 2, 3, 4 and 2 more)."


def test_an_order_that_is_planned_for_the_first_time_is_named():
    said = line(o4127=8 * HOUR, o4131=9 * HOUR, o4140=9 * HOUR, o9999=HOUR)
    assert said == "Plan 9: nothing moved, 1 order added (9999)."


def test_the_first_plan_says_how_much_it_plans():
    first = plan(1, o4127=8 * HOUR, o4131=12 * HOUR + 120)
    assert plan_line(first, None, DUES) == (
        "Plan 1: 2 orders planned, 4131 is now late (2 min past its cut-off)."
    )
