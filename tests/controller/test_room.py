"""Machines whose rack is full wait until the plan has room for what they make; the planner hears what lies
there."""

from dataclasses import replace

from floor import Floor
from gloves import PLANT

from controller import events as e
from controller.frozen import frozen_of
from controller.names import time_of_day
from controller.waiting import next_slot, waiting_for
from plant_config import Plant
from scheduler import Slot, pose


def with_rack(places: int) -> Plant:
    """Knitted gloves lie in a rack until they are dyed."""
    knitting = PLANT.machines["K1"].group
    groups = {**PLANT.groups, knitting: replace(PLANT.groups[knitting], buffer="rack")}
    return replace(PLANT, groups=groups, buffers={"rack": places})


def open_floor(places: int, orders: int = 3) -> Floor:
    floor = Floor(with_rack(places))
    floor.link()
    for number in range(orders):
        floor.accept("moss", name=f"A{number}")
    floor.plan()
    return floor


def begun(floor: Floor) -> dict[str, int]:
    """Return what would be dispatched now, and how much of it comes to the rack."""
    return {
        name: len(intended.job.members)
        for name, intended in floor.intents().items()
        if floor.plant.group_of(name).buffer
    }


def reason(floor: Floor, machine: str) -> str:
    return waiting_for(floor.state, floor.transient, machine, floor.now_s)


def knit(floor: Floor) -> None:
    """Have both machines knit a glove at the same time."""
    jobs = [floor.dispatch(machine) for machine in ("K1", "K2")]
    floor.now_s += jobs[0].takes_s
    for job in jobs:
        floor.run(job)
        floor.end(job)
        floor.record(
            e.MachineCleared(machine=job.machine),
            e.JobConfirmed(machine=job.machine, job_order=job.id),
        )


def filled(places: int) -> Floor:
    """Return a floor where one pair is dyed, which takes longer than knitting, and the next lies ready."""
    floor = open_floor(places)
    knit(floor)
    floor.run(floor.dispatch("V1"))
    knit(floor)
    return floor


def next_open(floor: Floor, machine: str) -> Slot:
    """Return the next batch of the plan on a machine."""
    slot = next_slot(floor.state, machine)
    assert slot is not None
    return slot


def test_a_machine_waits_for_the_time_in_the_plan_while_its_rack_is_full() -> None:
    floor = filled(2)
    assert not begun(floor)
    start_s = next_open(floor, "K1").setup_start_s
    at = time_of_day(floor.state, start_s)
    assert reason(floor, "K1") == (
        f"Waiting for room in rack: 2 of 2 places are taken. It starts at {at}."
    )
    floor.now_s = start_s
    assert "K1" in begun(floor)


def test_where_there_is_room_machines_start_and_what_runs_will_need_its_place() -> None:
    floor = filled(3)
    assert set(begun(floor)) == {"K1", "K2"}
    floor.dispatch("K1")
    floor.now_s = min(floor.now_s, next_open(floor, "K2").setup_start_s - 1)
    assert reason(floor, "K2").startswith("Waiting for room in rack: 3 of 3 places are taken.")


def test_who_confirms_a_start_decides() -> None:
    floor = filled(2)
    floor.state.machines["K1"].confirmed = next_open(floor, "K1").operations
    assert set(begun(floor)) == {"K1"}


def test_what_lies_in_a_rack_is_frozen_there_until_it_is_taken() -> None:
    floor = open_floor(2, orders=1)
    knit(floor)
    orders = [opened.order for opened in floor.state.orders.values()]
    frozen = frozen_of(floor.state, floor.now_s)
    assert dict(frozen.lies) == dict.fromkeys(frozen.done, "rack")
    problem = pose(orders, floor.plant, frozen, floor.now_s)
    assert dict(problem.frozen.lies) == dict.fromkeys(frozen.done, "rack")
    assert len(problem.frozen.lies) == 2
    floor.dispatch("V1")
    frozen = frozen_of(floor.state, floor.now_s)
    assert dict(pose(orders, floor.plant, frozen, floor.now_s).frozen.lies) == {}
