"""Benchmark texts become problems; malformed ones are refused with line, column, value and reason."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.formats import FormatError, read, recognise, with_dues
from scheduler.problem import Aim, Mode

FJS = "2 3 1.5\n2 1 1 5 2 2 3 3 4\n1 3 1 7 2 8 3 9\n"
JSP = "# two jobs\n2 3\n0 5 1 3 2 9\n2 1 0 4 1 0\n"
FAJSP = """5 4 3
0 2
1 2
2 3
2 3
1 0 5
2 0 5 2 6
1 1 7
1 2 1
1 0 9
"""


def modes(problem):
    return {
        name: [(m.machine, m.takes_s) for m in task.modes] for name, task in problem.tasks.items()
    }


def test_a_flexible_shop_counts_machines_from_1():
    problem = read(FJS, "a.fjs")
    assert modes(problem) == {
        "0/0": [("0", 5)],
        "0/1": [("1", 3), ("2", 4)],
        "1/0": [("0", 7), ("1", 8), ("2", 9)],
    }
    assert [task.after for task in problem.tasks.values()] == [(), ("0/0",), ()]
    assert list(problem.resources) == ["0", "1", "2"]
    assert problem.aim is Aim.MAKESPAN


def test_a_flexible_shop_counts_machines_from_0_where_0_occurs():
    from_0 = "2 3\n2 1 0 5 2 1 3 2 4\n1 3 0 7 1 8 2 9\n"
    assert modes(read(from_0, "a.fjs")) == modes(read(FJS, "a.fjs"))


def test_of_two_durations_on_one_machine_the_shorter_counts():
    problem = read("1 2\n1 3 2 9 1 4 2 6\n", "a.fjs")
    assert sorted(problem.tasks["0/0"].modes, key=lambda m: m.machine) == [
        Mode("0", 4),
        Mode("1", 6),
    ]


def test_a_job_shop_counts_machines_from_0_and_keeps_the_order():
    problem = read(JSP, "a.jsp")
    assert [m[0] for m in modes(problem).values()] == [
        ("0", 5),
        ("1", 3),
        ("2", 9),
        ("2", 1),
        ("0", 4),
        ("1", 0),
    ]
    assert problem.tasks["1/2"].after == ("1/1",)


def test_a_job_may_end_with_two_times_minus_1():
    assert list(read("2 2\n0 5 1 3 0 2 -1 -1\n1 1 -1 -1\n", "x").tasks) == [
        "0/0",
        "0/1",
        "0/2",
        "1/0",
    ]


def test_an_assembly_shop_has_a_job_for_each_connected_part():
    problem = read(FAJSP, "a.txt")
    assert {name: task.after for name, task in problem.tasks.items()} == {
        "0/0": (),
        "0/1": (),
        "0/2": ("0/0", "0/1"),
        "0/3": ("0/2",),
        "1/0": (),
    }
    assert problem.tasks["0/1"].modes == (Mode("0", 5), Mode("2", 6))


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("mk01.fjs", JSP, "fjs"),
        ("ft06.JSP", FJS, "jsp"),
        ("x.fajsp", FJS, "fajsp"),
        ("x.txt", FJS, "fjs"),
        ("x.txt", JSP, "jsp"),
        ("x", FAJSP, "fajsp"),
        ("x.txt", "2 3\n2 1 1 5 1 3 4\n1 1 1 7\n", "fjs"),
        ("x.txt", "", "fjs"),
    ],
)
def test_the_format_is_told_by_the_ending_or_by_the_text(name, text, wanted):
    assert recognise(text, name) == wanted


MALFORMED = [
    ("fjs", "", 1, 1, "found nothing, expected the number of jobs and the number of machines"),
    ("fjs", "# only words\n\n", 1, 1, "found nothing"),
    ("fjs", "2\n", 1, 2, "found nothing, expected the number of jobs and the number"),
    ("fjs", "0 3\n", 1, 1, "found '0', expected the number of jobs, 1 to"),
    ("fjs", "two 3\n", 1, 1, "found 'two', expected a whole number"),
    ("fjs", "1 3\n1 1 1 five\n", 2, 7, "found 'five', expected a whole number"),
    ("fjs", "1 3\n1 1 1 5.5\n", 2, 7, "found '5.5', expected a whole number"),
    ("fjs", "1 3\n1 1 1 1_0\n", 2, 7, "found '1_0', expected a whole number"),
    ("fjs", "1 3\n1 1 1 ٣\n", 2, 7, "found '٣', expected a whole number"),
    ("fjs", "1 3\n1 1 4 5\n", 2, 5, "found '4', expected a machine from 0 to 3"),
    ("fjs", "1 3\n1 1 -1 5\n", 2, 5, "found '-1', expected a machine"),
    ("fjs", "1 3\n2 1 0 5 1 3 5\n", 2, 11, "found '3', expected a machine from 0 to 2, because"),
    ("fjs", "1 3\n1 1 1 -5\n", 2, 7, "found '-5', expected a duration from 0 to"),
    ("fjs", f"1 3\n1 1 1 {2**31}\n", 2, 7, "found '2147483648', expected a duration"),
    ("fjs", f"1 3\n1 1 1 {'9' * 5000}\n", 2, 7, "found '999999999999999999999999...'"),
    ("fjs", f"1 1\n2 1 1 {2**29} 1 1 {2**29}\n", 2, 1, "expected a job that can end before"),
    ("fjs", "1 3\n1 0\n", 2, 3, "found '0', expected at least one machine for operation 1 of 1"),
    ("fjs", "1 3\n0\n", 2, 1, "found '0', expected at least one operation of job 1"),
    ("fjs", "1 3\n2 1 1 5\n", 2, 8, "found nothing, expected the number of machines for operat"),
    ("fjs", "1 3\n1 2 1 5 2\n", 2, 10, "found nothing, expected 2 pairs of machine and durat"),
    ("fjs", "1 3\n1 1 1 5 9\n", 2, 9, "found '9', expected the end of the line after 1 operat"),
    ("fjs", "2 3\n1 1 1 5\n", 3, 1, "found nothing, expected the line of job 2 of 2"),
    ("fjs", "1 3\n1 1 1 5\n\n  7 8\n", 4, 3, "found '7', expected the end of the file after 1"),
    ("jsp", "1 3\n0 5 3 1\n", 2, 5, "found '3', expected a machine from 0 to 2"),
    ("jsp", "1 3\n0 5 1\n", 2, 6, "found nothing, expected the duration of operation 2"),
    ("jsp", "1 3\n0 5 1 -1\n", 2, 7, "found '-1', expected a duration"),
    ("jsp", "2 3\n0 5\n", 3, 1, "found nothing, expected the line of job 2 of 2"),
    ("jsp", "1 3\n0 5\n0 5\n", 3, 1, "found '0', expected the end of the file after 1 jobs"),
    ("fajsp", "2 1\n", 1, 4, "found nothing, expected the numbers of operations, arcs"),
    ("fajsp", "2 1 1\n0 2\n", 2, 3, "found '2', expected an operation from 0 to 1"),
    ("fajsp", "2 1 1\n0 1 1\n", 2, 5, "found '1', expected two operations"),
    ("fajsp", "2 1 1\n1 1\n", 2, 3, "found '1', expected another operation"),
    ("fajsp", "2 2 1\n0 1\n1 0\n1 0 5\n1 0 5\n", 3, 1, "expected no arc that closes the circle"),
    ("fajsp", "1 0 1\n0\n", 2, 1, "found '0', expected at least one machine for operation 0"),
    ("fajsp", "1 0 1\n1 0\n", 2, 4, "found nothing, expected 1 pairs"),
    ("fajsp", "1 0 1\n1 1 5\n", 2, 3, "found '1', expected a machine from 0 to 0"),
    ("fajsp", "1 0 1\n1 0 5 6\n", 2, 7, "found '6', expected the end of the line"),
    ("fajsp", "1 0 1\n1 0 5\n1 0 5\n", 3, 1, "found '1', expected the end of the file after 1"),
]


@pytest.mark.parametrize(("format_", "text", "line", "column", "words"), MALFORMED)
def test_a_malformed_text_is_refused_where_it_goes_wrong(format_, text, line, column, words):
    with pytest.raises(FormatError) as refused:
        read(text, "x", format_)
    assert (refused.value.line, refused.value.column) == (line, column), refused.value
    assert words in str(refused.value)
    assert f"line {line}, column {column}" in str(refused.value)


def test_due_dates_make_lateness_the_aim():
    problem = with_dues(read(FJS, "x.fjs"), "# due weight\n12 3\n\n9 1\n")
    assert problem.aim is Aim.TARDINESS
    assert [(d.order, d.due_s, d.weight) for d in problem.dues.values()] == [
        ("0", 12, 3),
        ("1", 9, 1),
    ]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("12 3\n", 2, 1, "found nothing, expected due time and weight of job 2 of 2"),
        ("12\n9 1\n", 1, 3, "found nothing"),
        ("12 3 4\n9 1\n", 1, 6, "found '4'"),
        ("12 -3\n9 1\n", 1, 4, "found '-3', expected a weight"),
        ("-1 3\n9 1\n", 1, 1, "found '-1', expected a due time"),
        ("1 3\n9 1\n8 1\n", 3, 1, "found '8', expected the end of the file after 2 jobs"),
    ],
)
def test_malformed_due_dates_are_refused(text, line, column, words):
    with pytest.raises(FormatError) as refused:
        with_dues(read(FJS, "x.fjs"), text)
    assert (refused.value.line, refused.value.column) == (line, column), refused.value
    assert words in str(refused.value)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["fjs", "jsp", "fajsp"]),
    st.lists(
        st.lists(
            st.one_of(
                st.integers(-2, 6).map(str), st.sampled_from(["x", "1e3", "-", "#", "99999999999"])
            ),
            max_size=9,
        ).map(" ".join),
        max_size=6,
    ).map("\n".join),
)
def test_no_text_breaks_a_reader(format_, text):
    try:
        problem = read(text, "x", format_)
    except FormatError as error:
        where = error.line
    else:
        where = 1
        assert problem.tasks
        assert all(task.modes for task in problem.tasks.values())
    assert 1 <= where <= text.count("\n") + 2


def test_public_instances_have_the_counts_that_their_list_says():
    folder = os.environ.get("LOTWRIGHT_DATA")
    if not folder:
        pytest.skip("LOTWRIGHT_DATA does not say where the public instances are")
    data = Path(folder)
    for row in (data / "bounds.csv").read_text("utf-8").splitlines()[1:]:
        cells = row.split(",")
        kind = cells[0].split("/")[0]
        path = data / cells[-1]
        if kind not in {"fjsp", "jsp", "fajsp"} or path.suffix != ".txt":
            continue
        text = path.read_text("utf-8")
        assert recognise(text, path.name) == kind.replace("fjsp", "fjs"), path
        problem = read(text, path.name)
        if cells[4].isdigit():
            assert (len(problem.resources), len(problem.tasks)) == (int(cells[3]), int(cells[4]))
