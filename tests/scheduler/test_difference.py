"""Two plans side by side: what moved, what became late, what it costs."""

from dataclasses import replace

from scheduler import (
    Due,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Slot,
    Task,
)
from scheduler.difference import Shift, Sums, changed_by

FAMILIES = ("", "red", "blue")
PROBLEM = Problem(
    now_s=0,
    tasks={
        f"{n}/t": Task(
            id=f"{n}/t", order=f"{n}", modes=(Mode("M", 1_000),), family=FAMILIES[1 + n % 2]
        )
        for n in range(4)
    },
    resources={"M": Resource(id="M", group="g", windows=((0, 100_000),))},
    setups={("g", a, b): Setup(600, 300) for a in FAMILIES for b in FAMILIES if a != b},
    dues={f"{n}": Due(order=f"{n}", due_s=4_000 + n, late_cents=1_000) for n in range(4)},
)


def in_turn(*numbers):
    slots, now_s, family = [], 0, ""
    for n in numbers:
        name = f"{n}/t"
        setup_s = 600 if PROBLEM.tasks[name].family != family else 0
        family = PROBLEM.tasks[name].family
        slots.append(
            Slot(
                machine="M",
                operations=(name,),
                family=family,
                setup_start_s=now_s,
                start_s=now_s + setup_s,
                end_s=now_s + setup_s + 1_000,
            )
        )
        now_s += setup_s + 1_000
    return Schedule(tuple(slots))


def test_orders_that_move_become_late_and_money_are_counted():
    found = changed_by(PROBLEM, in_turn(0, 1, 2, 3), in_turn(0, 2, 1, 3))
    assert found.moved == (
        Shift(order="1", from_s=3_200, to_s=4_200, due_s=4_001),
        Shift(order="2", from_s=4_800, to_s=2_600, due_s=4_002),
        Shift(order="3", from_s=6_400, to_s=5_200, due_s=4_003),
    )
    assert found.newly_late == ("1",)
    assert (found.before.changeovers, found.before.changeover_s) == (4, 2_400)
    assert (found.after.changeovers, found.after.changeover_s) == (2, 1_200)
    assert (found.before.late, found.after.late, found.after.batches) == (2, 2, 4)
    assert found.before.cents - found.after.cents > 2 * 300


def test_the_same_plan_changes_nothing():
    found = changed_by(PROBLEM, in_turn(0, 1, 2, 3), in_turn(0, 1, 2, 3))
    assert (found.moved, found.newly_late, found.before) == ((), (), found.after)


def test_a_shift_that_nobody_notices_is_no_move():
    before = in_turn(0, 2, 1, 3)
    shifted = tuple(
        replace(
            slot,
            setup_start_s=slot.setup_start_s + 899,
            start_s=slot.start_s + 899,
            end_s=slot.end_s + 899,
        )
        for slot in before.slots
    )
    assert changed_by(PROBLEM, before, Schedule(shifted)).moved == ()


def test_an_order_without_a_plan_comes_from_nowhere():
    found = changed_by(PROBLEM, Schedule(()), in_turn(0, 1, 2, 3))
    assert [each.from_s for each in found.moved] == [None] * 4
    assert found.newly_late == ("2", "3")
    assert found.before == Sums(late=0, cents=0, changeovers=0, changeover_s=0, batches=0)
