"""Replays say by when orders are packed nine times out of ten, and the same for the same seed."""

from itertools import count

import pytest
from shops import counting, day_shop

from scheduler import (
    Due,
    Frozen,
    Mode,
    Problem,
    Resource,
    Slot,
    Task,
    construct,
    late_ends,
    order_ends,
)
from scheduler.chance import draws
from scheduler.robust import _replay, _script


def never():
    return False


@pytest.fixture(scope="module")
def day():
    problem = day_shop(1)
    return problem, construct(problem)


def test_the_same_seed_says_the_same_and_another_one_about_the_same(day):
    first, second = (late_ends(*day, 7, never) for _ in range(2))
    assert first == second
    other = late_ends(*day, 8, never)
    assert other != first
    assert all(abs(other[name] - end_s) < 3_600 for name, end_s in first.items())


def test_late_ends_are_later_than_planned_and_not_by_much(day):
    planned, late = order_ends(*day), late_ends(*day, 1, never)
    assert late.keys() == planned.keys()
    later = [late[name] - planned[name] for name in planned]
    assert sum(each > 0 for each in later) > 0.9 * len(later)
    assert max(later) < 3 * 3_600


def test_an_order_ends_no_later_than_said_in_nine_of_ten_replays_and_not_in_fewer(day):
    said = late_ends(*day, 1, never)
    script, chance = _script(*day), draws(1)
    replayed = [_replay(script, chance) for _ in range(100)]
    for order, (tasks, _) in script.orders.items():
        ends = [max(each[task] for task in tasks) for each in replayed]
        assert sum(end_s <= said[order] for end_s in ends) >= 90
        assert sum(end_s < said[order] for end_s in ends) < 90


def test_too_few_replays_say_nothing(day):
    assert late_ends(*day, 1, counting(19)) == {}
    assert late_ends(*day, 1, counting(20))


def test_stop_is_asked_before_each_replay_and_no_more_than_enough_are_made(day):
    asked = count()
    late_ends(*day, 1, lambda: next(asked) < 0)
    assert next(asked) == 100


def single(takes_s, frozen=None, **changes):
    task = Task(id="1/t", order="1", modes=(Mode("M", takes_s),), **changes)
    return Problem(
        now_s=0,
        tasks={"1/t": task},
        resources={"M": Resource(id="M", group="g", windows=((0, 5_000), (9_000, 20_000)))},
        setups={},
        dues={"1": Due(order="1", due_s=10_000)},
        frozen=frozen or Frozen(),
    )


def test_a_single_batch_takes_up_to_four_per_cent_longer_and_rarely_twice_as_long():
    problem = single(1_000)
    (late_s,) = late_ends(problem, construct(problem), 1, never).values()
    assert 1_030 <= late_s <= 1_040
    all_of_it = late_ends(problem, construct(problem), 1, never, replays=1_000)
    assert 1_030 <= all_of_it["1"] <= 1_040


def test_a_batch_that_gets_late_waits_for_the_next_shift_only_if_it_cannot_begin_in_this_one():
    begun = single(600, release_s=4_400)
    (late_s,) = late_ends(begun, construct(begun), 1, never).values()
    assert 5_010 <= late_s <= 5_024, "it runs over the end of the shift"
    running = Slot(
        machine="M", operations=("0/r",), family="", setup_start_s=0, start_s=0, end_s=5_500
    )
    kept = single(600, Frozen(running=(running,)))
    (late_s,) = late_ends(kept, construct(kept), 1, never).values()
    assert 9_600 <= late_s <= 9_624


def test_what_runs_of_an_order_now_is_part_of_its_end():
    running = Slot(
        machine="N", operations=("1/r",), family="", setup_start_s=0, start_s=0, end_s=4_000
    )
    problem = single(100, Frozen(running=(running,)))
    assert late_ends(problem, construct(problem), 1, never) == {"1": 4_000}
