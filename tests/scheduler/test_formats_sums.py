"""Ovens, setups between operations and parallel machines: what texts say, and what is wrong with them."""

import pytest

from scheduler import measure_levels, solve, violations
from scheduler.formats import FormatError, read
from scheduler.problem import Aim, Setup

OVEN = """% two machines, two attributes
l=20; a=2;
setup_costs=[|3,5,
|2,1,
|0,0|];
setup_times=[|2,4,
|1,2,
|0,0|];
m=2; min_cap=[0,0]; max_cap=[10,6];
initState=[1,2];
s=2;
m_a_s = [|0,40,
|5,5|];
m_a_e = [|30,90,
|60,5|];
n=3;
eligible_machine = [{1},{2,1},1..2];
earliest_start=[0,1,2];
latest_end=[9,12,50];
min_time=[5,6,7];
max_time=[9,6,20];
size=[4,5,6];
attribute=[1,1,2];
upper_bound_integer_objective=1000;
mult_factor_total_runtime=4;
mult_factor_finished_toolate=100;
mult_factor_total_setuptimes=0;
mult_factor_total_setupcosts=10;
"""
SETUPS = """2 2
2 1 1 5 2 1 4 2 3
1 1 2 6
0 9 9
9 0 9
9 9 0
0 1 7
1 0 2
7 2 0
"""
PARALLEL = """3 2 1
2
\t0\t5\t1\t6
\t0\t4\t1\t9
\t0\t7\t1\t2
SSD
M0
0\t1\t2
3\t0\t4
5\t6\t0
M1
0\t1\t1
1\t0\t1
1\t1\t0
"""


def test_an_oven_says_all_that_a_plan_has_to_know():
    problem = read(OVEN, "a.dzn")
    first, second = problem.tasks["0/0"], problem.tasks["1/0"]
    assert [mode.machine for mode in second.modes] == ["1", "0"]
    assert (first.family, first.size, first.most_s, first.release_s) == ("1", 4, 9, 0)
    assert problem.resources["0"].windows == ((0, 30), (40, 90))
    assert problem.resources["1"].windows == ((5, 60),)
    assert (problem.resources["1"].family, problem.resources["1"].capacity) == ("2", 6)
    assert problem.setups["ovens", "1", "2"] == Setup(4, 5)
    assert problem.dues["1"].due_s == 12
    assert problem.score.whole == 1000


def test_the_best_plan_of_an_oven_is_found_and_proven():
    """By hand: both jobs of attribute 1 share a cycle of 6 s on machine 0 (setup 2 s, cost 3), from the
    second 2 to 8, in time; the third runs 7 s on machine 1 (setup from 2 to 2: 2 s, cost 1)."""
    problem = read(OVEN, "a.dzn")
    solution = solve(problem)
    assert solution.proven
    assert not list(violations(problem, solution.schedule))
    assert dict(solution.levels)["score"] == 4 * (6 + 7) + 10 * (3 + 1)


def test_a_cycle_that_is_too_long_for_a_member_is_reported():
    problem = read(OVEN.replace("max_time=[9,6,20]", "max_time=[5,6,20]"), "a.dzn")
    solution = solve(problem)
    assert len(solution.schedule.slots) == 3
    together = read(OVEN, "a.dzn")
    shared = solve(together).schedule
    assert list(violations(problem, shared)) == [
        "0/0 stands 5 s, but The batch of 0/0, 1/0 on 0 is longer."
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("size=[4,5,6];", "", "found nothing, expected a line for size."),
        (
            "size=[4,5,6]",
            "size=[4,5]",
            "line 22, column 6: found '[4, 5]', expected for size a list of 3.",
        ),
        ("size=[4,5,6]", "size=[4,x,6]", "line 22, column 9: found 'x', expected a whole number."),
        ("{2,1}", "{3}", "expected for eligible_machine machines from 1 to 2, at least one."),
        ("initState=[1,2]", "initState=[1,3]", "expected for initState an attribute from 1 to 2."),
        ("n=3;", "n=3", "expected ';'."),
        ("|1,2,\n|0,0|];\nm=2", "|1|];\nm=2", "expected for setup_times 2 rows of 2 numbers."),
        ("a=2;", "a=0;", "expected for a a number from 1 to 100000."),
        ("l=20", "l=?", "found '?', expected a name, a number or a list."),
    ],
)
def test_what_is_wrong_with_an_oven_is_said_with_its_place(was, becomes, words):
    assert was in OVEN
    with pytest.raises(FormatError) as caught:
        read(OVEN.replace(was, becomes), "a.dzn")
    assert words in str(caught.value)


def test_setups_stand_between_operations_of_a_machine():
    problem = read(SETUPS, "a.fjs", "sdst")
    assert problem.aim is Aim.MAKESPAN
    assert problem.setups["0", "0/0", "0/1"] == Setup(9)
    assert problem.setups["1", "0/1", "1/0"] == Setup(2)
    assert ("1", "0/0", "0/1") not in problem.setups
    assert len(problem.setups) == 4


def test_the_best_plan_with_setups_is_found_and_proven():
    """By hand: machine 1 does 1/0 from 0 to 6, then after 2 s the second operation of job 0: 8 to 11."""
    solution = solve(read(SETUPS, "a.fjs", "sdst"))
    assert solution.proven
    assert dict(solution.levels)["makespan"] == 11


def test_parallel_machines_are_read_with_their_setups():
    problem = read(PARALLEL, "I_3_2.txt")
    assert [mode.takes_s for mode in problem.tasks["2/0"].modes] == [7, 2]
    assert problem.setups["0", "1/0", "0/0"] == Setup(3)
    solution = solve(problem)
    assert solution.proven
    assert dict(solution.levels)["makespan"] == 9
    assert dict(measure_levels(problem, solution.schedule))["broken_rules"] == 0


@pytest.mark.parametrize(
    ("text", "format_", "words"),
    [
        (SETUPS.replace("1 0 2\n", "1 0\n"), "sdst", "line 8, column 4: found nothing"),
        (SETUPS.replace("1 0 2", "1 0 -2"), "sdst", "line 8, column 5: found '-2'"),
        (SETUPS + "1 2 3\n", "sdst", "line 10, column 1: found '1', expected the end"),
        (PARALLEL.replace("0\t4\t1\t9", "0\t4"), "parallel", "line 4"),
        (PARALLEL.replace("SSD", "SDD"), "parallel", "expected a line SSD before the setups."),
        (PARALLEL.replace("5\t6\t0", "5\t6"), "parallel", "line 10, column 4: found nothing"),
    ],
)
def test_what_is_wrong_with_setups_is_said_with_its_place(text, format_, words):
    with pytest.raises(FormatError) as caught:
        read(text, "a.txt", format_)
    assert words in str(caught.value)
