"""Whole days with faults: every order leaves, nothing is lost, nothing is made twice."""

import random

import pytest

from controller.events import (
    DoubtDecided,
    JobDoubted,
    JobIntended,
    JobReported,
    OrderShipped,
    PlanPublished,
)
from plant_config import shipped
from simulators.faults import CALM, Failure, Faults, LinkCut, LostReply, Restart, parse_faults
from simulators.oracle import count, needs
from tests.plant.soak import seeds
from tests.plant.virtual_day import Day, Script, plant_named, virtual_day

pytestmark = pytest.mark.timeout(300)


def faults_of(plant: str) -> Faults:
    folder = shipped(plant)
    assert folder is not None
    file = folder / "faults.yaml"
    return parse_faults(file.read_text(encoding="utf-8")) if file.is_file() else CALM


def happened(day: Day, *kinds: type) -> int:
    return sum(isinstance(stamped.event, kinds) for stamped in day.journal)


def everything_left_once(day: Day) -> None:
    assert day.state is not None
    counted = count(day.ledger.entries(), needs(day.plant, day.orders))
    assert counted.made_twice == ()
    assert counted.missing == ()
    assert counted.unknown == ()
    assert day.state.orders == {}
    assert happened(day, OrderShipped) == len(day.orders) > 0


@pytest.mark.parametrize("seed", seeds(1, part=10))
def test_a_faulty_day_ends_with_every_order_on_its_truck(seed: int) -> None:
    day = virtual_day(Script(plant="sneaker", seed=seed, faults=faults_of("sneaker")))
    everything_left_once(day)
    late = [
        s.event for s in day.journal if isinstance(s.event, OrderShipped) and not s.event.on_time
    ]
    assert late == []
    doubts = happened(day, JobDoubted)
    assert doubts == happened(day, DoubtDecided) == 1
    scrapped = count(day.ledger.entries(), needs(day.plant, day.orders)).scrapped
    attempts = {
        member.attempt
        for stamped in day.journal
        if isinstance(stamped.event, JobIntended)
        for member in stamped.event.job.members
    }
    assert scrapped > 0
    assert max(attempts) > 1


def test_equal_seeds_have_equal_journals_and_other_seeds_others() -> None:
    faults = every_fault("muesli")
    days = [virtual_day(Script(plant="muesli", seed=seed, faults=faults)) for seed in (7, 7, 8)]
    hashes = [[stamped.hash for stamped in day.journal] for day in days]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


@pytest.mark.parametrize("plant", ["muesli", "aligner"])
def test_plants_that_are_not_shoes_have_whole_days_too(plant: str) -> None:
    everything_left_once(virtual_day(Script(plant=plant, faults=faults_of(plant))))


@pytest.mark.parametrize("seed", seeds(2, part=4))
def test_a_controller_that_dies_again_and_again_loses_nothing(seed: int) -> None:
    crashes = frozenset(random.Random(seed).sample(range(6_000), 60))
    day = virtual_day(Script(plant="muesli", seed=seed, plan_steps=20, crashes=crashes))
    everything_left_once(day)
    assert day.crashes > 20


def every_fault(name: str) -> Faults:
    plant = plant_named(name)
    hurt = [name for name, machine in plant.machines.items() if machine.link.kind != "station"]
    steps = [step.name for process in plant.processes.values() for step in process]
    return Faults(
        scrap=dict.fromkeys(steps, 0.04),
        lost_replies=tuple(LostReply(name, 2) for name in hurt),
        link_cuts=(LinkCut(hurt[0], 2_000, 3_500),),
        failures=(Failure(hurt[-1], 3, 50, "stopped by a fault"),),
        restarts=(Restart(hurt[0], 9_000),),
    )


def test_a_day_with_every_kind_of_fault_and_crashes() -> None:
    faults = every_fault("muesli")
    crashes = frozenset(random.Random(11).sample(range(6_000), 20))
    day = virtual_day(Script(plant="muesli", seed=3, faults=faults, crashes=crashes))
    everything_left_once(day)
    aborted = [
        s.event
        for s in day.journal
        if isinstance(s.event, JobReported) and s.event.report.state == "Aborted"
    ]
    assert aborted


def test_every_plan_of_a_day_has_a_bound_below_it() -> None:
    day = virtual_day(Script(plant="muesli"))
    plans = [stamped.event for stamped in day.journal if isinstance(stamped.event, PlanPublished)]
    assert plans
    for plan in plans:
        cents = dict(plan.levels)["cents"]
        assert plan.bound is not None
        assert plan.bound <= cents
        assert dict(plan.levels)["broken_rules"] == 0
