"""The front door: best, proven, bounded, the same for the same seed, and always verified."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from shops import LASTING, counting, day_shop, every_schedule, problems

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
    construct,
    first_come,
    measure_levels,
    solve,
    violations,
)
from scheduler.balance import least_makespan
from scheduler.bounds import least_cents, least_setups
from scheduler.construct import best_start
from scheduler.exact import solve_exactly
from scheduler.improve import improve
from scheduler.indexed import index
from scheduler.price import price
from scheduler.times import decode_rows


def cents(problem, schedule):
    return dict(measure_levels(problem, schedule))["cents"]


@given(problem=problems(most_tasks=4))
@settings(LASTING, max_examples=40)
def test_no_schedule_of_a_tiny_problem_beats_its_bounds(problem):
    schedules = list(every_schedule(problem))
    assert least_cents(problem) <= min(cents(problem, each) for each in schedules)
    ends = [max(each.end_of.values()) for each in schedules]
    assert least_makespan(index(problem)) <= min(ends)


@given(problem=problems(most_tasks=4))
@settings(LASTING, max_examples=30)
def test_the_exact_plan_of_a_tiny_problem_is_the_best_of_all(problem):
    rows, times = best_start(index(problem))
    answer = solve_exactly(problem, rows, times, counting(10_000))
    assert answer.proven
    assert list(violations(problem, answer.schedule)) == []
    best = min(cents(problem, each) for each in every_schedule(problem))
    # A crew may serve better than in the order of request, which is all that the decoder knows.
    assert answer.bound == cents(problem, answer.schedule) <= best
    assert problem.crews or answer.bound == best


@given(problem=problems(most_tasks=6))
@settings(LASTING, max_examples=25)
def test_a_small_problem_is_solved_and_proven(problem):
    solution = solve(problem, counting(3_000))
    assert solution.schedule is not None
    assert list(violations(problem, solution.schedule)) == []
    assert solution.proven
    assert dict(solution.levels)["cents"] == solution.bound
    assert solution.levels == measure_levels(problem, solution.schedule)
    assert dict(solution.levels)["cents"] <= cents(problem, construct(problem))


def test_more_time_is_a_better_plan_and_every_better_plan_is_told():
    problem = day_shop(1)
    told = []
    short = solve(problem, counting(50), seed=3, progress=told.append)
    long = solve(problem, counting(600), seed=3, progress=told.append)
    values = [dict(each.levels)["cents"] for each in (short, long)]
    assert values[1] < values[0] <= cents(problem, construct(problem))
    assert told[-1].schedule == long.schedule
    assert all(not list(violations(problem, each.schedule)) for each in told)


def test_the_same_seed_and_the_same_number_of_moves_give_the_same_plan():
    problem = day_shop(2, pairs=12)
    first, second = (solve(problem, counting(250), seed=5) for _ in range(2))
    assert first == second
    assert solve(problem, counting(250), seed=6).schedule != first.schedule


def test_a_search_that_is_stopped_at_once_still_has_a_plan():
    problem = day_shop(0, pairs=10)
    solution = solve(problem, lambda: True)
    # At most what may run in any order for the same money runs in another one.
    assert cents(problem, solution.schedule) == cents(problem, construct(problem))
    assert solution.bound is not None
    assert solution.bound <= dict(solution.levels)["cents"]


def test_the_plan_says_what_each_step_contributed():
    large = solve(day_shop(0), counting(5)).tiers
    assert [tier.split(":")[0] for tier in large] == ["start", "bound", "exact", "search"]
    assert "320 tasks are more than 40" in large[2]
    small = day_shop(0, pairs=3)
    assert solve(small, counting(2_000)).tiers[-1].endswith("proven")
    assert "exact: nothing found in time" in solve(small, counting(5)).tiers


def test_the_plan_so_far_is_a_start_and_moves_are_counted_against_it():
    problem = day_shop(1, pairs=20)
    before = solve(problem, counting(200)).schedule
    again = solve(problem, counting(0), hint=before)
    assert again.tiers[0].startswith("plan so far")
    assert dict(again.levels)["moves"] == 0
    fresh = measure_levels(problem, first_come(problem), before)
    assert dict(fresh)["moves"] > 50


def test_work_that_fits_no_window_has_no_schedule_and_a_reason():
    problem = Problem(
        now_s=0,
        tasks={"1": Task(id="1", order="o", modes=(Mode("M", 200),))},
        resources={"M": Resource(id="M", group="g", windows=((0, 100),))},
        setups={},
        dues={},
    )
    solution = solve(problem, counting(10))
    assert solution.schedule is None
    assert "1 finds no machine" in solution.why


def test_nothing_to_do_is_solved():
    problem = Problem(now_s=0, tasks={}, resources={}, setups={}, dues={})
    solution = solve(problem, counting(10))
    assert solution.schedule == Schedule(())
    assert solution.proven


def test_an_order_that_cannot_be_in_time_is_in_the_bound():
    problem = Problem(
        now_s=0,
        tasks={
            name: Task(id=name, order=name, modes=(Mode("M", 60), Mode("N", 60)), family="b")
            for name in "1234"
        },
        resources={
            name: Resource(id=name, group="g", windows=((0, 999),), family="a") for name in "MN"
        },
        setups={("g", "a", "b"): Setup(30, 7)},
        dues={name: Due(order=name, due_s=100, late_cents=50, weight=2) for name in "1234"},
    )
    # Only two of four fit before the due time, and one setup at least is paid.
    assert least_cents(problem) >= 2 * 100 + 7
    assert least_setups(index(problem)) == 7 * 3600


def test_the_bound_counts_no_more_late_orders_than_there_must_be():
    problem = Problem(
        now_s=0,
        tasks={name: Task(id=name, order=name, modes=(Mode("M", 60),)) for name in "1234"},
        resources={"M": Resource(id="M", group="g", windows=((0, 9_999),))},
        setups={},
        dues={name: Due(order=name, due_s=130, late_cents=100) for name in "1234"},
    )
    assert least_cents(problem) == 200


def test_the_least_makespan_shares_plates_and_spreads_over_machines():
    def plates(*machines):
        return Problem(
            now_s=0,
            tasks={
                name: Task(id=name, order="o", modes=tuple(Mode(m, 0) for m in machines), size=5)
                for name in "1234"
            },
            resources={
                name: Resource(id=name, group="g", capacity=10, base_s=100, windows=((50, 999),))
                for name in machines
            },
            setups={},
            dues={},
        )

    assert least_makespan(index(plates("M"))) == 250
    assert least_makespan(index(plates("M", "N"))) == 150


def test_late_work_that_only_runs_counts_in_measure_bound_and_exact_plan():
    running = Slot(
        machine="M", operations=("9/1/knit",), family="", setup_start_s=0, start_s=0, end_s=500
    )
    problem = Problem(
        now_s=10,
        tasks={"1/1/knit": Task(id="1/1/knit", order="1", modes=(Mode("M", 60),))},
        resources={"M": Resource(id="M", group="g", windows=((0, 999),))},
        setups={},
        dues={name: Due(order=name, due_s=400, late_cents=30) for name in "19"},
        frozen=Frozen(running=(running,)),
    )
    solution = solve(problem, counting(10))
    assert solution.levels == (("broken_rules", 0), ("cents", 60), ("moves", 0))
    assert solution.bound == 60
    assert solution.proven


def test_a_search_with_nothing_left_to_move_ends_at_once():
    problem = Problem(
        now_s=0,
        tasks={},
        resources={"a": Resource(id="a", group="g", windows=((0, 900),))},
        setups={},
        dues={},
    )
    indexed = index(problem)
    rows, _ = best_start(indexed)
    assert improve(indexed, rows, counting(10), seed=1) == (rows, 0)


@given(problem=problems(most_tasks=9))
@settings(LASTING, max_examples=30)
def test_the_search_never_returns_a_worse_or_wrong_plan(problem):
    indexed = index(problem)
    rows, times = best_start(indexed)
    better, moves = improve(indexed, rows, counting(60), seed=1)
    assert moves == 60
    decoded = decode_rows(indexed, better)
    assert decoded is not None
    assert price(indexed, decoded) <= price(indexed, times)
    assert sorted(t for row in better for b in row for t in b) == list(range(len(problem.tasks)))


@given(problem=problems(most_tasks=7))
@settings(LASTING, max_examples=40)
def test_the_engine_and_the_objective_count_the_same_money(problem):
    indexed = index(problem)
    _rows, times = best_start(indexed)
    open_orders = {task.order for task in problem.tasks.values()}
    dues = {name: due for name, due in problem.dues.items() if name in open_orders}
    judged = cents(replace(problem, dues=dues), construct(problem))
    assert price(indexed, times)[0] // 3600 == judged


@pytest.mark.parametrize("seed", range(2))
def test_a_second_of_search_makes_a_day_of_320_operations_cheaper(seed):
    problem = day_shop(seed)
    begun = construct(problem)
    solution = solve(problem, counting(1_000), seed=1)
    assert dict(solution.levels)["cents"] < 0.95 * cents(problem, begun)
