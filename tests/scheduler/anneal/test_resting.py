"""Work that may rest goes on after a break; what may not still finds one window."""

from dataclasses import replace
from random import Random

import pytest
from ruled import campaigning, forbidding, resting, ruled, searched

from scheduler import Due, Mode, Problem, Resource, Setup, Task, solve, violations
from scheduler.balance import earliest_ends
from scheduler.bounds import least
from scheduler.construct import construct
from scheduler.exact_gaps import why_not_exact
from scheduler.indexed import index
from scheduler.schedule import Schedule
from scheduler.sound import faults


@pytest.mark.parametrize("seed", range(12))
def test_a_search_lets_work_rest(seed):
    assert searched(ruled(seed, 4 + seed, resting), seed) > 0


@pytest.mark.parametrize("seed", range(6))
def test_rests_campaigns_and_forbidden_changes_together(seed):
    assert searched(ruled(seed, 6 + seed, resting, campaigning, forbidding), seed) > 0


def line(takes, windows, resumable=True, change_s=0):
    tasks = {
        f"t{n}": Task(id=f"t{n}", order="o", modes=(Mode("m", takes_s),), family=str(n))
        for n, takes_s in enumerate(takes)
    }
    names = ["", *(task.family for task in tasks.values())]
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={"m": Resource(id="m", group="g", windows=windows, resumable=resumable)},
        setups={("g", a, b): Setup(change_s) for a in names for b in names if change_s and a != b},
        dues={"o": Due(order="o", due_s=100, late_cents=100)},
    )


def test_a_batch_longer_than_any_window_goes_on_in_the_next():
    problem = line([25], ((0, 10), (20, 30), (40, 50)))
    (slot,) = construct(problem).slots
    assert (slot.start_s, slot.end_s) == (0, 45)
    assert "takes 25 s" in faults(replace(problem, resources=_strict(problem)))[0]
    assert not faults(problem)
    assert "more than all its hours" in faults(line([31], ((0, 10), (20, 30), (40, 50))))[0]


def _strict(problem):
    return {name: replace(each, resumable=False) for name, each in problem.resources.items()}


def test_a_batch_that_ends_as_a_window_closes_does_not_end_as_the_next_opens():
    (slot,) = construct(line([10], ((0, 10), (20, 30)))).slots
    assert slot.end_s == 10


def test_a_setup_does_not_rest():
    problem = line([5], ((0, 10), (20, 60)), change_s=12)
    (slot,) = construct(problem).slots
    assert (slot.setup_start_s, slot.start_s, slot.end_s) == (20, 32, 37)
    wrong = replace(slot, setup_start_s=0, start_s=20, end_s=25)
    assert any("one working window" in each for each in violations(problem, Schedule((wrong,))))


def test_ends_in_a_break_and_wrong_lengths_are_said():
    problem = line([15], ((0, 10), (20, 30)))
    (slot,) = construct(problem).slots
    assert slot.end_s == 25
    for end_s, said in ((24, "is given 14 s"), (26, "is given 16 s"), (15, "outside the working")):
        wrong = Schedule((replace(slot, end_s=end_s),))
        assert any(said in each for each in violations(problem, wrong))


@pytest.mark.parametrize("seed", range(20))
def test_ends_are_those_of_working_second_by_second(seed):
    rng = Random(seed)
    windows, at = [], 0
    for _ in range(40):
        at += rng.randint(1, 6)
        windows.append((at, at := at + rng.randint(1, 6)))
    problem = line([rng.randint(0, 9) for _ in range(8)], tuple(windows))
    working = [second for a, b in windows for second in range(a, b)]
    for slot in construct(problem).slots:
        takes_s = problem.tasks[slot.operations[0]].modes[0].takes_s
        seconds = [second for second in working if slot.start_s <= second < slot.end_s]
        assert len(seconds) == takes_s
        if takes_s:
            assert seconds[0] == slot.start_s
            assert seconds[-1] == slot.end_s - 1
    assert not list(violations(problem, construct(problem)))
    indexed = index(problem)
    assert all(
        end_s <= construct(problem).end_of[name]
        for name, end_s in zip(indexed.task_ids, earliest_ends(indexed), strict=True)
    )


def test_a_bound_stays_below_a_plan_that_rests():
    problem = line([25, 30], tuple((20 * n, 20 * n + 10) for n in range(20)))
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))
    assert least(problem) <= dict(answer.levels)["cents"]
    assert why_not_exact(index(problem)) == "work that rests over breaks"
