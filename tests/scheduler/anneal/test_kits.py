"""Parts that lie about until their kit is whole cost what they cost, in every part of the engine."""

import pytest
from ruled import campaigning, forbidding, kitting, resting, ruled, searched

from scheduler import Frozen, Mode, Problem, Resource, Task, measure_levels, solve
from scheduler.construct import construct


@pytest.mark.parametrize("seed", range(12))
def test_a_search_counts_what_lies_about(seed):
    assert searched(ruled(seed, 4 + seed, kitting), seed) > 0


@pytest.mark.parametrize("seed", range(6))
def test_kits_rests_campaigns_and_forbidden_changes_together(seed):
    problem = ruled(seed, 6 + seed, kitting, resting, campaigning, forbidding)
    assert searched(problem, seed) > 0


def kit(takes, kit_cents, done=()):
    """Parts on machines of their own, and a join behind them."""
    parts = [f"p{n}" for n in range(len(takes))]
    tasks = {
        name: Task(id=name, order="o", modes=(Mode(name, takes_s),))
        for name, takes_s in zip(parts, takes, strict=True)
    }
    after = (*parts, *dict(done))
    tasks["j"] = Task(id="j", order="o", modes=(Mode("j", 5),), after=after, kit_cents=kit_cents)
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group=name, windows=((0, 99_999),)) for name in (*parts, "j")
        },
        setups={},
        dues={},
        frozen=Frozen(done=dict(done)),
    )


def cents(problem):
    return dict(measure_levels(problem, construct(problem)))["cents"]


def test_an_hour_between_the_first_and_the_last_part_costs_its_rate():
    assert cents(kit([3_600, 7_200, 5_000], 250)) == 250
    assert cents(kit([3_600, 7_200, 5_000], 0)) == 0
    assert cents(kit([3_600], 250)) == 0
    assert cents(kit([3_600], 250, {"before": -3_600}.items())) == 500
    assert cents(kit([], 250, {"one": -3_600, "two": -7}.items())) == 0, "that is over"


def test_the_exact_solver_lets_a_short_part_begin_later():
    problem = kit([100, 4_000], 3_600)
    assert cents(problem) == 3_900
    answer = solve(problem)
    assert answer.proven
    assert dict(answer.levels)["cents"] == 0
