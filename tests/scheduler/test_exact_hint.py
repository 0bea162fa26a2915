"""The exact solver begins at the whole plan that it is told, down to the last variable."""

from hypothesis import given, settings
from ortools.sat.python import cp_model
from shops import LASTING, problems
from small_plants import small_plant

from scheduler import measure_levels
from scheduler.construct import best_start
from scheduler.decode import to_schedule
from scheduler.exact import schedule_of, whole_model
from scheduler.exact_gaps import why_not_exact
from scheduler.exact_hint import complete_hint
from scheduler.indexed import index


def check(problem):
    indexed = index(problem)
    rows, times = best_start(indexed)
    model = whole_model(problem, rows, times)
    hint = model.cp.proto.solution_hint
    assert sorted(hint.vars) == list(range(len(model.cp.proto.variables)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.fix_variables_to_their_hinted_value = True
    assert solver.solve(model.cp) == cp_model.OPTIMAL
    told = to_schedule(indexed, rows, times)
    assert sorted(schedule_of(model, solver).slots, key=str) == sorted(told.slots, key=str)
    cents = dict(measure_levels(problem, told))["cents"]
    # What follows from the plan is worked out with the least value that it allows.
    assert solver.objective_value == cents


@given(problem=problems(most_tasks=6))
@settings(LASTING, max_examples=40)
def test_the_hint_is_complete_and_says_the_plan(problem):
    check(problem)


def test_so_it_is_in_small_plants_with_more_rules():
    asked = 0
    for seed in range(40):
        problem = small_plant(seed)
        if problem.tasks and not why_not_exact(index(problem)):
            asked += 1
            check(problem)
    assert asked > 10


def test_a_hint_that_breaks_a_constraint_stays_as_it_is():
    cp = cp_model.CpModel()
    one, two = cp.new_int_var(0, 9, "one"), cp.new_int_var(0, 9, "two")
    cp.add(one + two >= 5)
    cp.add_hint(one, 3)
    complete_hint(cp)
    assert list(cp.proto.solution_hint.vars) == [0, 1]
    assert sum(cp.proto.solution_hint.values) >= 5
    cp.clear_hints()
    cp.add(one <= 2)
    cp.add_hint(one, 3)
    complete_hint(cp)
    assert list(cp.proto.solution_hint.vars) == [0]
