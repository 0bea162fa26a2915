"""The decision diagram against brute force over small random products."""

from itertools import product as every

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plant_config.compilation import EntangledError
from plant_config.diagram import (
    cheapest,
    compile_product,
    conflict,
    core_options,
    count,
    dead_options,
    is_valid,
    valid_options,
)
from plant_config.expression import Expression
from plant_config.product import Feature, Option, Piece, Product, Rule

NAMES = ("a", "b", "c", "d")


def made(sizes: tuple[int, ...], rules: tuple[str, ...]) -> Product:
    features = tuple(
        Feature(
            name=name,
            options=tuple(
                Option(name=f"{name}{i}", price=100 * i, facts={"n": i}) for i in range(size)
            ),
        )
        for name, size in zip(NAMES, sizes, strict=False)
    )
    return Product(
        name="thing",
        noun="thing",
        base_price=1000,
        pieces=(Piece(name="it", short="I"),),
        features=features,
        rules=tuple(Rule(name=r, holds=Expression.parse(r), why=f"{r}.") for r in rules),
    )


def valid_specs(product: Product) -> list[dict[str, str]]:
    """Every spec that obeys all rules, found by trying all."""
    found = []
    for options in every(*(feature.options for feature in product.features)):
        spec, known = {}, {}
        for feature, option in zip(product.features, options, strict=True):
            spec[feature.name] = option.name
            known |= {feature.name: option.name, f"{feature.name}.n": option.facts["n"]}
        if all(rule.holds.truth(known) for rule in product.rules):
            found.append(spec)
    return found


@st.composite
def rules(draw, sizes):
    names = NAMES[: len(sizes)]
    one, two = draw(st.permutations(names))[:2]
    a = f"{one}{draw(st.integers(0, sizes[NAMES.index(one)] - 1))}"
    b = f"{two}{draw(st.integers(0, sizes[NAMES.index(two)] - 1))}"
    shape = draw(st.integers(0, 4))
    total = " + ".join(f"{name}.n" for name in names)
    return (
        f"{one} == '{a}' implies {two} != '{b}'",
        f"{one} == '{a}' or {two} == '{b}'",
        f"{one}.n <= {two}.n + {draw(st.integers(0, 2))}",
        f"{total} <= {draw(st.integers(1, 6))}",
        f"({one}.n if {two} == '{b}' else {two}.n) < {draw(st.integers(1, 3))}",
    )[shape]


@st.composite
def products(draw):
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)))
    return made(sizes, tuple(draw(st.lists(rules(sizes), max_size=4))))


@st.composite
def products_and_choices(draw):
    product = draw(products())
    chosen = {
        feature.name: draw(st.sampled_from(feature.options)).name
        for feature in product.features
        if draw(st.booleans())
    }
    return product, chosen


def price_of(feature: str, option: str) -> int:
    return 100 * int(option[1:])


def agree(spec, chosen):
    return all(spec[name] == option for name, option in chosen.items())


@settings(max_examples=60)
@given(products_and_choices())
def test_counting_equals_trying_all(given_):
    product, chosen = given_
    specs = valid_specs(product)
    diagram = compile_product(product)
    assert count(diagram) == len(specs)
    assert count(diagram, chosen) == sum(agree(spec, chosen) for spec in specs)
    for options in every(*(feature.options for feature in product.features)):
        spec = {f.name: o.name for f, o in zip(product.features, options, strict=True)}
        assert is_valid(diagram, spec) == (spec in specs)


@settings(max_examples=60)
@given(products_and_choices())
def test_a_valid_option_is_one_that_some_spec_has_beside_the_other_choices(given_):
    product, chosen = given_
    specs = valid_specs(product)
    found = valid_options(compile_product(product), chosen)
    for feature in product.features:
        others = {name: option for name, option in chosen.items() if name != feature.name}
        expected = {spec[feature.name] for spec in specs if agree(spec, others)}
        assert set(found[feature.name]) == expected


@settings(max_examples=60)
@given(products_and_choices())
def test_the_cheapest_specs_come_first(given_):
    product, chosen = given_
    prices = sorted(
        sum(price_of(*one) for one in spec.items())
        for spec in valid_specs(product)
        if agree(spec, chosen)
    )
    found = cheapest(compile_product(product), price_of, chosen, most=3)
    assert [cost for cost, _ in found] == prices[:3]
    for cost, spec in found:
        assert cost == sum(price_of(*one) for one in spec.items())
        assert agree(spec, chosen)
    assert len({tuple(sorted(spec.items())) for _, spec in found}) == len(found)


@settings(max_examples=60)
@given(products_and_choices())
def test_a_conflict_cannot_be_met_and_none_of_it_can_be_left_out(given_):
    product, chosen = given_
    specs = valid_specs(product)
    blamed = conflict(compile_product(product), chosen)
    if any(agree(spec, chosen) for spec in specs) or not specs:
        assert blamed == {}
        return
    assert blamed.items() <= chosen.items()
    assert not any(agree(spec, blamed) for spec in specs)
    for name in blamed:
        rest = {n: o for n, o in blamed.items() if n != name}
        assert any(agree(spec, rest) for spec in specs)


@settings(max_examples=40)
@given(products())
def test_dead_options_are_in_no_spec_and_core_options_in_all(product):
    specs = valid_specs(product)
    diagram = compile_product(product)
    for feature, option in dead_options(diagram, product):
        assert all(spec[feature] != option for spec in specs)
    for feature, option in core_options(diagram):
        assert all(spec[feature] == option for spec in specs)


def test_twenty_features_that_share_one_sum_stay_small():
    features = tuple(
        Feature(
            name=f"f{i}",
            options=(Option(name="no", facts={"n": 0}), Option(name="yes", facts={"n": 1})),
        )
        for i in range(20)
    )
    total = " + ".join(f"f{i}.n" for i in range(20))
    most = Rule(name="most", holds=Expression.parse(f"{total} <= 3"), why="At most three.")
    product = Product(
        name="mix",
        noun="tube",
        base_price=0,
        pieces=(Piece(name="tube", short="T"),),
        features=features,
        rules=(most,),
    )
    diagram = compile_product(product)
    assert count(diagram) == 1 + 20 + 190 + 1140
    assert diagram.nodes < 80


def test_counts_are_exact_beyond_what_a_float_holds():
    sizes = (3,) * 4
    free = made(sizes, ())
    many = Product(
        name="big",
        noun="thing",
        base_price=0,
        pieces=free.pieces,
        features=tuple(Feature(name=f"f{i}", options=free.features[0].options) for i in range(60)),
    )
    assert count(compile_product(many)) == 3**60


def test_a_missing_fact_is_a_fault_and_not_a_crash():
    product = made((2, 2), ("a == 'a1' implies b.weight > 3",))
    diagram = compile_product(product)
    assert {fault.says for fault in diagram.faults} == {
        "b 'b0' has no fact 'weight'",
        "b 'b1' has no fact 'weight'",
    }
    assert count(diagram) == 2


def test_a_rule_that_tangles_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("plant_config.compilation.LARGEST", 5)
    with pytest.raises(EntangledError, match="too many features"):
        compile_product(made((4, 4), ()))
