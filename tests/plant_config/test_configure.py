"""From what a customer said to a spec, or to reasons and repairs."""

import pytest

from plant_config import Rejection, Spec, configure, price
from plant_config.diagram import compiled, is_valid
from tests.plant_config.small import changed, doll, plant_of


@pytest.fixture(scope="module")
def product(plant):
    return plant.products["doll"]


def test_what_is_not_said_is_filled_with_defaults(product):
    spec = configure(product, {"size": "2", "crisp": ""})
    assert spec == Spec("doll", (("size", "2"), ("colour", "red"), ("crisp", "no_bake")))


def test_an_unknown_option_blames_its_feature_and_offers_what_was_meant(product):
    answer = configure(product, {"size": "2", "colour": "whiet"})
    assert isinstance(answer, Rejection)
    assert answer.reasons == ("Colour has no 'whiet'. Maybe 'white'?",)
    assert answer.feature == "colour"
    assert dict(answer.nearest[0].options)["colour"] == "white"


def test_an_unknown_option_without_a_neighbour_lists_what_is_offered(product):
    answer = configure(product, {"size": "2", "colour": "xyzzy"})
    assert isinstance(answer, Rejection)
    assert answer.reasons == ("Colour has no 'xyzzy'. It offers red, white and black.",)


def test_an_unknown_feature_is_named(product):
    answer = configure(product, {"size": "2", "color": "red"})
    assert isinstance(answer, Rejection)
    assert answer.reasons == ("Doll has no 'color'. Maybe 'colour'?",)
    assert answer.feature == "color"


def test_a_feature_without_default_must_be_chosen(product):
    answer = configure(product, {"colour": "red"})
    assert isinstance(answer, Rejection)
    assert answer.reasons == ("Size is not chosen. It offers 1, 2 and 3.",)
    assert answer.feature == "size"


def test_a_broken_rule_is_told_with_its_reason_and_the_nearest_repairs(product):
    answer = configure(product, {"size": "3", "colour": "white", "crisp": "baked"})
    assert isinstance(answer, Rejection)
    assert answer.reasons == (
        "Colour White and Crisp Crisp do not go together. White cloth burns in the oven.",
    )
    assert answer.feature is None
    for spec in answer.nearest:
        wished = {"size": "3", "colour": "white", "crisp": "baked"}
        assert sum(wished[name] != option for name, option in spec.options) == 1
        assert is_valid(compiled(product), dict(spec.options))
    assert len(answer.nearest) == 3


def test_every_broken_rule_is_told(product):
    answer = configure(product, {"size": "1", "colour": "white", "crisp": "baked"})
    assert isinstance(answer, Rejection)
    assert len(answer.reasons) == 2


def test_a_default_that_does_not_go_gives_way_only_where_nothing_is_left_to_choose(files):
    two = changed(files, "products/doll.yaml", "    default: no_bake\n", "    default: baked\n")
    product = plant_of(two).products["doll"]
    spec = configure(product, {"size": "2", "colour": "white"})
    assert isinstance(spec, Spec)
    assert dict(spec.options)["crisp"] == "no_bake"
    third = changed(
        two,
        "products/doll.yaml",
        "      - {name: baked,",
        "      - {name: dried, label: Dried}\n      - {name: baked,",
    )
    answer = configure(plant_of(third).products["doll"], {"size": "2", "colour": "white"})
    assert isinstance(answer, Rejection)
    assert answer.feature == "crisp"


def test_rules_that_only_together_rule_something_out_are_told_together(files):
    product = plant_of(
        changed(
            files,
            "products/doll.yaml",
            "rules:\n",
            "rules:\n"
            "  - {name: black is big, holds: colour == 'black' implies size == '3', why: Big.}\n"
            "  - {name: big is crisp, holds: size == '3' implies crisp == 'baked', why: Crisp.}\n",
        )
    ).products["doll"]
    answer = configure(product, {"colour": "black", "crisp": "no_bake"})
    assert isinstance(answer, Rejection)
    assert answer.feature == "size"
    said = configure(product, {"size": "3", "colour": "black", "crisp": "no_bake"})
    assert isinstance(said, Rejection)
    assert said.reasons == ("Size 3 and Crisp Soft do not go together. Crisp.",)


def test_a_price_is_a_sum_and_the_premium_is_over_the_cheapest_spec(plant, product):
    assert price(product, doll(plant, size="1")) == (2000, 0)
    assert price(product, doll(plant, size="3", crisp="baked")) == (2900, 900)


def test_the_cheapest_spec_need_not_cost_the_base_price(files):
    dearer = changed(files, "products/doll.yaml", '{name: "1",', '{name: "1", price: EUR 3.00,')
    plant = plant_of(dearer)
    assert price(plant.products["doll"], doll(plant, size="1")) == (2300, 100)
