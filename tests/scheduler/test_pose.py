"""Posing: what is open of some orders, on the machines as they stand now."""

from dataclasses import replace

import pytest
from shops import counting

from plant_config import (
    Line,
    Order,
    Spec,
    configure,
    due_of,
    load,
    read_folder,
    route,
    shipped,
    windows,
)
from scheduler import (
    Frozen,
    Slot,
    construct,
    first_come,
    measure_levels,
    order_ends,
    plan_json,
    pose,
    solve,
    violations,
)

CHOICES = (
    {"size": "41", "upper_colour": "sand", "sole_colour": "bone"},
    {"size": "44", "upper_colour": "ink", "sole_colour": "slate"},
    {"size": "38", "upper_colour": "sand", "sole_colour": "slate"},
)


def some_spec(product, choices):
    """Take the choices, and what is nearest to them where some are missing."""
    found = configure(product, choices)
    return found if isinstance(found, Spec) else found.nearest[0]


@pytest.fixture(scope="module")
def plant():
    return load(read_folder(shipped("sneaker")))


@pytest.fixture(scope="module")
def orders(plant):
    specs = [some_spec(plant.products["shoe"], choices) for choices in CHOICES]
    carriers = [cut_off.carrier for cut_off in plant.cut_offs]
    return tuple(
        Order(
            id=f"41{number:02d}",
            lines=(Line(1, specs[number % len(specs)], 1 + number % 2),),
            release_s=0,
            due_s=due_of(plant, carriers[number % len(carriers)], 0),
            cut_off=carriers[number % len(carriers)],
            late_cents=plant.rates.late,
        )
        for number in range(6)
    )


def test_orders_become_tasks_with_what_they_wait_for(plant, orders):
    problem = pose(orders[:1], plant)
    steps = sorted(name.rsplit("/", 1)[1] for name in problem.tasks)
    assert steps == ["bond", "cure", "knit", "knit", "mix", "pack", "print", "print"]
    bond = problem.tasks["4100/1.1-2/bond"]
    assert {name.rsplit("/", 1)[1] for name in bond.after} == {"knit", "print", "mix"}
    assert len(bond.after) == 5
    assert problem.tasks["4100/pack"].after == ("4100/1.1-2/cure",)
    assert problem.dues["4100"].due_s == orders[0].due_s
    assert problem.dues["4100"].late_cents == plant.rates.late


def test_machines_bring_their_batch_rules_windows_crews_and_rates(plant, orders):
    problem = pose(orders, plant)
    assert problem.resources.keys() == plant.machines.keys()
    printer = next(r for r in problem.resources.values() if r.group == "printing")
    rule = plant.groups["printing"].batch
    assert (printer.capacity, printer.base_s, printer.per_height_ms) == (
        rule.capacity,
        rule.base + plant.groups["printing"].handling,
        rule.per_height_ms,
    )
    assert windows(plant, "printing", 0, 1)[0] in printer.windows
    assert problem.crews["mixing"] == plant.groups["mixing"].crew
    assert problem.rates["mixing"] == plant.groups["mixing"].rate


def test_setups_are_asked_for_all_families_that_can_meet(plant, orders):
    problem = pose(orders, plant)
    families = {task.family for task in problem.tasks.values() if task.id.endswith("/mix")}
    assert len(families) == 2
    one, other = sorted(families)
    there, back = problem.setups["mixing", one, other], problem.setups["mixing", other, one]
    assert {there.cleaning, back.cleaning} == {True, False}
    assert ("mixing", one, one) not in problem.setups


