"""Machines that need one of a pool while they run never run more at once than there are."""

from dataclasses import replace
from itertools import chain, repeat
from random import Random

import pytest
from shops import random_problem

from plant_config import PlantErrors, load, read_folder, shipped
from scheduler import (
    Due,
    Frozen,
    Mode,
    Problem,
    Resource,
    Setup,
    Slot,
    Task,
    pose,
    solve,
    violations,
)
from scheduler.construct import construct
from scheduler.decode import decode
from scheduler.exact_gaps import why_not_by_batches
from scheduler.indexed import index
from scheduler.schedule import Schedule
from scheduler.sound import faults
from tests.plant_config.small import changed, folder


def with_pools(problem, rng):
    pools = {"hands": rng.randint(1, 2), "tool": 1}
    resources = {
        name: replace(each, pool=rng.choice(("hands", "hands", "tool", "")))
        for name, each in problem.resources.items()
    }
    return replace(problem, pools=pools, resources=resources)


def most_at_once(problem, schedule, pool):
    """Count second by second."""
    slots = [
        slot
        for slot in (*problem.frozen.running, *schedule.slots)
        if problem.resources[slot.machine].pool == pool
    ]
    begins = {slot.setup_start_s for slot in slots if slot.setup_start_s < slot.end_s}
    return max(
        (sum(slot.setup_start_s <= at < slot.end_s for slot in slots) for at in begins), default=0
    )


@pytest.mark.parametrize("seed", range(60))
def test_plans_keep_to_what_there_is(seed):
    rng = Random(f"pools {seed}")
    problem = with_pools(random_problem(rng, rng.randint(1, 7)), rng)
    answer = solve(problem, seed=seed)
    assert not list(violations(problem, answer.schedule))
    for pool, units in problem.pools.items():
        assert most_at_once(problem, answer.schedule, pool) <= units


@pytest.mark.parametrize("seed", range(20))
def test_too_few_are_told(seed):
    rng = Random(f"few {seed}")
    problem = with_pools(random_problem(rng, 7, frozen=False), rng)
    schedule = construct(replace(problem, pools={"hands": 9, "tool": 9}))
    told = any("needs one of" in each for each in violations(problem, schedule))
    over = any(most_at_once(problem, schedule, pool) > n for pool, n in problem.pools.items())
    assert told == over


def two(pool="hand", **changes):
    """A task on each of two machines that share one hand."""
    tasks = {
        name: Task(id=name, order=name, modes=(Mode(name, 50),), family="x") for name in ("a", "b")
    }
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group=name, windows=((0, 999),), pool=pool) for name in tasks
        },
        setups={("b", "", "x"): Setup(20)},
        pools={"hand": 1},
        dues={name: Due(order=name, due_s=500) for name in tasks},
        **changes,
    )


def test_one_waits_for_the_other_with_its_setup():
    schedule = decode(two(), {"a": [["a"]], "b": [["b"]]})
    assert [(s.machine, s.setup_start_s, s.start_s, s.end_s) for s in schedule.slots] == [
        ("a", 0, 0, 50),
        ("b", 50, 70, 120),
    ]


def test_who_runs_already_is_not_free():
    running = Slot(machine="a", operations=("r",), family="", setup_start_s=0, start_s=0, end_s=300)
    problem = two(frozen=Frozen(running=(running,)))
    assert all(slot.setup_start_s >= 300 for slot in construct(problem).slots)


def test_a_hand_goes_between_two_machines_while_parts_are_awaited():
    problem = two()
    tasks = {**problem.tasks, "a": replace(problem.tasks["a"], release_s=200)}
    schedule = construct(replace(problem, tasks=tasks))
    assert schedule.end_of == {"a": 250, "b": 70}


def test_what_nobody_can_do_is_a_fault():
    assert faults(two(pool="welder"))[0] == "a needs one of welder, and there is none."
    assert "There are 0 of hand" in faults(replace(two(), pools={"hand": 0}))[0]


def test_searches_that_do_not_know_pools_leave_them_alone():
    assert why_not_by_batches(index(two())) == "pools that machines share"
    answer = solve(two(), share=chain([0.5], repeat(1.0)).__next__)
    assert not list(violations(two(), answer.schedule))
    assert isinstance(answer.schedule, Schedule)


def test_a_plant_says_what_its_cells_share():
    files = folder(read_folder(shipped("sneaker"))["profiles/jobmap.yaml"])
    files = changed(files, "machines.yaml", "groups:", "pools: {sewer: 2}\ngroups:")
    files = changed(files, "machines.yaml", "offers: [cut]", "offers: [cut]\n    pool: sewer")
    problem = pose((), load(files))
    assert problem.pools == {"sewer": 2}
    assert {n for n, each in problem.resources.items() if each.pool == "sewer"} == {"C1", "C2"}
    with pytest.raises(PlantErrors) as caught:
        load(changed(files, "machines.yaml", "pool: sewer", "pool: sower"))
    assert str(caught.value) == (
        "machines.yaml:7:11: 'sower': no such pool. Maybe you mean 'sewer'?"
    )
    with pytest.raises(PlantErrors, match=r"machines.yaml:1:\d+: .*at least 1"):
        load(changed(files, "machines.yaml", "sewer: 2", "sewer: 0"))
