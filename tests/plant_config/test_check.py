"""A truth that does not hold is found, with a spec for which it truly does not."""

from itertools import product as every

import pytest

from plant_config import Line, Order, check, load, read_folder, route, shipped
from plant_config.check import FIRST, TRUTHS
from plant_config.diagram import compiled, is_valid
from plant_config.expression import Expression
from plant_config.outcomes import outcomes
from plant_config.product import Spec
from plant_config.routing import spec_environment
from tests.plant_config.small import changed


def findings(files, *change: str):
    return check(load(changed(files, *change)))


def test_the_small_plant_is_proved(plant):
    assert check(plant) == ()


@pytest.mark.parametrize("name", ["sneaker", "muesli", "aligner"])
def test_the_shipped_plants_are_proved(name):
    assert check(load(read_folder(shipped(name)))) == ()


BROKEN = [
    (
        "rules_have_values",
        ("products/doll.yaml", "{shade: 90}", "{tone: 90}"),
        ("products/doll.yaml", "colour == 'white' implies crisp", "colour.shade > 5 implies crisp"),
    ),
    (
        "rules_have_values",
        ("products/doll.yaml", "not (size.length < 15 and", "(size.length > 99 or"),
        ("products/doll.yaml", "colour == 'white' implies crisp != 'baked'", "crisp != 'baked'"),
    ),
    ("steps_have_an_order", ("processes/doll.yaml", "after: [bake]", "after: [stuff]")),
    ("no_option_is_dead", ("products/doll.yaml", "crisp != 'baked'", "size.length > 99")),
    ("expressions_have_values", ("products/doll.yaml", "length: 20, time: 90 s", "length: 20")),
    ("expressions_have_values", ("processes/doll.yaml", "size.time +", "size.time - 80 s +")),
    ("expressions_have_values", ("products/doll.yaml", "time: 90 s", "time: soon")),
    ("expressions_have_values", ("processes/doll.yaml", "side: piece", "side: piece == 'back'")),
    ("every_spec_has_a_route", ("machines.yaml", "length: [10, 40]", "length: [10, 39]")),
    ("every_spec_has_a_route", ("processes/doll.yaml", "size: 1\n", "size: size.length / 5\n")),
    ("every_machine_has_work", ("processes/doll.yaml", "crisp == 'baked'", "false")),
    (
        "materials_exist",
        ("processes/doll.yaml", "\"'box'\"", "\"'box' if quantity == 1 else 'bag'\""),
    ),
    (
        "used_materials_are_stocked",
        (
            "stock.yaml",
            "{material: box, lot: B1, quantity: 200}",
            "{material: cloth, lot: C2, quantity: 1 kg}",
        ),
        ("stock.yaml", "{material: box, reference", "{material: cloth, reference"),
        ("stock.yaml", "quantity: 100,", "quantity: 100 g,"),
    ),
    ("changeovers_have_values", ("machines.yaml", "before.colour != after.colour", "false")),
    (
        "changeovers_have_values",
        ("machines.yaml", "after.shade < before.shade", "after.colour < 3"),
    ),
    (
        "families_can_follow",
        (
            "machines.yaml",
            (
                "when: before.colour != after.colour\n        takes: 20 min\n        cost: EUR 3.00\n"
                "        cleaning: true"
            ),
            "when: before.colour != after.colour\n        forbidden: true",
        ),
    ),
    ("cut_offs_lie_in_working_time", ("plant.yaml", 'at: "12:00"', 'at: "22:30"')),
    (
        "limits_are_amounts",
        ("rates.yaml", "late:", "second_person_above: -EUR 1.00\nlate:"),
    ),
]


@pytest.mark.parametrize(("truth", "changes"), [(name, changes) for name, *changes in BROKEN])
def test_a_broken_truth_is_found_by_name(files, truth, changes):
    broken = files
    for change in changes:
        broken = changed(broken, *change)
    plant = load(broken)
    found = check(plant)
    assert truth in {finding.truth for finding in found}, found
    for finding in found:
        assert finding.says.endswith(".")
        if finding.witness is not None:
            diagram = compiled(plant.products[finding.witness.product])
            assert is_valid(diagram, dict(finding.witness.options))


def test_every_truth_has_a_test_that_breaks_it():
    assert {name for name, *_ in BROKEN} == {prove.__name__ for prove in (*FIRST, *TRUTHS)}


def test_a_witness_has_no_machine_indeed(files):
    plant = load(changed(files, "machines.yaml", "length: [10, 40]", "length: [10, 39]"))
    finding = next(f for f in check(plant) if f.truth == "every_spec_has_a_route")
    assert finding.witness is not None
    order = Order(id="1", lines=(Line(1, finding.witness, 1),), release_s=0, due_s=0, cut_off="")
    assert route(order, plant).operations["1/1.1/cut"].modes == ()
    assert str(finding).startswith("doll, step cut: no machine takes it (length 40).")
    assert "size 3" in str(finding)


def test_a_limit_that_only_broken_rules_would_pass_is_no_finding(files):
    dead = changed(files, "products/doll.yaml", "size.length < 15 and", "size.length > 30 and")
    tight = changed(dead, "processes/doll.yaml", "size: 1\n", "size: size.length / 5\n")
    assert not [f for f in check(load(tight)) if f.truth == "every_spec_has_a_route"]


TEXTS = (
    "size.length + colour.shade",
    "crisp",
    "size.time if crisp == 'baked' else colour",
    "piece",
)


@pytest.mark.parametrize("text", TEXTS)
def test_outcomes_are_those_of_all_valid_specs_tried_one_by_one(plant, text):
    product = plant.products["doll"]
    expression = Expression.parse(text)
    tried = set()
    for options in every(*(feature.options for feature in product.features)):
        chosen = tuple((f.name, o.name) for f, o in zip(product.features, options, strict=True))
        if is_valid(compiled(product), dict(chosen)):
            known = spec_environment(product, Spec("doll", chosen)) | {"piece": "front"}
            tried.add(expression.evaluate(known))
    found = [o.values[0] for o in outcomes(product, (expression,), {"piece": "front"})]
    assert len(found) == len(set(found))
    assert set(found) == tried
