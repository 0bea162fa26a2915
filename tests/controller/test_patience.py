"""A half-full batch waits in the plant for more parts, says why, and makes no order late."""

import asyncio
from dataclasses import replace

import pytest
from floor import Floor, other_mode
from gloves import EVENING_S, PLANT, order

from controller import events as e
from controller.patience import patience_of
from controller.planning import InlinePlanner, Question
from controller.solving import Solver, rebased
from controller.waiting import waiting_for
from plant_config import Mode
from scheduler import Frozen

SPARE_S = 2_700


def patient(fill_percent=75, plant=PLANT):
    """Return gloves whose dye baths wait."""
    dye = plant.groups["dye"]
    batch = replace(dye.batch, fill_percent=fill_percent, spare=SPARE_S, base=600)
    return replace(plant, groups={**plant.groups, "dye": replace(dye, batch=batch)})


def knitted(plant):
    """Return a floor on which a pair is ready for its bath."""
    floor = Floor(plant=plant)
    floor.link()
    floor.accept("moss")
    floor.plan()
    while any(machine in floor.intents() for machine in ("K1", "K2")):
        floor.finish(next(m for m in ("K1", "K2") if m in floor.intents()))
    return floor


def reason(floor):
    return waiting_for(floor.state, floor.transient, "V1", floor.now_s)


def test_a_plant_without_patience_waits_for_nothing():
    floor = knitted(PLANT)
    assert patience_of(PLANT) == {}
    assert floor.state.plan.waits == ()
    assert "V1" in floor.intents()


def test_a_half_full_bath_waits_and_says_until_when_and_what_for():
    floor = knitted(patient())
    [(operations, until_s, more)] = floor.state.plan.waits
    assert operations == ("A1/1.1-2/dye",)
    assert more == 2
    assert floor.now_s < until_s < EVENING_S
    assert "V1" not in floor.intents()
    assert reason(floor) == (
        "Starts 18:45 at the latest: waits for 2 more parts, 11 h 45 to spare."
    )


def test_it_starts_at_its_latest_and_its_order_keeps_what_it_may():
    floor = knitted(patient())
    [(_, until_s, _)] = floor.state.plan.waits
    [(name, end_s)] = floor.state.plan.ends
    assert name == "A1"
    assert end_s <= EVENING_S - SPARE_S
    floor.now_s = until_s - 1
    assert "V1" not in floor.intents()
    floor.now_s = until_s
    assert "V1" in floor.intents()


def test_more_parts_fill_it_and_it_starts_at_once():
    floor = knitted(patient(fill_percent=50))
    assert "V1" not in floor.intents()
    floor.accept("moss", name="A2")
    floor.plan()
    while any(machine in floor.intents() for machine in ("K1", "K2")):
        floor.finish(next(m for m in ("K1", "K2") if m in floor.intents()))
    assert floor.state.plan.waits == ()
    assert len(floor.intents()["V1"].job.members) == 2


def test_who_presses_start_decides():
    floor = knitted(other_mode(patient(), "V1", Mode.CONFIRM))
    assert "V1" not in floor.intents()
    floor.record(e.StartConfirmed(machine="V1", operations=("A1/1.1-2/dye",)))
    assert "V1" in floor.intents()


def test_what_is_due_soon_does_not_wait():
    floor = Floor(plant=patient())
    floor.link()
    floor.accept("moss", due_s=9_000)
    floor.plan()
    assert floor.state.plan.waits == ()


@pytest.mark.parametrize("fill_percent", [0, 100])
def test_an_answer_that_is_moved_on_says_anew_what_waits(fill_percent):
    plant = patient(fill_percent)
    asked = Question(stamp=1, orders=(order("A1", "moss"),), frozen=Frozen(), now_s=0)
    answer = asyncio.run(InlinePlanner(plant, 20).ask(asked))
    later = replace(asked, now_s=600)
    moved = rebased(plant, Solver(plant, 1).pose(later), later, replace(answer, waits=()))
    assert bool(moved.waits) == bool(answer.waits) == bool(fill_percent)
    assert [until_s for _, until_s, _ in moved.waits] == [s for _, s, _ in answer.waits]
    late = dict(answer.late_ends)
    assert all(late[name] >= end_s for name, end_s in answer.ends)
