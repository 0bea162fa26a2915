"""Parallel machines with setups: ends counted anew, and all sequences tried where they are few."""

import random
from dataclasses import replace
from itertools import permutations, product

import pytest

from scheduler.anneal.parallel import improve_parallel, search
from scheduler.anneal.yard import BEST, Sequences, is_parallel, sequences_of, yard_of
from scheduler.indexed import Indexed, Rows, index
from scheduler.problem import ALL_TIME_S, Aim, Due, Mode, Problem, Resource, Setup, Task
from scheduler.search.kernel import dice
from scheduler.times import decode_rows

NEVER = (0, 1)
"""Families that no machine makes one after the other."""


def yard(seed: int, tasks: int, machines: int, families: int) -> Problem:
    """Draw tasks that some machines make; these open at different times and are set up for something."""
    draw = random.Random(seed)
    names = [str(k) for k in range(machines)]
    made = {}
    for n in range(tasks):
        able = [name for name in names if draw.random() < 0.8] or [draw.choice(names)]
        modes = tuple(Mode(name, draw.randint(1, 30)) for name in able)
        family = str(draw.randrange(families))
        made[f"{n}/0"] = Task(id=f"{n}/0", order=str(n), modes=modes, family=family)
    setups = {
        (f"g{k}", str(f), str(g)): Setup(draw.randint(0, 25), forbidden=(f, g) == NEVER)
        for k, f, g in product(range(machines), range(families), range(families))
        if f != g
    }
    resources = {
        name: Resource(
            id=name,
            group=f"g{name}",
            windows=((draw.randint(0, 9), ALL_TIME_S - 1),),
            family=str(families - 1),
        )
        for name in names
    }
    return Problem(
        now_s=0, tasks=made, resources=resources, setups=setups, dues={}, aim=Aim.MAKESPAN
    )


def some_rows(indexed: Indexed, seed: int) -> Rows:
    """Draw sequences that can be run."""
    draw = random.Random(seed)
    for _ in range(1000):
        rows: Rows = [[] for _ in indexed.machine_ids]
        # Families that must not follow run in the one order that is left.
        names = [indexed.family_names[family] for family in indexed.family_of]
        for task in sorted(range(len(names)), key=lambda t: names[t], reverse=True):
            rows[draw.choice(list(indexed.takes[task]))].append((task,))
        if decode_rows(indexed, rows) is not None:
            return rows
    pytest.fail("No sequences were drawn.")


def rows_of(plan: Sequences) -> Rows:
    return [
        [(int(task),) for task in row[:length]]
        for row, length in zip(plan.row, plan.length, strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_every_end_and_place_is_what_counting_anew_gives(seed: int) -> None:
    indexed = index(yard(seed, tasks=5 + 3 * seed, machines=1 + seed % 4, families=2 + seed % 5))
    assert is_parallel(indexed)
    start = some_rows(indexed, seed)
    here, plan, luck = yard_of(indexed), sequences_of(indexed, start), dice(seed)
    changed = 0
    for heat in (50.0, 20.0, 5.0, 0.5) * 10:
        search(here, plan, luck, 25, heat)
        rows = rows_of(plan)
        changed += rows != start
        assert sorted(task for row in rows for (task,) in row) == list(range(len(plan.on)))
        times = decode_rows(indexed, rows)
        assert times is not None
        for k, row in enumerate(rows):
            assert plan.end[k] == (times.end[row[-1][0]] if row else indexed.opens[k][0])
            for place, (task,) in enumerate(row):
                assert (plan.on[task], plan.place[task]) == (k, place)
    assert changed


def shortest(indexed: Indexed) -> int:
    """Try all sequences on all machines."""
    tasks, best = range(len(indexed.task_ids)), ALL_TIME_S
    for on in product(*(indexed.takes[task] for task in tasks)):
        latest = 0
        for k in range(len(indexed.machine_ids)):
            own = [task for task in tasks if on[task] == k]
            ends = (_end(indexed, k, order) for order in permutations(own))
            latest = max(latest, min(ends))
        best = min(best, latest)
    return best


def _end(indexed: Indexed, k: int, order: tuple[int, ...]) -> int:
    end, family = indexed.opens[k][0], indexed.first_family[k]
    for task in order:
        setup = indexed.setup_s[indexed.group_of[k]][family][indexed.family_of[task]]
        if setup < 0:
            return ALL_TIME_S
        end += setup + indexed.takes[task][k]
        family = indexed.family_of[task]
    return end


@pytest.mark.parametrize("seed", range(20))
def test_few_tasks_end_as_early_as_they_can(seed: int) -> None:
    indexed = index(yard(seed, tasks=6, machines=1 + seed % 3, families=2 + seed % 4))
    shares = iter(n / 8 for n in range(1, 9))
    told: list[int] = []
    rows, moves = improve_parallel(
        indexed,
        some_rows(indexed, seed),
        lambda: next(shares),
        seed,
        lambda _, times: told.append(max(times.end)),
    )
    times = decode_rows(indexed, rows)
    assert times is not None
    assert max(times.end) == shortest(indexed) == told[-1]
    assert moves == 8 * 20_000


@pytest.mark.parametrize("seed", range(6))
def test_near_places_are_those_that_take_least(seed: int) -> None:
    indexed = index(yard(seed, tasks=9, machines=3, families=4))
    here = yard_of(indexed)
    for task, family in enumerate(indexed.family_of):
        takes: dict[int, int] = {}
        for k, seconds in indexed.takes[task].items():
            befores = [*indexed.family_of, indexed.first_family[k]]
            for before, its_family in enumerate(befores):
                setup = indexed.setup_s[indexed.group_of[k]][its_family][family]
                if before != task and setup >= 0:
                    takes[k * len(befores) + before] = setup + seconds
        ranked = [takes[place] for place in here.near[task].tolist() if place in takes]
        assert ranked == sorted(takes.values())[: len(here.near[task])]


def test_the_best_plan_is_kept_while_the_search_goes_on() -> None:
    indexed = index(yard(3, tasks=14, machines=3, families=4))
    start = some_rows(indexed, 3)
    here, plan, luck = yard_of(indexed), sequences_of(indexed, start), dice(0)
    search(here, plan, luck, 20_000, 2.0)
    best = int(plan.counts[BEST])
    search(here, plan, luck, 2_000, 500.0)
    kept = plan._replace(row=plan.best_row, length=plan.best_length)
    times = decode_rows(indexed, rows_of(kept))
    assert times is not None
    assert max(times.end) == best < max(plan.end)


def test_what_has_more_rules_is_left_to_other_searches() -> None:
    plain = yard(1, tasks=4, machines=2, families=2)
    first = plain.tasks["0/0"]
    machine = plain.resources["0"]

    def known(problem: Problem) -> bool:
        return is_parallel(index(problem))

    def with_task(**rule: object) -> Problem:
        return replace(plain, tasks={**plain.tasks, first.id: replace(first, **rule)})

    def with_machine(**rule: object) -> Problem:
        return replace(plain, resources={**plain.resources, "0": replace(machine, **rule)})

    assert known(plain)
    assert not known(with_task(release_s=100))
    assert not known(with_task(after=("1/0",)))
    assert not known(with_machine(windows=((0, 10), (20, ALL_TIME_S - 1))))
    assert not known(with_machine(windows=((0, 40),)))
    assert not known(with_machine(capacity=2))
    assert not known(replace(plain, crews={"g0": 1}))
    assert not known(replace(plain, aim=Aim.CENTS, dues={"0": Due(order="0", due_s=9)}))
