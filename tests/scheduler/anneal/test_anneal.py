"""The search decodes only what changes, and that is the same as decoding everything."""

from random import Random

import pytest
from plants import plant

from scheduler import Due, Mode, Problem, Resource, Task, measure_levels, violations
from scheduler.anneal.floor import (
    AHEAD,
    HOLD,
    JOIN,
    KEY_BITS,
    LATE_FIRST,
    LINE,
    SAME_MACHINE,
    SWAP,
    TRADE,
)
from scheduler.anneal.load import advances, load, recall, to_rows
from scheduler.anneal.loop import KEPT, anneal, snapshot
from scheduler.anneal.search import floor_and_memory
from scheduler.anneal.state import ADVANCE, ENDS, KEY, LATEST, MONEY, PACE, READY
from scheduler.construct import best_start
from scheduler.decode import to_schedule
from scheduler.indexed import index
from scheduler.price import price
from scheduler.problem import Aim
from scheduler.tables import SetupTables
from scheduler.times import decode_rows


def loaded(problem, seed=1, previous=None):
    indexed = index(problem, previous)
    rows, times = best_start(indexed)
    floor, memory = floor_and_memory(indexed, seed)
    state = load(floor, memory, rows, advances(indexed, floor, times))
    return indexed, floor, memory, state


def same(floor, state, other):
    assert (state.task[:, ENDS] == other.task[:, ENDS]).all()
    assert (state.total == other.total).all()
    assert (state.order_end == other.order_end).all()
    assert (state.queue == other.queue).all()
    assert (state.task[:, LATEST] == other.task[:, LATEST]).all()
    for task in floor.queued:
        assert state.task[task, READY] == other.task[task, READY]
    for a, (is_line, stations, _, rents, *_) in enumerate(floor.area[:-1]):
        turns = floor.area[a + 1, LINE] - floor.area[a, LINE] if is_line else 0
        for note, turn in enumerate(range(0, turns, PACE)):
            # Nobody who still comes is there before the key of a turn.
            ready = state.queue[floor.area[a, LINE] + turn, KEY] >> KEY_BITS
            at = slice(rents + note * stations, rents + (note + 1) * stations)
            assert (state.free[at].clip(min=ready) == other.free[at].clip(min=ready)).all()


def decoded_anew(indexed, floor, memory, state):
    """Hold what the search has against both ways to decode its sequences from nothing; return these."""
    rows = to_rows(floor, state)
    times = decode_rows(indexed, rows)
    assert list(state.task[:, ENDS]) == times.end
    assert state.total[MONEY] == price(indexed, times)[0]
    same(floor, state, load(floor, memory, rows, list(state.task[:, ADVANCE])))
    return rows


@pytest.mark.parametrize("seed", range(30))
def test_what_changes_is_all_that_changes(seed):
    problem = plant(seed, orders=3 + seed % 25)
    indexed, floor, memory, state = loaded(problem, seed)
    for heat in (1e8, 1e7, 1e6, 1e5, 1e4) * 2:
        anneal(floor, state, memory, 40 + seed, heat, heat / 2)
        decoded_anew(indexed, floor, memory, state)
    assert memory.tally[KEPT] > 0


@pytest.mark.parametrize("seed", range(12))
def test_machines_that_trade_are_decoded_as_if_they_had_always_been_so(seed):
    problem = plant(seed, orders=24)
    indexed, floor, memory, state = loaded(problem, seed)
    floor.price[JOIN : SWAP + 1] = 0
    floor.price[[SWAP, TRADE]] = 100
    floor.price[[LATE_FIRST, AHEAD, HOLD, SAME_MACHINE]] = 0
    before = to_rows(floor, state)
    for heat in (1e9, 1e6, 1e4):
        anneal(floor, state, memory, 300, heat, heat / 2)
        rows = decoded_anew(indexed, floor, memory, state)
    batches = [sorted(sorted(batch) for row in each for batch in row) for each in (before, rows)]
    assert batches[0] == batches[1]
    if memory.tally[KEPT]:
        assert [{*map(frozenset, row)} for row in rows] != [{*map(frozenset, r)} for r in before]


@pytest.mark.parametrize("seed", range(10))
def test_moves_against_a_plan_are_counted_as_it_goes(seed):
    problem = plant(seed, orders=12)
    before = index(problem)
    previous = to_schedule(before, *best_start(before))
    _, floor, memory, state = loaded(problem, seed, previous)
    for heat in (1e7, 1e6, 1e5):
        anneal(floor, state, memory, 60, heat, heat / 2)
        again = load(floor, memory, to_rows(floor, state), list(state.task[:, ADVANCE]))
        same(floor, state, again)


@pytest.mark.parametrize("seed", range(10))
def test_the_best_plan_is_right(seed):
    problem = plant(seed, orders=20)
    indexed, floor, memory, state = loaded(problem, seed)
    first = int(state.total[MONEY])
    snapshot(state, memory.best)
    anneal(floor, state, memory, 20_000, 2e6, 1e4)
    best = recall(floor, memory)
    rows = to_rows(floor, best)
    schedule = to_schedule(indexed, rows, decode_rows(indexed, rows))
    assert not list(violations(problem, schedule))
    assert best.total[MONEY] == memory.best.money[0] <= first
    assert dict(measure_levels(problem, schedule))["cents"] == best.total[MONEY] // 3600


def circle(seed, jobs=8):
    """Jobs that visit machines in any order, with setups between any two of their operations."""
    rng = Random(f"circle {seed}")
    names = [f"{job}/{step}" for job in range(jobs) for step in range(3)]
    tasks = {}
    for name in names:
        job, step = name.split("/")
        able = rng.sample("0123", rng.randint(1, 3))
        tasks[name] = Task(
            id=name,
            order=job,
            modes=tuple(Mode(k, rng.randint(5, 30)) for k in sorted(able)),
            family=name,
            after=(f"{job}/{int(step) - 1}",) if step != "0" else (),
        )
    tables = {k: [[rng.randint(0, 9) for _ in names] for _ in names] for k in "0123"}
    return Problem(
        now_s=0,
        tasks=tasks,
        resources={k: Resource(id=k, group=k, windows=((0, 10_000),)) for k in "0123"},
        setups=SetupTables(names, tables),
        dues={str(job): Due(order=str(job), due_s=60, weight=1 + job % 3) for job in range(jobs)},
        aim=(Aim.MAKESPAN, Aim.TARDINESS)[seed % 2],
    )


@pytest.mark.parametrize("seed", range(8))
def test_machines_that_feed_each_other_are_decoded_as_one(seed):
    problem = circle(seed)
    indexed, floor, memory, state = loaded(problem, seed)
    for heat in (1e5, 1e4, 1e3, 1e2) * 2:
        anneal(floor, state, memory, 60, heat, heat / 2)
        decoded_anew(indexed, floor, memory, state)
    assert memory.tally[KEPT] > 0
