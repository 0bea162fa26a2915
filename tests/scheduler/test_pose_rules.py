"""A plant's own words for forbidden changes, campaigns, rests and what keeps reach the engine."""

from dataclasses import replace

import pytest

from plant_config import Line, Order, Spec, configure, load, read_folder, shipped
from plant_config.equipment import Campaign
from plant_config.expression import Expression
from scheduler import Frozen, Slot, pose, solve, violations
from scheduler.problem import Setup


@pytest.fixture(scope="module")
def plant():
    return load(read_folder(shipped("muesli")))


def orders_of(plant, *choices):
    found = [configure(plant.products["muesli"], each) for each in choices]
    specs = [each if isinstance(each, Spec) else each.nearest[0] for each in found]
    return tuple(
        Order(
            id=f"{70 + n}",
            lines=(Line(1, spec, 1),),
            release_s=0,
            due_s=9_000,
            cut_off="",
            late_cents=400,
        )
        for n, spec in enumerate(specs)
    )


NUTS = {"base": "millet", "nuts": "almond"}
CLEAN = {"base": "millet", "nuts": "none"}


def changed_group(plant, name, **changes):
    groups = dict(plant.groups)
    groups[name] = replace(groups[name], **changes)
    return replace(plant, groups=groups)


def no_way_back(plant):
    """No mix without nuts after one with nuts, at all."""
    first, *others = plant.groups["mixing"].changeovers
    rule = replace(
        first, when=Expression.parse("before.nuts > after.nuts"), takes=0, cost=0, forbidden=True
    )
    return changed_group(plant, "mixing", changeovers=(rule, first, *others))


def test_a_forbidden_change_is_kept(plant):
    problem = pose(orders_of(plant, NUTS, CLEAN, NUTS, CLEAN), no_way_back(plant))
    forbidden = [key for key, setup in problem.setups.items() if setup.forbidden]
    assert forbidden == [("mixing", "gluten=0;nuts=1", "gluten=0;nuts=0")]
    assert not problem.held
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))


def test_an_order_that_no_mixer_may_change_to_is_held_and_the_others_are_planned(plant):
    dirty = Frozen(family_of=dict.fromkeys(("X1", "X2", "X3"), "gluten=0;nuts=1"))
    problem = pose(orders_of(plant, NUTS, CLEAN), no_way_back(plant), dirty)
    assert list(problem.held) == ["71"]
    assert "X1, X2, X3 may not change to 'gluten=0;nuts=0'" in problem.held["71"]
    assert set(problem.dues) == {"70"}
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))
    assert any(clause.startswith("held: Order 71 waits") for clause in answer.tiers)


def test_a_campaign_ends_in_a_cleaning(plant):
    campaign = Campaign(most=300, takes=600, cost=50, says="cleaned")
    cleaned = changed_group(plant, "mixing", campaign=campaign, resumable=True)
    running = Slot(
        machine="X1",
        operations=("9/1/mix",),
        family="gluten=0;nuts=0",
        setup_start_s=0,
        start_s=0,
        end_s=120,
    )
    problem = pose(orders_of(plant, *[CLEAN] * 6), cleaned, Frozen(running=(running,)))
    mixer = problem.resources["X1"]
    assert (mixer.most_run_s, mixer.ran, mixer.resumable) == (300, 120, True)
    family = "gluten=0;nuts=0"
    assert problem.setups["mixing", family, family] == Setup(600, 50, cleaning=True)
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))


def test_work_longer_than_a_run_is_held(plant):
    campaign = Campaign(most=60, takes=600, says="cleaned")
    problem = pose(orders_of(plant, CLEAN), changed_group(plant, "mixing", campaign=campaign))
    assert "70/1.1/mix is more than X1, X2, X3 may run" in problem.held["70"]
    assert not problem.tasks


def test_a_tray_that_does_not_fill_waits(plant):
    rule = replace(plant.groups["roasting"].batch, least=1_000_000)
    small = {**CLEAN, "roast": "roasted", "tube": "small"}
    roasting = changed_group(plant, "roasting", batch=rule)
    few = pose(orders_of(plant, *[small] * 3, CLEAN), roasting)
    assert set(few.held) == {"70", "71", "72"}
    assert set(few.dues) == {"73"}
    enough = pose(orders_of(plant, *[small] * 4), roasting)
    assert not enough.held
    answer = solve(enough)
    assert not list(violations(enough, answer.schedule))
    assert len(answer.schedule.by_machine["R1"]) == 1


def test_what_keeps_and_what_lies_about_reach_the_tasks(plant):
    steps = tuple(
        replace(step, keeps=1_800 * (step.name == "mix"), kit=120 * (step.name == "pack"))
        for step in plant.processes["muesli"]
    )
    kept = replace(plant, processes={"muesli": steps})
    problem = pose(orders_of(plant, NUTS, CLEAN), kept)
    assert {name.split("/")[-1] for name, task in problem.tasks.items() if task.keeps_s} == {"mix"}
    assert {task.kit_cents for name, task in problem.tasks.items() if "pack" in name} == {120}
    answer = solve(problem)
    assert not list(violations(problem, answer.schedule))
