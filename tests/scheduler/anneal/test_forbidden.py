"""What may not follow each other does not: not in a start, not in a search, and not in silence."""

from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from ruled import forbidding, ruled, searched

from scheduler import Due, Mode, Problem, Resource, Setup, Task, solve, violations
from scheduler.construct import construct
from scheduler.held import without_held
from scheduler.schedule import setups_in


@pytest.mark.parametrize("seed", range(12))
def test_a_search_keeps_what_may_not_follow_apart(seed):
    assert searched(ruled(seed, 3 + 2 * seed, forbidding), seed) > 0


def row_of(families, allowed, first="f0", machines=1):
    """One task of each family, and setups that allow only some changes."""
    names = sorted({first, *families})
    keys = [("g", a, b) for a in names for b in names if a != b]
    return Problem(
        now_s=0,
        tasks={
            f"t{n}": Task(
                id=f"t{n}",
                order=f"t{n}",
                modes=tuple(Mode(f"m{k}", 10) for k in range(machines)),
                family=family,
            )
            for n, family in enumerate(families)
        },
        resources={
            f"m{k}": Resource(id=f"m{k}", group="g", windows=((0, 100_000),), family=first)
            for k in range(machines)
        },
        setups={key: Setup(5, forbidden=key[1:] not in allowed) for key in keys},
        dues={f"t{n}": Due(order=f"t{n}", due_s=100 * n + 10) for n in range(len(families))},
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_start_is_found_wherever_one_machine_has_an_order(seed):
    rng = Random(seed)
    families = [f"f{n}" for n in range(1, 7)]
    pairs = [(a, b) for a in ["f0", *families] for b in families if a != b]
    allowed = {pair for pair in pairs if rng.random() < 0.35}
    problem = row_of(families, allowed)
    ways = [
        order
        for order in permutations(families)
        if all(pair in allowed for pair in zip(("f0", *order), order, strict=False))
    ]
    answer = solve(problem, seed=seed)
    if ways:
        assert not list(violations(problem, answer.schedule))
        assert not any(setup.forbidden for _, _, setup in setups_in(problem, answer.schedule))
    else:
        assert answer.schedule is None
        assert answer.why


def test_a_family_that_leads_nowhere_goes_to_another_machine():
    # From either of the two nothing else may follow, so each ends a machine's row.
    problem = row_of(["a", "b"], {("f0", "a"), ("f0", "b")}, machines=2)
    schedule = construct(problem)
    assert not list(violations(problem, schedule))
    assert {slot.machine for slot in schedule.slots} == {"m0", "m1"}


def test_a_family_is_run_twice_where_it_lies_between_others():
    allowed = {("f0", "a"), ("a", "b"), ("b", "a"), ("a", "c")}
    problem = row_of(["a", "b", "a", "c"], allowed)
    schedule = construct(problem)
    assert [slot.family for slot in schedule.slots] == ["a", "b", "a", "c"]


def test_what_leads_to_a_family_is_brought_to_its_machine():
    problem = row_of(["b", "c"], {("f0", "b"), ("b", "c")}, machines=2)
    tasks = dict(problem.tasks)
    tasks["t1"] = replace(tasks["t1"], modes=(Mode("m1", 10),))
    schedule = construct(replace(problem, tasks=tasks))
    assert [(slot.machine, slot.family) for slot in schedule.slots] == [("m1", "b"), ("m1", "c")]


def test_a_forbidden_change_is_said():
    problem = row_of(["a", "b"], {("f0", "a"), ("a", "b")})
    schedule = construct(problem)
    changed = replace(problem, setups={("g", "a", "b"): Setup(5, forbidden=True)})
    assert list(violations(changed, schedule)) == [
        "m0 changes from 'a' to 'b' for ('t1',), which may not follow each other."
    ]


def test_an_order_that_nothing_leads_to_is_held_and_the_others_are_planned():
    problem = row_of(["a", "b", "c"], {("f0", "a"), ("a", "b"), ("b", "a")})
    assert "t2" in solve(problem).why
    left = without_held(problem)
    assert set(left.tasks) == set(left.dues) == {"t0", "t1"}
    assert left.held == {
        "t2": "Order t2 waits: m0 may not change to 'c', which t2 needs, from what is set up or from "
        "any other open work."
    }
    answer = solve(left)
    assert not list(violations(left, answer.schedule))
    assert any("Order t2 waits" in clause for clause in answer.tiers)


def test_what_only_held_work_leads_to_is_held_too():
    problem = row_of(["a", "b"], {("a", "b")})
    assert set(without_held(problem).held) == {"t0", "t1"}