def test_finished_and_running_work_is_not_posed_again(plant, orders):
    knit, bond = "4100/1.1/knit", "4100/1.1-2/bond"
    running = Slot(
        machine="K1",
        operations=("4100/1.2/knit",),
        family="gauge=14;yarn=ink;lightness=10",
        setup_start_s=100,
        start_s=700,
        end_s=2_500,
    )
    frozen = Frozen(done={knit: 900}, running=(running,), down_until={"K2": 4_000})
    problem = pose(orders, plant, frozen, now_s=1_000)
    assert knit not in problem.tasks
    assert "4100/1.2/knit" not in problem.tasks
    assert {knit, "4100/1.2/knit"} < set(problem.tasks[bond].after)
    assert problem.resources["K1"].free_s == 2_500
    assert problem.resources["K1"].family == running.family
    assert problem.resources["K2"].free_s == 4_000
    schedule = construct(problem)
    assert list(violations(problem, schedule)) == []
    assert min(slot.setup_start_s for slot in schedule.slots) >= 1_000


def test_what_a_machine_is_set_up_for_now_counts(plant, orders):
    family_of = {"M1": "colour=slate;lightness=34"}
    problem = pose(orders, plant, Frozen(family_of=family_of))
    assert problem.resources["M1"].family == family_of["M1"]
    assert ("mixing", family_of["M1"], problem.resources["M2"].family) in problem.setups


def test_an_order_that_is_done_is_not_posed_and_one_that_runs_keeps_its_due_time(plant, orders):
    names = list(pose(orders[:1], plant).tasks)
    last = Slot(
        machine="W1", operations=("4100/pack",), family="", setup_start_s=0, start_s=0, end_s=99
    )
    all_but_one = dict.fromkeys((n for n in names if n != "4100/pack"), 5)
    running = pose(orders[:1], plant, Frozen(done=all_but_one, running=(last,)), 50)
    assert running.tasks == {}
    assert order_ends(running, construct(running)) == {"4100": 99}
    done = pose(orders[:1], plant, Frozen(done=dict.fromkeys(names, 5)), 50)
    assert done.tasks == done.dues == {}


def test_windows_reach_far_enough_for_whatever_is_asked(plant, orders):
    many = [replace(order, id=f"{order.id}-{copy}") for order in orders for copy in range(20)]
    problem = pose(many, plant, now_s=50_000)
    for schedule in (construct(problem), first_come(problem)):
        assert list(violations(problem, schedule)) == []


def test_a_known_routing_is_not_worked_out_again(plant, orders):
    routing = pose(orders[:1], plant)
    assert pose(orders[:1], plant, routings={}).tasks == routing.tasks
    renamed = replace(orders[0], id="x")
    assert pose([renamed], plant, routings={"x": route(orders[0], plant)}).tasks.keys() == (
        routing.tasks.keys()
    )


def test_a_plan_on_disk_says_who_runs_what_when_and_when_orders_are_ready(plant, orders):
    problem = pose(orders, plant)
    solution = solve(problem, counting(20))
    plan = plan_json(problem, solution, orders, plant=plant.name, origin="2026-11-21T05:00:00Z")
    assert list(plan) == ["plant", "origin", "levels", "bound", "slots", "orders"]
    assert plan["bound"] == solution.bound
    operations = [name for slot in plan["slots"] for name in slot["operations"]]
    assert sorted(operations) == sorted(problem.tasks)
    assert plan["orders"][0] == {
        "order": "4100",
        "due": orders[0].due_s,
        "projected": order_ends(problem, solution.schedule)["4100"],
        "cut_off": orders[0].cut_off,
    }
    assert all(slot["setup_start"] <= slot["start"] < slot["end"] for slot in plan["slots"])


@pytest.mark.parametrize("name", ["sneaker", "muesli", "aligner"])
def test_every_shipped_plant_can_be_planned(name):
    folder = shipped(name)
    assert folder is not None
    plant = load(read_folder(folder))
    product = next(iter(plant.products.values()))
    spec = some_spec(product, {})
    carrier = plant.cut_offs[0].carrier
    orders = [
        Order(
            id=f"{number}",
            lines=(Line(1, spec, 2),),
            release_s=0,
            due_s=due_of(plant, carrier, 0),
            cut_off=carrier,
            late_cents=plant.rates.late,
        )
        for number in range(5)
    ]
    problem = pose(orders, plant)
    schedule = construct(problem)
    assert list(violations(problem, schedule)) == []
    assert dict(measure_levels(problem, schedule))["broken_rules"] == 0
