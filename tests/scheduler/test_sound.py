"""What is wrong with a problem itself is said in a sentence, before anything is planned."""

from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given, settings
from shops import LASTING, problems

from scheduler import (
    Due,
    Frozen,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Slot,
    Task,
    solve,
    violations,
)
from scheduler.problem import ALL_TIME_S, Aim
from scheduler.sound import TOLD, faults

ALWAYS = ((0, ALL_TIME_S),)


def task(name, *modes, **values):
    return Task(id=name, order=name[0], modes=modes or (Mode("M", 50),), **values)


def shop(*tasks, **values):
    made = {
        "now_s": 0,
        "tasks": {each.id: each for each in tasks},
        "resources": {name: Resource(id=name, group="g", windows=ALWAYS) for name in ("M", "N")},
        "setups": {},
        "dues": {},
        "aim": Aim.MAKESPAN,
    }
    return Problem(**{**made, **values})


def machine(**values):
    return {"M": Resource(**{"id": "M", "group": "g", "windows": ALWAYS, **values})}


def running(*names, machine_name="M", end_s=70):
    return Slot(
        machine=machine_name,
        operations=names,
        family="",
        setup_start_s=0,
        start_s=0,
        end_s=end_s,
    )


@given(problem=problems())
@settings(LASTING, max_examples=100)
def test_a_sound_problem_is_passed_in_silence(problem):
    assert faults(problem) == ()


def test_no_work_at_all_is_no_fault():
    assert faults(shop()) == ()
    assert faults(shop(resources={})) == ()


@pytest.mark.parametrize(
    ("modes", "said"),
    [
        ((Mode("X", 5),), "1/a names machine X, which does not exist."),
        ((Mode("M", 5), Mode("7", 5)), "1/a names machine 7, which does not exist."),
        ((Mode("M", -1),), "1/a takes -1 s on M; allowed is 0 to 1073741823."),
        ((Mode("M", 1 << 30),), "1/a takes 1073741824 s on M; allowed is 0 to 1073741823."),
    ],
)
def test_a_mode_that_makes_no_sense_is_named(modes, said):
    assert faults(shop(task("1/a", *modes))) == (said,)


def test_an_operation_without_a_machine_is_named():
    assert faults(shop(Task(id="1/a", order="1", modes=()))) == (
        "1/a has no machine that can do it.",
    )


def test_what_nobody_makes_is_named():
    assert faults(shop(task("1/a", after=("0/z",)))) == (
        "1/a waits for 0/z, which is neither open, running nor finished.",
    )
    frozen = Frozen(done={"0/z": 4}, running=(running("0/y"),))
    assert faults(shop(task("1/a", after=("0/z", "0/y")), frozen=frozen)) == ()


def test_a_circle_is_named_operation_by_operation():
    circle = (task("1/a", after=("1/c",)), task("1/b", after=("1/a",)), task("1/c", after=("1/b",)))
    behind = task("1/0", after=("1/c",))
    assert faults(shop(*circle, behind)) == (
        "3 operations wait for each other: 1/c waits for 1/b waits for 1/a waits for 1/c.",
    )
    assert faults(shop(task("1/a", after=("1/a",)))) == ("1/a waits for itself.",)


def test_a_long_circle_is_cut_short():
    ring = [task(f"1/{n:02}", after=(f"1/{(n - 1) % 40:02}",)) for n in range(40)]
    (said,) = faults(shop(*ring))
    assert said.startswith("40 operations wait for each other: 1/00 waits for 1/39 waits")
    assert said.endswith("waits for and so on waits for 1/00.")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"size": -1}, "1/a has size -1; it cannot be negative."),
        ({"work": -2}, "1/a has work -2; it cannot be negative."),
        ({"height": -3}, "1/a has height -3; it cannot be negative."),
        ({"release_s": 1 << 30}, "1/a is released at 1073741824 s; times lie within 1073741823 s."),
    ],
)
def test_a_number_of_an_operation_that_makes_no_sense_is_named(values, said):
    assert faults(shop(task("1/a", **values))) == (said,)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"id": "Q"}, "Machine M is called Q by itself."),
        ({"capacity": -1}, "M has -1 as its capacity; allowed is 0 to 1073741823."),
        ({"base_s": -1}, "M has -1 as its base time; allowed is 0 to 1073741823."),
        ({"free_s": 1 << 30}, "M is free at 1073741824 s; times lie within 1073741823 s."),
        (
            {"windows": ((5, 5),)},
            "M has working hours that end at 5 s, before they begin at 5 s.",
        ),
        (
            {"windows": ((0, 9), (8, 20))},
            "M has working hours that begin at 8 s, before those listed earlier end at 9 s.",
        ),
    ],
)
def test_a_machine_that_makes_no_sense_is_named(values, said):
    assert faults(shop(resources=machine(**values))) == (said,)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"crews": {"g": 0}},
            "Group g has a crew of 0; leave the crew out where there is no limit.",
        ),
        (
            {"setups": {("g", "a", "b"): Setup(-5)}},
            "The setup of group g from 'a' to 'b' takes -5 s; allowed is 0 to 1073741823.",
        ),
        (
            {"dues": {"1": Due(order="1", due_s=1 << 31)}},
            "Order 1 is due at 2147483648 s; times lie within 1073741823 s.",
        ),
        (
            {"dues": {"1": Due(order="1", due_s=5, weight=-1)}},
            "Order 1 has weight -1; allowed is 0 to 1073741823.",
        ),
        (
            {"dues": {"1": Due(order="2", due_s=5)}},
            "The due time of order 1 is called that of 2 by itself.",
        ),
        (
            {"dues": {"1": Due(order="1", due_s=5, late_cents=-2)}},
            "Order 1 would cost -2 cents if late; being late earns nothing.",
        ),
        ({"now_s": 1 << 30}, "It is 1073741824 s now; times lie within 1073741823 s."),
        ({"frozen": Frozen(done={"1/a": 3})}, "1/a is both open and finished."),
        ({"frozen": Frozen(running=(running("1/a"),))}, "1/a is both open and running."),
        (
            {"frozen": Frozen(running=(running("0/z", machine_name="Q"),))},
            "0/z runs on Q, which does not exist.",
        ),
        (
            {"frozen": Frozen(running=(running("0/z", end_s=1 << 30),))},
            "0/z ends at 1073741824 s; times lie within 1073741823 s.",
        ),
    ],
)
def test_what_else_makes_no_sense_is_named(values, said):
    assert faults(shop(task("1/a"), **values)) == (said,)


