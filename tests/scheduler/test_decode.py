"""The decoder: as early as possible, setups ahead of the parts, and honest about contradictions."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from shops import LASTING, problems

from scheduler import (
    Mode,
    Problem,
    Resource,
    Setup,
    Slot,
    Task,
    construct,
    decode,
    violations,
)
from scheduler.decode import sequences_of
from scheduler.indexed import index
from scheduler.people import crew_free
from scheduler.times import decode_rows


def shop(*tasks, crews=None, windows=((0, 10_000),), machines=("M1", "M2")):
    return Problem(
        now_s=0,
        tasks={each.id: each for each in tasks},
        resources={
            name: Resource(id=name, group="g", capacity=2, windows=windows, family="a")
            for name in machines
        },
        setups={("g", "a", "b"): Setup(30), ("g", "b", "a"): Setup(40)},
        crews=crews or {},
        dues={},
    )


def task(name, takes_s=50, **values):
    modes = (Mode("M1", takes_s), Mode("M2", takes_s))
    return Task(id=name, order="o", **{"modes": modes, "size": 1, "family": "a", **values})


def times(schedule):
    return {s.operations: (s.machine, s.setup_start_s, s.start_s, s.end_s) for s in schedule.slots}


def test_a_setup_runs_ahead_of_the_parts_that_it_is_for():
    problem = shop(task("1", 200), task("2", family="b", after=("1",)))
    schedule = decode(problem, {"M1": [["1"]], "M2": [["2"]]})
    assert times(schedule) == {("1",): ("M1", 0, 0, 200), ("2",): ("M2", 0, 200, 250)}


def test_setup_and_batch_wait_together_for_a_window_that_holds_both():
    problem = shop(task("1", family="b"), windows=((0, 70), (90, 169), (200, 280)))
    schedule = decode(problem, {"M1": [["1"]]})
    assert times(schedule) == {("1",): ("M1", 200, 230, 280)}


def test_a_crew_serves_the_machine_that_is_free_first():
    tasks = [task("1", 100), task("2", family="b"), task("3", family="b")]
    problem = shop(*tasks, crews={"g": 1})
    schedule = decode(problem, {"M1": [["1"], ["2"]], "M2": [["3"]]})
    assert times(schedule)[("3",)] == ("M2", 0, 30, 80)
    together = decode(shop(*tasks[1:], crews={"g": 1}), {"M1": [["2"]], "M2": [["3"]]})
    assert times(together) == {("2",): ("M1", 0, 30, 80), ("3",): ("M2", 30, 60, 110)}


def test_what_runs_now_holds_machine_and_family_until_it_ends():
    running = Slot(
        machine="M1", operations=("0",), family="b", setup_start_s=-9, start_s=-9, end_s=70
    )
    problem = shop(task("1", after=("0",)))
    problem = replace(problem, frozen=replace(problem.frozen, running=(running,)))
    assert times(decode(problem, {"M1": [["1"]]})) == {("1",): ("M1", 70, 110, 160)}
    assert times(decode(problem, {"M2": [["1"]]})) == {("1",): ("M2", 70, 70, 120)}


def test_sequences_that_wait_for_each_other_have_no_schedule():
    problem = shop(task("1"), task("2", after=("1",)))
    assert decode(problem, {"M1": [["2"], ["1"]]}) is None
    assert decode(problem, {"M1": [["1", "2"]]}) is None
    crossed = shop(task("1"), task("2", after=("1",)), task("3"), task("4", after=("3",)))
    assert decode(crossed, {"M1": [["2"], ["3"]], "M2": [["4"], ["1"]]}) is None


def test_what_no_machine_may_do_has_no_schedule():
    problem = shop(task("1"), task("2", family="b"), task("3", size=2))
    assert decode(problem, {"M1": [["1"], ["2"]]}) is None, "3 is left out"
    assert decode(problem, {"M1": [["1", "2"], ["3"]]}) is None, "two families"
    assert decode(problem, {"M1": [["1", "3"], ["2"]]}) is None, "too large"
    assert decode(problem, {"M1": [["1"], ["2"], ["3"]], "M2": [["1"]]}) is None, "twice"
    assert decode(problem, {"M9": [["1"], ["2"], ["3"]]}) is None, "no such machine"
    assert decode(problem, {"M1": [["1"], ["2"], ["9"]]}) is None, "no such task"


def test_the_end_of_the_windows_is_the_end_of_the_schedule():
    problem = shop(task("1"), task("2"), windows=((0, 99),))
    assert decode(problem, {"M1": [["1"], ["2"]]}) is None
    assert decode(problem, {"M1": [["1", "2"]]}) is not None


def test_a_crew_is_found_between_two_setups_only_if_all_of_the_setup_fits():
    alone = [(20, 10), (40, 25)]
    assert crew_free(alone, 1, 0, 5) == 0
    assert crew_free(alone, 1, 8, 5) == 20
    assert crew_free(alone, 1, 8, 6) == 40
    assert crew_free([(20, 10), (40, 15)], 2, 8, 6) == 8
    assert crew_free([(20, 10), (40, 12)], 2, 8, 6) == 20


@given(problem=problems(most_tasks=8), seed=st.integers(0, 10**6))
@settings(LASTING, max_examples=80)
def test_whatever_is_decoded_is_right(problem, seed):
    schedule = decode(problem, random_sequences(problem, Random(seed)))
    if schedule is not None:
        assert list(violations(problem, schedule)) == []
        assert sequences_of(schedule).keys() <= problem.resources.keys()


@given(problem=problems(most_tasks=8))
@settings(LASTING, max_examples=60)
def test_decoding_the_sequences_of_a_decoded_schedule_gives_it_again(problem):
    schedule = construct(problem)
    assert decode(problem, sequences_of(schedule)) == schedule


@given(problem=problems(most_tasks=6, crews=False), seed=st.integers(0, 10**6))
@settings(LASTING, max_examples=60)
def test_nothing_decoded_could_start_a_second_earlier(problem, seed):
    schedule = decode(problem, random_sequences(problem, Random(seed)))
    if schedule is None:
        return
    for slot in schedule.slots:
        for earlier_s in (1, 7):
            early = replace(
                slot,
                setup_start_s=min(slot.setup_start_s, slot.start_s - earlier_s),
                start_s=slot.start_s - earlier_s,
                end_s=slot.end_s - earlier_s,
            )
            slots = tuple(early if each == slot else each for each in schedule.slots)
            assert list(violations(problem, replace(schedule, slots=slots)))


def test_times_of_a_part_of_the_tasks_take_the_rest_as_finished():
    indexed = index(shop(task("1"), task("2", after=("1",))))
    assert decode_rows(indexed, [[(1,)], []]) is None
    partial = decode_rows(indexed, [[(1,)], []], partial=True)
    assert partial is not None
    assert partial.start == [[0], []]


def random_sequences(problem, rng):
    """Put tasks on machines at random, in an order that often respects what waits for what."""
    rows = {name: [] for name in problem.resources}
    names = list(problem.tasks)
    if rng.random() < 0.3:
        rng.shuffle(names)
    for name in names:
        made = problem.tasks[name]
        row = rows[rng.choice(made.modes).machine]
        if row and problem.tasks[row[-1][0]].family == made.family and rng.random() < 0.5:
            row[-1].append(name)
        else:
            row.append([name])
    return rows
