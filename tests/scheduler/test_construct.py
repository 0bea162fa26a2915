"""Constructed schedules: always right, quick, and better than first come, first served."""

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given, settings
from shops import LASTING, day_shop, every_schedule, problems

from scheduler import (
    Frozen,
    Mode,
    Problem,
    Resource,
    Schedule,
    Slot,
    Task,
    UnplannableError,
    construct,
    first_come,
    measure_levels,
    setups_in,
    violations,
)


def cents(problem, schedule):
    return dict(measure_levels(problem, schedule))["cents"]


def simple(*tasks, **values):
    values = {"windows": ((0, 1_000),), **values}
    return Problem(
        now_s=0,
        tasks={each.id: each for each in tasks},
        resources={"M": Resource(id="M", group="g", **values)},
        setups={},
        dues={},
    )


def task(name, **values):
    return Task(id=name, order="o", **{"modes": (Mode("M", 100),), "size": 1, **values})


@given(problem=problems(most_tasks=9))
@settings(LASTING, max_examples=100)
def test_a_constructed_schedule_is_right(problem):
    assert list(violations(problem, construct(problem))) == []


@given(problem=problems(most_tasks=9))
@settings(LASTING, max_examples=100)
def test_first_come_first_served_is_right(problem):
    assert list(violations(problem, first_come(problem))) == []


@given(problem=problems(most_tasks=4))
@settings(LASTING, max_examples=40)
def test_neither_beats_the_best_of_all_schedules(problem):
    if problem.crews:
        return
    best = min(cents(problem, schedule) for schedule in every_schedule(problem))
    assert cents(problem, construct(problem)) >= best
    assert cents(problem, first_come(problem)) >= best


def test_a_day_of_320_operations_is_planned_in_a_tenth_of_a_second():
    problem = day_shop(1)
    assert len(problem.tasks) == 320
    construct(problem)
    spent_s = []
    for _ in range(3):
        begun_s = process_time()
        schedule = construct(problem)
        spent_s.append(process_time() - begun_s)
    assert list(violations(problem, schedule)) == []
    # Three times the aim, because the machine that runs the tests may be slow.
    assert min(spent_s) < 0.3


@pytest.mark.parametrize("seed", range(3))
def test_looking_ahead_beats_first_come_first_served(seed):
    problem = day_shop(seed)
    ours, theirs = construct(problem), first_come(problem)
    assert cents(problem, ours) * 2 < cents(problem, theirs)
    assert list(violations(problem, theirs)) == []
    changes = [sum(s.takes_s > 0 for *_, s in setups_in(problem, each)) for each in (ours, theirs)]
    assert changes[0] < changes[1]


def test_parts_of_one_material_share_a_plate():
    tasks = [task(f"{n}", family="red" if n % 2 else "blue") for n in range(6)]
    schedule = construct(simple(*tasks, capacity=3, base_s=50))
    assert sorted(slot.operations for slot in schedule.slots) == [("0", "2", "4"), ("1", "3", "5")]


def test_first_come_does_not_wait_for_a_fuller_plate():
    tasks = [task("0"), task("1", release_s=1), task("2", release_s=2)]
    schedule = first_come(simple(*tasks, capacity=3))
    assert [(s.operations, s.start_s) for s in schedule.slots] == [(("0",), 0), (("1", "2"), 100)]


def test_first_come_takes_neighbours_in_the_queue_only():
    tasks = [task("0", family="red"), task("1", family="blue"), task("2", family="red")]
    schedule = first_come(simple(*tasks, capacity=3))
    assert [slot.operations for slot in schedule.slots] == [("0",), ("1",), ("2",)]


def test_first_come_serves_orders_by_release_and_then_by_place_in_the_list():
    tasks = [
        replace(task("0"), order="late", release_s=50),
        replace(task("1"), order="first"),
        replace(task("2"), order="second"),
    ]
    schedule = first_come(simple(*tasks))
    assert [slot.operations for slot in schedule.slots] == [("1",), ("2",), ("0",)]


@pytest.mark.parametrize("plan", [construct, first_come])
def test_a_task_longer_than_every_window_is_named(plan):
    problem = simple(task("0"), task("1", modes=(Mode("M", 2_000),)))
    with pytest.raises(UnplannableError, match=r"^1 finds no machine"):
        plan(problem)


@pytest.mark.parametrize("plan", [construct, first_come])
def test_a_part_larger_than_the_plate_is_named(plan):
    with pytest.raises(UnplannableError, match=r"^0 finds no machine"):
        plan(simple(task("0", size=9), capacity=3))


def test_tasks_in_a_circle_are_named():
    with pytest.raises(UnplannableError, match="0 waits for itself"):
        construct(simple(task("0", after=("1",)), task("1", after=("0",))))


def test_nothing_to_do_is_a_schedule():
    assert construct(simple()) == Schedule(())
    assert first_come(simple()) == Schedule(())


@given(problem=problems(most_tasks=9))
@settings(LASTING, max_examples=60)
def test_a_hint_that_still_fits_is_kept(problem):
    hint = first_come(problem)
    again = construct(problem, hint)
    assert [s.operations for s in again.slots if s.machine == "L1"] == [
        tuple(sorted(s.operations, key=list(problem.tasks).index))
        for s in hint.by_machine.get("L1", ())
    ]
    assert list(violations(problem, again)) == []


@given(problem=problems(most_tasks=9, frozen=False))
@settings(LASTING, max_examples=60)
def test_a_hint_is_repaired_after_work_was_finished_and_lost(problem):
    hint = construct(problem)
    first, *others = hint.slots
    # The first batch runs, the last one of the others is unknown to the hint.
    known = Schedule(tuple(others[:-1]))
    frozen = Frozen(running=(replace(first, end_s=first.end_s + 33),))
    tasks = {name: t for name, t in problem.tasks.items() if name not in first.operations}
    after = replace(problem, now_s=first.start_s, tasks=tasks, frozen=frozen)
    repaired = construct(after, known)
    assert list(violations(after, repaired)) == []


def test_many_new_orders_find_their_place_around_the_plan_so_far():
    whole = day_shop(3)
    early = [order for order in whole.dues if order < "4030"]
    known = {name: task for name, task in whole.tasks.items() if task.order in early}
    hint = construct(replace(whole, tasks=known))
    again = construct(whole, hint)
    assert list(violations(whole, again)) == []
    assert dict(measure_levels(whole, again, hint))["moves"] <= len(known) // 4
    assert dict(measure_levels(whole, construct(whole), hint))["moves"] > len(known) // 2


def test_a_hint_from_another_plant_does_no_harm():
    problem = simple(task("0"))
    strange = Slot(machine="X", operations=("9",), family="", setup_start_s=0, start_s=0, end_s=1)
    assert construct(problem, Schedule((strange,))) == construct(problem)
