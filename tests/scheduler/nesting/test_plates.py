"""Plans in which parts with outlines share plates: every batch lies, whoever made the plan."""

from dataclasses import replace
from itertools import count
from random import Random

import pytest
from parts import box, lies_right, plate, polygon, random_shape

from scheduler import (
    Due,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Task,
    UnplannableError,
    construct,
    first_come,
    solve,
    violations,
    wishes,
)
from scheduler.construct import best_start
from scheduler.decode import decode, sequences_of, to_schedule
from scheduler.indexed import index
from scheduler.narrow import narrow
from scheduler.nesting.lay import lay
from scheduler.parted import by_size, laid, parted, within_size
from scheduler.sound import faults

BRACKET = polygon([(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)])
ON = plate(200, 150, 2)
LONG_S = 1 << 24


def plates_problem(seed, tasks=14, machines=2):
    """Printers with plates, a finishing machine behind them, orders with due times, two materials."""
    chance = Random(seed)
    shapes = {f"s{n}": random_shape(chance, 110) for n in range(6)}
    names = [f"P{n}" for n in range(machines)]
    resources = {
        name: Resource(
            id=name,
            group="print",
            capacity=30_000,
            plate=ON,
            base_s=600,
            per_work_ms=500,
            windows=((0, LONG_S),),
            family="a",
        )
        for name in names
    }
    resources["F"] = Resource(id="F", group="finish", windows=((0, LONG_S),))
    made = {}
    for n in range(tasks):
        shape = chance.choice(sorted(shapes))
        order = f"o{n % 5}"
        made[f"{n}/p"] = Task(
            id=f"{n}/p",
            order=order,
            modes=tuple(Mode(name, 60) for name in names),
            family=chance.choice("aab"),
            size=-(-shapes[shape].doubled_um2 // 2_000_000),
            work=100,
            shape=shape,
        )
        made[f"{n}/f"] = Task(id=f"{n}/f", order=order, modes=(Mode("F", 120),), after=(f"{n}/p",))
    return Problem(
        now_s=0,
        tasks=made,
        resources=resources,
        shapes=shapes,
        setups={("print", "a", "b"): Setup(300, 200), ("print", "b", "a"): Setup(200, 100)},
        dues={f"o{n}": Due(order=f"o{n}", due_s=3_000 * (n + 1), late_cents=900) for n in range(5)},
        rates={"print": 1_000},
    )


def three_brackets():
    """Three prints of which two go on a plate, though its area is enough for all."""
    problem = plates_problem(0, tasks=3)
    tasks = {
        name: replace(task, shape="bracket", family="a", size=6_400) if task.shape else task
        for name, task in problem.tasks.items()
    }
    resources = {
        name: replace(each, plate=each.plate and plate(150, 140, 2), capacity=21_000)
        for name, each in problem.resources.items()
    }
    shapes = {"bracket": BRACKET}
    return replace(problem, tasks=tasks, resources=resources, shapes=shapes)


def all_lie(problem, schedule):
    for slot in schedule.slots:
        on = problem.resources[slot.machine].plate
        named = [problem.tasks[name].shape for name in slot.operations]
        shapes = [problem.shapes[name] for name in named if name]
        if on is not None:
            assert lies_right(on, shapes, lay(on, shapes))


def by_area(problem):
    """The same problem as a plant has it that knows no outlines."""
    resources = {name: replace(each, plate=None) for name, each in problem.resources.items()}
    return replace(problem, resources=resources)


@pytest.mark.parametrize("seed", range(12))
def test_every_tier_makes_plans_whose_batches_lie(seed):
    problem = plates_problem(seed)
    asked = count(1)
    for schedule in (
        construct(problem),
        first_come(problem),
        solve(problem, lambda: next(asked) > 150, seed=seed).schedule,
    ):
        assert not list(violations(problem, schedule))
        all_lie(problem, schedule)


@pytest.mark.parametrize("seed", [1, 2, 3, 6, 7, 8])
def test_a_plan_by_area_is_rejected_for_its_plates_and_can_be_parted(seed):
    problem = plates_problem(seed, tasks=30)
    loose = construct(by_area(problem))
    told = list(violations(problem, loose))
    assert told
    assert all("found to fit on the plate" in each for each in told)
    indexed = index(problem)
    rows, times = best_start(index(by_area(problem)))
    fitting = laid(indexed, rows, times)
    assert fitting is not None
    schedule = to_schedule(indexed, *fitting)
    assert not list(violations(problem, schedule))
    all_lie(problem, schedule)


def test_a_large_plan_is_parted_without_a_search_for_the_best_places():
    problem = plates_problem(3, tasks=160, machines=6)
    indexed = index(problem)
    rows, times = best_start(index(by_area(problem)))
    fitting = laid(indexed, rows, times)
    assert fitting is not None
    assert not list(violations(problem, to_schedule(indexed, *fitting)))


def test_a_batch_that_lies_is_left_as_it_is():
    problem = plates_problem(1)
    indexed = index(problem)
    rows, times = best_start(indexed)
    fitting = laid(indexed, rows, times)
    assert fitting is not None
    assert fitting[0] is rows


def test_two_batches_that_part_at_once_contradict_nothing():
    """What leaves one batch may join another only if that starts when its parts are there."""
    for seed in range(20):
        problem = plates_problem(seed, tasks=24)
        indexed = index(problem)
        rows, times = best_start(index(by_area(problem)))
        fitting = parted(indexed, rows, times, lambda _, batch: len(batch) <= 2)
        assert fitting is not None
        assert max(len(batch) for row in fitting[0] for batch in row) <= 2
        placed = sorted(task for row in fitting[0] for batch in row for task in batch)
        assert placed == list(range(len(indexed.task_ids)))
        told = list(violations(problem, to_schedule(indexed, *fitting)))
        assert all("found to fit" in each for each in told)


def test_the_judge_knows_a_plate_by_its_outlines_alone():
    problem = three_brackets()
    three = {"P0": [("0/p", "1/p", "2/p")], "F": [("0/f",), ("1/f",), ("2/f",)]}
    assert sum(task.size for task in problem.tasks.values()) <= problem.resources["P0"].capacity
    assert decode(problem, three) is None
    loose = decode(by_area(problem), three)
    assert [each for each in violations(problem, loose) if "plate" in each]
    two = {"P0": [("0/p", "1/p"), ("2/p",)], "F": [("0/f",), ("1/f",), ("2/f",)]}
    assert not list(violations(problem, decode(problem, two)))
    unknown = replace(problem, shapes={})
    assert "does not know" in next(violations(unknown, decode(by_area(problem), two)))


def test_a_part_too_large_for_every_plate_is_told_before_any_search():
    problem = plates_problem(0, tasks=2)
    shapes = {**problem.shapes, "beam": box(260, 10)}
    tasks = {**problem.tasks, "0/p": replace(problem.tasks["0/p"], shape="beam")}
    problem = replace(problem, tasks=tasks, shapes=shapes)
    why = solve(problem).why
    assert "0/p finds no machine" in why
    assert "the plate of P0 is 200 x 150 mm and its outline is 260 x 10 mm" in why
    with pytest.raises(UnplannableError):
        construct(problem)
    across = replace(problem, shapes={**shapes, "beam": box(235, 10)})
    assert solve(across, lambda: True).schedule is not None, "it lies across the plate"


def test_what_is_wrong_with_outlines_is_told():
    problem = plates_problem(0, tasks=2)
    bow = polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    for changed, said in (
        (replace(problem, shapes={}), "which the problem does not know"),
        (replace(problem, shapes={**problem.shapes, "bow": bow}), "Outline bow crosses"),
        (with_machine(problem, plate=plate(0, 10)), "The plate of P0 is 0 x 10 mm"),
        (with_machine(problem, plate=plate(10, 10, -1)), "a gap of -1000 um"),
        (with_machine(problem, capacity=0), "takes one task at a time"),
    ):
        assert any(said in each for each in faults(changed)), said


def with_machine(problem, **change):
    machine = replace(problem.resources["P0"], **change)
    return replace(problem, resources={**problem.resources, "P0": machine})


def test_a_pin_of_parts_that_do_not_lie_together_is_dropped_and_said():
    problem = three_brackets()
    pin = wishes.Pin(operations=("0/p", "1/p", "2/p"), machine="P0", start_s=0)
    terms = wishes.Terms(wishes=(pin,))
    asked = narrow(replace(problem, terms=terms))
    assert asked.terms.wishes == ()
    assert "not found to fit on the plate of P0" in asked.dropped[0]


@pytest.mark.parametrize("seed", range(6))
def test_what_a_search_by_size_finds_is_made_to_lie_before_it_is_offered(seed, monkeypatch):
    """In place of the compiled search: one that packs as the sizes allow that it is told."""
    from scheduler.anneal import search as compiled

    problem = plates_problem(seed, tasks=24)
    capacities = []

    def by_sums(indexed, rows, share, seed, found):
        assert all(within_size(indexed, k, b) for k, row in enumerate(rows) for b in row)
        capacities.append(indexed.resources[0].capacity)
        densest, times = best_start(replace(indexed, nests=None))
        found(densest, times)
        return densest, 1

    monkeypatch.setattr(compiled, "improve", by_sums)
    shares = count()
    told = []
    solution = solve(
        problem, lambda: True, seed=1, share=lambda: next(shares) / 2, progress=told.append
    )
    assert capacities[0] < problem.resources["P0"].capacity, "plates hold less than their area"
    for each in (*told, solution):
        assert not list(violations(problem, each.schedule))
        all_lie(problem, each.schedule)
    assert not any("dropped a wrong plan" in clause for clause in solution.tiers)


def test_nothing_is_concluded_from_few_answers():
    indexed = index(plates_problem(0))
    assert by_size(indexed).resources == indexed.resources


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_solver_proves_no_plan_whose_plates_were_parted(seed):
    problem = plates_problem(seed, tasks=4, machines=1)
    solution = solve(problem, seed=1)
    assert solution.schedule is not None
    assert not list(violations(problem, solution.schedule))
    assert solution.bound is not None
    cheapest = min(_values(problem, order) for order in _all_rows(problem))
    found = _values(problem, sequences_of(solution.schedule))
    assert solution.bound <= cheapest[1]
    if solution.proven:
        assert found == cheapest


def _values(problem, sequences):
    from scheduler import measure_levels

    schedule = decode(problem, sequences)
    if schedule is None:
        return (1 << 30, 1 << 30)
    levels = dict(measure_levels(problem, schedule))
    return levels["broken_rules"], levels["cents"]


def _all_rows(problem):
    """Every way to batch and order the prints of one printer, finished in the order of printing."""
    prints = [name for name in problem.tasks if name.endswith("p")]

    def parts(names):
        if not names:
            yield []
            return
        head, *rest = names
        for others in parts(rest):
            for at in range(len(others) + 1):
                yield [*others[:at], (head,), *others[at:]]
            for at, batch in enumerate(others):
                yield [*others[:at], (head, *batch), *others[at + 1 :]]

    from itertools import permutations

    finishes = [name for name in problem.tasks if name.endswith("f")]
    for row in parts(prints):
        for order in permutations(finishes):
            yield {"P0": row, "F": [(name,) for name in order]}


def test_a_schedule_without_outlines_is_judged_as_ever():
    problem = by_area(plates_problem(2))
    assert not list(violations(problem, construct(problem)))
    assert list(violations(problem, Schedule(())))
