"""What no plan of a plant costs less than, by flows: held against everything, and plans found."""

from hypothesis import given, settings
from shops import LASTING, counting, day_shop, every_schedule, problems

from scheduler import (
    Due,
    Mode,
    Problem,
    Resource,
    Setup,
    Task,
    construct,
    measure_levels,
    proof_sums,
    solve,
)
from scheduler.bounds import least, settled_cents
from scheduler.bounds_flow import least_flow
from scheduler.indexed import index
from scheduler.objectives import HOUR_S


@given(problem=problems(most_tasks=5))
@settings(LASTING, max_examples=16)
def test_flows_never_prove_too_much_of_a_plant(problem):
    """With joins, batches, crews, windows, cut-offs and frozen work; a bound is a bound on cents."""
    found = [measure_levels(problem, each)[1][1] for each in every_schedule(problem)]
    settled = settled_cents(problem)
    for cents in least_flow(index(problem), 0.5):
        assert settled + cents // HOUR_S <= min(found)


def test_flows_see_setups_that_due_times_ask_for():
    """Two machines for three families, each twice, of which one piece is due before the other is
    there: whoever counts families alone sees one change, and there are two."""
    tasks, dues = {}, {}
    for family in "abc":
        for number, release_s in enumerate((0, 1_000)):
            name = f"{family}{number}"
            dues[name] = Due(order=name, due_s=release_s + 400, late_cents=1_000)
            tasks[name] = Task(
                id=name,
                order=name,
                modes=(Mode("m1", 100), Mode("m2", 100)),
                family=family,
                release_s=release_s,
            )
    pairs = [(x, y) for x in "abc" for y in "abc" if x != y]
    problem = Problem(
        now_s=0,
        tasks=tasks,
        resources={
            name: Resource(id=name, group="knit", windows=((0, 100_000),)) for name in ("m1", "m2")
        },
        setups={("knit", x, y): Setup(10, 7) for x, y in pairs},
        dues=dues,
        reserve_s=0,
    )
    *_, cents = least_flow(index(problem), 5.0)
    assert cents == 2 * 7 * HOUR_S
    best = solve(problem, counting(300))
    assert (best.levels[1][1], cents // HOUR_S) == (14, 14)


def test_flows_stay_below_plans_of_a_day():
    for seed in range(1):
        problem = day_shop(seed, pairs=10)
        cents = max(least_flow(index(problem), 3.0)) // HOUR_S
        assert least(problem) <= cents <= measure_levels(problem, construct(problem))[1][1]


def test_a_large_plant_is_proven_something_about_before_any_plan_is_made(monkeypatch):
    """A list heuristic takes minutes there, and the flow does not need its plan."""
    problem = day_shop(3, pairs=8)
    best = dict(measure_levels(problem, construct(problem)))["cents"]
    monkeypatch.setattr(proof_sums, "MOST_STARTED_TASKS", 0)
    monkeypatch.setattr(proof_sums, "construct", None)
    told = []
    solution = proof_sums.prove_sums(
        problem, lambda: False, progress=lambda found: told.append(found.bound)
    )
    assert solution.schedule is None
    assert 0 < solution.bound <= best
    assert told == sorted(told)
    assert told[-1] == solution.bound >= least(problem)
