"""Why an order is late: each link of the chain names what the batch waited for."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from shops import LASTING, problems

from scheduler import Frozen, Mode, Problem, Resource, Setup, Slot, Task, construct, decode
from scheduler.explain import Waits, why_late


def shop(*tasks, **values):
    resources = {
        name: Resource(id=name, group="g", family="a", **{"windows": ((0, 900),), **values})
        for name in ("M", "N")
    }
    return Problem(
        now_s=0,
        tasks={each.id: each for each in tasks},
        resources=resources,
        setups={("g", "a", "b"): Setup(30), ("g", "b", "a"): Setup(40)},
        dues={},
    )


def task(name, **values):
    modes = (Mode("M", 100), Mode("N", 100))
    return Task(id=name, order=name[0], **{"modes": modes, "family": "a", **values})


def chain(problem, sequences, order="1"):
    return [
        (link.waits, link.says) for link in why_late(problem, decode(problem, sequences), order)
    ]


def test_a_chain_runs_from_the_last_batch_back_to_the_first_cause():
    problem = shop(task("1/bond", after=("1/knit",)), task("1/knit", family="b"), task("2/knit"))
    links = chain(problem, {"M": [["2/knit"], ["1/knit"]], "N": [["1/bond"]]})
    assert links == [
        (Waits.PARTS, "1/knit was ready at 230 s"),
        (Waits.SETUP, "M was busy with 2/knit until 100 s, then changed over for 30 s"),
        (Waits.NOTHING, "it starts at once"),
    ]


@pytest.mark.parametrize(
    ("values", "windows", "waits"),
    [
        ({"release_s": 50}, ((0, 900),), Waits.RELEASE),
        ({}, ((60, 900),), Waits.WINDOW),
        ({"family": "b"}, ((0, 900),), Waits.SETUP),
    ],
)
def test_a_first_batch_waits_for_its_release_its_window_or_its_setup(values, windows, waits):
    problem = shop(task("1", **values), windows=windows)
    assert [found for found, _ in chain(problem, {"M": [["1"]]})] == [waits]


def test_a_machine_that_runs_or_is_down_is_named():
    problem = replace(shop(task("1")), frozen=Frozen(down_until={"M": 70}))
    assert chain(problem, {"M": [["1"]]}) == [(Waits.FREE, "M is free from 70 s")]


def test_a_crew_that_is_elsewhere_is_named():
    problem = replace(shop(task("1", family="b"), task("2", family="b")), crews={"g": 1})
    links = chain(problem, {"N": [["1"]], "M": [["2"]]})
    assert links == [(Waits.CREW, "nobody was free to change N over before 30 s")]


def test_finished_parts_are_named():
    running = Slot(machine="N", operations=("0",), family="a", setup_start_s=0, start_s=0, end_s=80)
    problem = replace(shop(task("1", after=("0",))), frozen=Frozen(running=(running,)))
    assert chain(problem, {"M": [["1"]]}) == [(Waits.PARTS, "0 was ready at 80 s")]


@given(problem=problems(most_tasks=9))
@settings(LASTING, max_examples=50)
def test_every_chain_goes_back_in_time_to_a_cause(problem):
    schedule = construct(problem)
    for order in {task.order for task in problem.tasks.values()}:
        links = why_late(problem, schedule, order)
        starts = [link.slot.start_s for link in links]
        assert starts == sorted(starts, reverse=True)
        last = max(end for name, end in schedule.end_of.items() if name.startswith(order))
        assert links[0].slot.end_s == last
        assert links[-1].waits is not Waits.MACHINE
    assert why_late(problem, schedule, "nobody") == ()
