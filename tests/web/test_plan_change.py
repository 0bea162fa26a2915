"""Floor and Plan say what the last repair of the plan changed, as the console does."""

from dataclasses import replace

from calling import call
from shoes import SmallDesk, the_desk

SAYS = "Plan 40: 2 orders moved (4127, 4131), 4127 is now at risk (4 min to spare)."


def repaired(desk: SmallDesk, *, quiet: bool = False) -> SmallDesk:
    plan = desk.state.plan
    assert plan is not None
    desk.record(replace(plan, number=40, says=SAYS, why="P3 failed"))
    if quiet:
        desk.record(replace(plan, number=41, says="Plan 41: nothing moved.", why="a better plan"))
    return desk


def test_floor_and_plan_say_what_a_repair_changed():
    desk = repaired(the_desk())
    for path in ("/floor", "/plan", "/plan/panel"):
        words = call(desk, "GET", path).text
        assert f"plan 40: {SAYS.removeprefix('Plan 40: ')} (P3 failed)" in words, path


def test_a_plan_that_moves_nothing_does_not_hide_the_repair_before_it():
    words = call(repaired(the_desk(), quiet=True), "GET", "/floor").text
    assert f"{SAYS} (P3 failed)" in words
    assert "nothing moved" not in words


def test_nothing_is_said_where_nothing_changed():
    desk = the_desk()
    assert desk.state.plan is not None
    desk.record(replace(desk.state.plan, number=40, says="Plan 40: nothing moved."))
    assert 'id="planline" hidden' in call(desk, "GET", "/floor").text