def test_more_time_than_the_engine_counts_is_refused():
    long = Mode("M", (1 << 29) - 1)
    assert faults(shop(task("1/a", long), task("1/b", long))) == ()
    assert faults(shop(task("1/a", long), task("1/b", long), now_s=2)) == (
        (
            "All operations one after the other end at 1073741824 s; "
            "times lie within 1073741823 s. Say durations in a longer unit."
        ),
    )
    assert faults(shop(task("1/a", long), task("1/b", long), now_s=2, aim=Aim.CENTS)) == ()


def test_a_release_beyond_the_working_hours_is_told_with_both():
    problem = shop(task("1/a", release_s=960), resources=machine(windows=((0, 400), (500, 1_000))))
    assert faults(problem) == (
        (
            "1/a finds no machine that takes it within one working window; from 960 s on "
            "(its release), M takes 50 s and works 40 s at a stretch at the most."
        ),
    )
    late = replace(problem, tasks={"1/a": task("1/a", release_s=1_000)})
    assert faults(late)[0].endswith("from 1000 s on (its release), M works until 1000 s only.")


def test_what_comes_before_can_leave_no_time():
    hours = machine(windows=((0, 90),))
    assert faults(shop(task("1/a"), task("1/b", after=("1/a",)), resources=hours)) == (
        (
            "1/b finds no machine that takes it within one working window; from 50 s on "
            "(the end of 1/a), M takes 50 s and works 40 s at a stretch at the most."
        ),
    )


def test_what_waits_for_a_hopeless_operation_is_not_told_again():
    hours = machine(windows=((0, 40),))
    (said,) = faults(shop(task("1/a"), task("1/b", after=("1/a",)), resources=hours))
    assert said.startswith("1/a finds no machine")


def test_every_machine_of_a_hopeless_operation_is_told():
    resources = {
        **machine(windows=()),
        "N": Resource(id="N", group="g", windows=((0, 90),), free_s=95),
        "O": Resource(id="O", group="g", windows=ALWAYS, capacity=3),
    }
    hopeless = task("1/a", Mode("M", 5), Mode("N", 5), Mode("O", 5), size=4)
    assert faults(shop(hopeless, resources=resources)) == (
        (
            "1/a finds no machine that takes it within one working window; from 0 s on, M never works, "
            "N does not work once it is free at 95 s, O holds 3 and its size is 4."
        ),
    )


def test_many_faults_of_a_kind_are_counted():
    said = faults(shop(*(task(f"1/{n}", Mode("X", 1)) for n in range(30))))
    assert len(said) == TOLD + 1
    assert said[-1] == "There are 20 more faults of this kind."


@pytest.mark.parametrize("aim", [Aim.CENTS, Aim.MAKESPAN])
def test_the_front_door_says_what_is_wrong_and_answers_when_nothing_is_to_do(aim):
    solution = solve(shop(task("1/a", Mode("X", 5)), aim=aim))
    assert solution.schedule is None
    assert solution.why == "1/a names machine X, which does not exist."
    nothing = solve(shop(aim=aim))
    assert nothing.schedule == Schedule(())
    assert (nothing.levels[1], nothing.proven) == ((str(aim), 0), True)


@pytest.mark.parametrize("aim", [Aim.CENTS, Aim.MAKESPAN])
def test_without_any_time_a_plan_is_there_all_the_same(aim):
    problem = shop(task("1/a"), task("1/b", after=("1/a",)), task("2/a"), aim=aim)
    solution = solve(problem, stop=lambda: True)
    assert solution.schedule is not None
    assert list(violations(problem, solution.schedule)) == []


def test_a_hundred_thousand_operations_are_looked_through_in_a_moment():
    before = {n: (f"1/{n - 1}",) if n % 10 else () for n in range(100_000)}
    problem = shop(*(task(f"1/{n}", after=after) for n, after in before.items()))
    shifts = tuple((day * 100, day * 100 + 90) for day in range(2_000))
    begun_s = process_time()
    assert faults(problem) == ()
    assert faults(replace(problem, resources=machine(windows=shifts))) == ()
    assert process_time() - begun_s < 4, "well under a second on a usual machine"
