"""Two searches beside each other plan a file of orders, and the better plan is verified and kept."""

from controller.kernels import Kernels
from controller.plan_search import race_plan, search_plan
from scheduler import Due, Mode, Problem, Resource, Setup, Task, violations
from scheduler.problem import ALL_TIME_S


def plates(orders=60, hours=((0, ALL_TIME_S),)):
    """Prints of three colours on two printers, each for an order of its own."""
    tasks = {
        f"{n}/print": Task(
            id=f"{n}/print",
            order=str(n),
            modes=(Mode("a", 10), Mode("b", 10)),
            family=f"colour={n % 3}",
            size=1 + n % 2,
        )
        for n in range(orders)
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group="print", capacity=4, base_s=30, windows=hours)
            for name in "ab"
        },
        setups={
            ("print", f"colour={a}", f"colour={b}"): Setup(20, 50)
            for a in range(3)
            for b in range(3)
            if a != b
        },
        dues={str(n): Due(order=str(n), due_s=100 + 10 * n, late_cents=900) for n in range(orders)},
    )


def test_the_better_plan_of_two_searches_is_kept():
    problem = plates()
    solution = race_plan(problem, Kernels(None), 2.5)
    assert solution.schedule is not None
    assert not list(violations(problem, solution.schedule))
    assert dict(solution.levels)["cents"] > 0
    assert any(tier.startswith("found by search ") for tier in solution.tiers)


def test_why_there_is_no_plan_is_said():
    solution = race_plan(plates(orders=3, hours=((0, 5),)), Kernels(None), 1.5)
    assert solution.schedule is None
    assert "0/print" in solution.why


def test_a_short_time_is_not_spent_on_starting_processes():
    problem = plates(orders=50)
    solution = search_plan(problem, Kernels(None), 0.2)
    assert solution.schedule is not None
    assert not any(tier.startswith("found by") for tier in solution.tiers)
