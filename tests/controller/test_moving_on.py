"""An answer that has become much dearer by the time it is there is searched once more."""

import asyncio
from dataclasses import replace

import pytest
from gloves import PLANT, order

from controller import solving
from controller.planning import InlinePlanner, Question
from controller.solving import DEARER_PERCENT, Solver, rebase_in_child
from scheduler import Frozen, Schedule, measure_levels, violations

ORDERS = tuple(
    order(f"41{n:02}", *colours)
    for n, colours in enumerate([("black", "white"), ("moss",), ("white", "moss"), ("black",)] * 2)
)
QUESTION = Question(stamp=1, orders=ORDERS, frozen=Frozen(), now_s=0)


@pytest.fixture(scope="module")
def answer():
    return asyncio.run(InlinePlanner(PLANT, 200).ask(QUESTION))


def moved(monkeypatch, answer, found):
    monkeypatch.setattr(solving, "rebased", lambda *_: found)
    return rebase_in_child(None, Solver(PLANT, 1), QUESTION, answer)


def dearer(answer, percent):
    levels = {**dict(answer.levels)}
    levels["cents"] = levels["cents"] * (100 + percent) // 100
    return replace(answer, levels=tuple(levels.items()))


def test_what_has_become_much_dearer_is_searched_once_more(monkeypatch, answer):
    found = moved(monkeypatch, answer, dearer(answer, DEARER_PERCENT + 20))
    problem = Solver(PLANT, 1).pose(QUESTION)
    assert not list(violations(problem, Schedule(found.slots)))
    assert found.levels == measure_levels(problem, Schedule(found.slots))
    assert dict(found.levels)["cents"] <= dict(answer.levels)["cents"]
    assert dict(found.ends).keys() == {each.id for each in ORDERS}


def test_what_goes_no_more_is_searched_once_more(monkeypatch, answer):
    found = moved(monkeypatch, answer, None)
    assert dict(found.levels)["cents"] <= dict(answer.levels)["cents"]


def test_what_is_about_as_cheap_goes_on_as_it_is(monkeypatch, answer):
    little = dearer(answer, DEARER_PERCENT - 2)
    assert moved(monkeypatch, answer, little) is little
