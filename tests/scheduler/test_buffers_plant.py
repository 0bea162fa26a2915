"""A plant's racks: read from its files, refused where wrong, planned with, and known from the floor."""

from dataclasses import replace

import pytest

from controller.kernels import Kernels
from controller.plan_search import search_plan
from plant_config import PlantErrors, load, read_folder, shipped
from scheduler import Frozen, Slot, pose, violations
from scheduler.wishes import Pin, Terms
from tests.plant_config.small import changed, folder, order

HOUR = 3_600


def small(rack="4", uses=("cut",)):
    """The small plant where what some steps make lies in a rack."""
    files = folder(read_folder(shipped("sneaker"))["profiles/jobmap.yaml"])
    files = changed(files, "machines.yaml", "groups:", f"buffers: {{rack: {rack}}}\ngroups:")
    for name in uses:
        offers = f"offers: [{name}]"
        files = changed(files, "machines.yaml", offers, f"{offers}\n    buffer: rack")
    return files


def pairs(plant, count, name="1"):
    return order(plant, name, (count, {"size": "2", "crisp": "baked"}))


def test_a_plant_says_where_its_cells_put_what_they_make():
    plant = load(small())
    assert plant.buffers == {"rack": 4}
    problem = pose((), plant)
    assert problem.buffers == {"rack": 4}
    assert {n for n, each in problem.resources.items() if each.buffer == "rack"} == {"C1", "C2"}


@pytest.mark.parametrize(
    ("rack", "told"),
    [
        ("0", "machines.yaml:1:17: 0: there is room for at least 1 where parts lie"),
        ("-2", "machines.yaml:1:17: -2: there is room for at least 1 where parts lie"),
        ("true", "machines.yaml:1:17: true: expected a whole number"),
        ("'4'", "machines.yaml:1:17: '4': expected a whole number"),
        ("4.5", "machines.yaml:1:17: 4.5: expected a whole number"),
    ],
)
def test_room_is_a_number(rack, told):
    with pytest.raises(PlantErrors) as caught:
        load(small(rack))
    assert told in str(caught.value)


def test_a_buffer_that_is_not_there_is_told_with_its_place():
    with pytest.raises(PlantErrors) as caught:
        load(changed(small(), "machines.yaml", "buffer: rack", "buffer: rakc"))
    assert str(caught.value) == (
        "machines.yaml:7:13: 'rakc': no such buffer. Maybe you mean 'rack'?"
    )


def test_a_file_of_orders_is_planned_with_the_room_that_there_is():
    """Ten orders of a pair of dolls: four parts each are cut, baked four at a time, and joined."""
    plant = load(small("6", ("cut", "bake")))
    orders = [pairs(plant, 2, str(n)) for n in range(10)]
    problem = pose(orders, plant)
    solution = search_plan(problem, Kernels(None), 0.0)
    assert not problem.held
    assert not list(violations(problem, solution.schedule))
    tight = replace(problem, buffers={"rack": 2})
    assert any("there is room for 2" in each for each in violations(tight, solution.schedule))


def test_parts_that_never_lie_together_are_refused_with_their_order():
    plant = load(small("1", ("cut", "bake")))
    other = order(plant, "2", (1, {"size": "2"}))
    problem = pose([pairs(plant, 1), other], plant)
    assert sorted(problem.held) == ["1", "2"]
    assert "Order 1 waits: 1/1.1-2/join takes 2 more out of rack at once" in problem.held["1"]


def test_finished_work_lies_there_until_all_that_takes_it_has_begun():
    plant = load(small())
    one = pairs(plant, 1)
    names = list(pose([one], plant).tasks)
    cuts = [name for name in names if name.endswith("/cut")]
    bakes = [name for name in names if name.endswith("/bake")]
    done = dict.fromkeys(cuts, 60)
    frozen = Frozen(done=done, lies=dict.fromkeys(cuts, "rack"))
    assert dict(pose([one], plant, frozen, 60).frozen.lies) == dict.fromkeys(cuts, "rack")
    begun = Slot(
        machine="O1",
        operations=(bakes[0],),
        family="",
        setup_start_s=60,
        start_s=60,
        end_s=700,
    )
    frozen = replace(frozen, running=(begun,))
    assert len(pose([one], plant, frozen, 60).frozen.lies) == 1
    assert dict(pose([], plant, frozen, 60).frozen.lies) == {}, "Whoever asks no more, took it."


def test_running_work_comes_to_where_its_machine_puts_it():
    plant = load(small())
    one = pairs(plant, 1)
    cut = next(name for name in pose([one], plant).tasks if name.endswith("/cut"))
    slot = Slot(
        machine="C1",
        operations=(cut,),
        family="colour=red;shade=50",
        setup_start_s=0,
        start_s=0,
        end_s=100,
    )
    problem = pose([one], plant, Frozen(running=(slot,)), 10)
    assert dict(problem.frozen.lies) == {cut: "rack"}


def test_nothing_is_made_for_a_rack_that_nobody_knows_when_takes_it():
    plant = load(small())
    one = pairs(plant, 1)
    bakes = {name for name in pose([one], plant).tasks if name.endswith("/bake")}
    terms = Terms(without=frozenset(bakes))
    assert pose([one], plant, terms=terms).tasks == {}
    free = load(small("4", ()))
    left = pose([one], free, terms=terms).tasks
    assert {name.rpartition("/")[2] for name in left} == {"cut"}


def test_a_pin_of_more_than_the_rack_holds_cannot_be_kept():
    plant = load(small("2", ("bake",)))
    two = pairs(plant, 2)
    bakes = tuple(name for name in pose([two], plant).tasks if name.endswith("/bake"))
    pin = Pin(operations=bakes, machine="O1", start_s=4 * HOUR)
    problem = pose([two], plant, terms=Terms(wishes=(pin,)))
    assert any("They leave 4 parts in rack at once" in each for each in problem.dropped)
