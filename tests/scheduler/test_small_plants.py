"""A sample of the small plants that `make small-plants` judges by the thousand, and the judge itself."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from brute_force import TooManyError, cost_of, least_cost
from judged_plants import verdicts
from small_plants import MOST_JUDGED, small_plant

from scheduler import (
    Due,
    Mode,
    Problem,
    Resource,
    Schedule,
    Setup,
    Solution,
    Task,
    construct,
    decode,
    measure_levels,
    violations,
)
from scheduler.decode import sequences_of
from scheduler.solve import solve

SAMPLE = 80
ANY = Fraction(10**9)


@pytest.mark.parametrize("first", range(1, SAMPLE + 1, 20))
def test_no_plan_of_a_small_plant_is_wrong_or_dear(first):
    """As `solve` plans for the floor; the other ways belong to the long run."""
    for seed in range(first, first + 20):
        said = verdicts(seed, ways=("solve",))
        assert said["faults"] == []
        assert said["tasks"] > MOST_JUDGED or said["tried"], "Brute force tries every schedule."
        assert said.get("dear", []) == [], said


def test_the_search_in_python_makes_no_wrong_plan():
    for seed in range(1, 41):
        assert verdicts(seed, ways=("python",), most=0)["faults"] == []


def test_small_plants_have_every_rule():
    plants = [small_plant(seed) for seed in range(300)]
    tasks = [task for plant in plants for task in plant.tasks.values()]
    machines = [each for plant in plants for each in plant.resources.values()]
    dues = [due for plant in plants for due in plant.dues.values()]
    frozen = [plant.frozen for plant in plants]
    assert any(task.rest_s for task in tasks)
    assert any(task.most_s for task in tasks)
    assert any(task.release_s for task in tasks)
    assert any(len(task.after) > 1 for task in tasks)
    assert any(len({mode.takes_s for mode in task.modes}) > 1 for task in tasks)
    assert any(each.capacity and each.max_members for each in machines)
    assert any(each.per_work_ms and each.per_height_ms for each in machines)
    assert any(len(each.windows) > 1 for each in machines)
    assert any(each.free_s for each in machines)
    assert any(due.again_s for due in dues)
    assert {due.weight for due in dues} == {1, 3}
    assert any(each.running and each.done and each.rest_s for each in frozen)
    assert any(each.down_until for each in frozen)
    assert any(plant.crews for plant in plants)
    assert any(plant.buffers and plant.frozen.lies for plant in plants)
    assert any(setup.cleaning for plant in plants for setup in plant.setups.values())
    assert any(plant.setups.get((g, a, b)) != plant.setups.get((g, b, a))
               for plant in plants for g, a, b in plant.setups)  # fmt: skip
    assert sum(len(plant.tasks) > MOST_JUDGED for plant in plants) > 60


def test_brute_force_and_the_decoder_agree_where_crews_have_no_choice():
    """What is cheapest for brute force is right, and decoded it costs no more than brute force says."""
    for seed in range(400, 460):
        plant = replace(small_plant(seed, judged=True), crews={})
        found = least_cost(plant, ANY)
        assert found is not None
        assert list(violations(plant, Schedule(found[1]))) == []
        again = decode(plant, sequences_of(Schedule(found[1])))
        assert cost_of(plant, again.slots) == found[0]


def test_no_random_schedule_is_cheaper_than_brute_force():
    for seed in range(500, 540):
        plant = small_plant(seed, judged=True)
        least, _ = least_cost(plant, ANY)
        rng = Random(seed)
        for _ in range(40):
            rows = {}
            names = list(plant.tasks)
            rng.shuffle(names)
            for name in names:
                rows.setdefault(rng.choice(plant.tasks[name].modes).machine, []).append((name,))
            drawn = decode(plant, rows)
            assert drawn is None or cost_of(plant, drawn.slots) >= least


def test_brute_force_says_when_it_gives_up():
    with pytest.raises(TooManyError):
        least_cost(two_printers(), ANY, most=3)


def test_nothing_below_the_least_cost_is_found():
    least, _ = least_cost(two_printers(), ANY)
    assert least_cost(two_printers(), least) is None


def test_a_worked_example():
    """On one plate, both prints are ready after 15 + 10 + 30 s and are packed 20 s each: by 75 and 95 s,
    one of them late, which costs 2 and one setup 5. Any other way needs two setups and helps nobody."""
    least, slots = least_cost(two_printers(), ANY)
    assert least == 7
    assert [slot.operations for slot in slots if slot.machine.startswith("print")] == [
        ("a/print", "b/print")
    ]
    assert dict(solve(two_printers()).levels)["cents"] == 7


def test_what_leads_to_a_family_is_fetched_from_another_machine():
    """A is set up for red, and blue may not follow red; only green, which B would knit, leads to it."""
    machines = {
        name: Resource(id=name, group="knit", family=family, windows=((0, 10_000),))
        for name, family in (("A", "red"), ("B", "green"))
    }
    able = {"red": "A", "blue": "A", "green": "AB"}
    tasks = {
        family: Task(
            id=family, order=family, modes=tuple(Mode(k, 60) for k in names), family=family
        )
        for family, names in able.items()
    }
    problem = Problem(
        now_s=0,
        tasks=tasks,
        resources=machines,
        setups={
            ("knit", "red", "blue"): Setup(0, forbidden=True),
            ("knit", "red", "green"): Setup(9),
        },
        dues={},
    )
    assert least_cost(problem, ANY) is not None
    assert [slot.family for slot in construct(problem).by_machine["A"]][-2:] == ["green", "blue"]


def test_dear_plans_and_wrong_ones_are_told(monkeypatch):
    """A plan without any search is dear now and then; one whose batches begin too early is wrong."""

    def carelessly(problem, _way, _seed):
        schedule = construct(problem)
        return Solution(schedule=schedule, levels=measure_levels(problem, schedule))

    monkeypatch.setattr("judged_plants.planned", carelessly)
    said = [verdicts(seed, ways=("solve",)) for seed in range(1, 41)]
    assert sum(bool(each.get("dear")) for each in said) > 5
    assert not any(each["faults"] for each in said)

    def too_early(problem, _way, _seed):
        solution = carelessly(problem, _way, _seed)
        slots = tuple(
            replace(s, start_s=s.start_s - 1, end_s=s.end_s - 1) for s in solution.schedule.slots
        )
        return replace(solution, schedule=Schedule(slots))

    monkeypatch.setattr("judged_plants.planned", too_early)
    assert all(verdicts(seed, ways=("solve",), most=0)["faults"] for seed in range(1, 20))


def two_printers():
    forever = ((0, 10_000),)
    printers = {
        name: Resource(id=name, group="print", capacity=10, base_s=10, windows=forever)
        for name in ("print0", "print1")
    }
    prints = {
        f"{order}/print": Task(
            id=f"{order}/print",
            order=order,
            modes=(Mode("print0", 30), Mode("print1", 30)),
            family="pla",
            size=5,
        )
        for order in "ab"
    }
    packs = {
        f"{order}/pack": Task(
            id=f"{order}/pack",
            order=order,
            modes=(Mode("pack", 20),),
            after=(f"{order}/print",),
        )
        for order in "ab"
    }
    return Problem(
        now_s=0,
        tasks=prints | packs,
        resources=printers | {"pack": Resource(id="pack", group="pack", windows=forever)},
        setups={("print", "", "pla"): Setup(15, 5), ("print", "pla", "pla"): Setup(5, 5)},
        dues={order: Due(order=order, due_s=85, late_cents=2) for order in "ab"},
        reserve_s=0,
    )
