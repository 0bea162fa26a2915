"""Choices in, one valid spec or the reasons why not out; and what a spec costs its customer."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from plant_config.diagram import (
    Cost,
    Diagram,
    cheapest,
    compile_product,
    compiled,
    conflict,
    count,
    is_valid,
    valid_options,
)
from plant_config.identity import Same
from plant_config.product import Choices, Feature, Option, Product, Rejection, Spec
from plant_config.wording import suggest

NEAREST = 3
"""Repairs that a rejection offers."""
_LISTED = 8
"""Options that a sentence lists."""
_DEFAULT = 10**9
"""Changing a default weighs more than any price, changing a choice more than any default."""
_CHOICE = 10**14


def configure(product: Product, choices: Choices) -> Spec | Rejection:
    """Complete the choices and check them against the product. An empty text is no choice.

    What the customer chose stays. A default that does not go with it gives way only where a single
    option is left, so that nothing is ever chosen for a customer by guessing."""
    said = {name: option for name, option in choices.items() if option}
    wrong = [*_unknown(product, said), *_open(product, said)]
    if wrong:
        blamed = {feature for feature, _ in wrong}
        return Rejection(
            tuple(reason for _, reason in wrong),
            blamed.pop() if len(blamed) == 1 else None,
            _nearest(product, _meant(product, said)),
        )
    diagram = compiled(product)
    if not count(diagram, said):
        return _rejected(product, diagram, said, said)
    left = valid_options(diagram, said)
    filled = {
        feature.name: said.get(feature.name)
        or (left[feature.name][0] if len(left[feature.name]) == 1 else feature.default or "")
        for feature in product.features
    }
    if not is_valid(diagram, filled):
        return _rejected(product, diagram, filled, said)
    return _spec(product, filled)


def price(product: Product, spec: Spec) -> tuple[int, int]:
    """Return (price, premium) in cents; the premium is over the product's cheapest valid spec."""
    cents = product.base_price + sum(_prices(Same(product))[option] for option in spec.options)
    return cents, cents - _lowest_price(Same(product))


@lru_cache(maxsize=256)
def _prices(product: Same[Product]) -> Mapping[tuple[str, str], int]:
    return {
        (feature.name, option.name): option.price
        for feature in product.value.features
        for option in feature.options
    }


@lru_cache(maxsize=256)
def _lowest_price(product: Same[Product]) -> int:
    prices = _prices(product)
    found = cheapest(compiled(product.value), lambda feature, option: prices[feature, option])
    return product.value.base_price + (found[0][0] if found else 0)


def _unknown(product: Product, said: Choices) -> Iterable[tuple[str, str]]:
    features = {feature.name: feature for feature in product.features}
    for name, option in said.items():
        if name not in features:
            maybe = suggest(name, features)
            yield name, f"{_title(product)} has no {name!r}.{_perhaps(maybe)}"
            continue
        names = [each.name for each in features[name].options]
        if option not in names:
            maybe = suggest(option, names)
            offered = "" if maybe else f" It offers {_listed(names)}."
            yield name, f"{_label(features[name])} has no {option!r}.{offered}{_perhaps(maybe)}"


def _open(product: Product, said: Choices) -> Iterable[tuple[str, str]]:
    for feature in product.features:
        if feature.name not in said and feature.default is None:
            names = [option.name for option in feature.options]
            yield feature.name, f"{_label(feature)} is not chosen. It offers {_listed(names)}."


def _rejected(product: Product, diagram: Diagram, filled: Choices, said: Choices) -> Rejection:
    """Say which choices break which rules; where only several rules together rule something out,
    say a smallest conflict."""
    clashes = list(_clashes(product, filled)) or [_conflict(product, diagram, filled)]
    blamed = dict.fromkeys(name for names, _ in clashes for name in names)
    unsaid = [name for name in blamed if name not in said] or list(blamed)
    return Rejection(
        tuple(dict.fromkeys(_sentence(product, filled, names, why) for names, why in clashes)),
        unsaid[0] if len(unsaid) == 1 else None,
        _nearest(product, said),
    )


def _clashes(product: Product, filled: Choices) -> Iterator[tuple[list[str], str]]:
    """Yield, for each rule that the choices break by themselves, the features that do it, and why."""
    for rule in product.rules:
        read = {name.partition(".")[0] for name in rule.holds.names()}
        own = {name: option for name, option in filled.items() if name in read}
        if own and not count(alone := compile_product(product, [rule]), own):
            yield list(conflict(alone, own)), rule.why


def _conflict(product: Product, diagram: Diagram, filled: Choices) -> tuple[list[str], str]:
    blamed = conflict(diagram, filled)
    left = list(product.rules)
    within = {feature: (option,) for feature, option in blamed.items()}
    for rule in product.rules:
        fewer = [each for each in left if each is not rule]
        if not count(compile_product(product, fewer, within)):
            left = fewer
    return list(blamed), " ".join(rule.why for rule in left)


def _sentence(product: Product, filled: Choices, names: list[str], why: str) -> str:
    chosen = [_choice_label(product, name, filled[name]) for name in names]
    if not chosen:
        return f"No {_title(product)} can be built. {why}"
    together = "do not go together" if len(chosen) > 1 else "cannot be built"
    return f"{_joined(chosen)} {together}. {why}"


def _nearest(product: Product, wished: Choices) -> tuple[Spec, ...]:
    found = cheapest(compiled(product), _distance(product, wished), most=NEAREST)
    alike = (options for cost, options in found if cost // _DEFAULT == found[0][0] // _DEFAULT)
    return tuple(_spec(product, options) for options in alike)


def _meant(product: Product, said: Choices) -> dict[str, str]:
    """Return the choices that exist, with what was probably meant by the others."""
    meant: dict[str, str] = {}
    features = {feature.name: feature for feature in product.features}
    for name, option in said.items():
        feature = features.get(name) or features.get(suggest(name, features) or "")
        if feature is not None:
            names = [each.name for each in feature.options]
            close = option if option in names else suggest(option, names)
            if close is not None:
                meant.setdefault(feature.name, close)
    return meant


def _distance(product: Product, wished: Choices) -> Cost:
    """Count changed choices before changed defaults before price."""
    prices = _prices(Same(product))
    defaults = {feature.name: feature.default for feature in product.features}

    def cost(feature: str, option: str) -> int:
        cents = prices[feature, option]
        if feature in wished:
            return cents + (0 if wished[feature] == option else _CHOICE)
        return cents + (0 if defaults[feature] in (None, option) else _DEFAULT)

    return cost


def _spec(product: Product, options: Mapping[str, str]) -> Spec:
    return Spec(product.name, tuple((f.name, options[f.name]) for f in product.features))


def _choice_label(product: Product, name: str, option: str) -> str:
    feature = next(f for f in product.features if f.name == name)
    found = next((o for o in feature.options if o.name == option), None)
    return f"{_label(feature)} {_option_label(found) if found else option}"


def _option_label(option: Option) -> str:
    return option.label or option.name


def _label(feature: Feature) -> str:
    return feature.label or feature.name


def _title(product: Product) -> str:
    return product.label or product.name


def _perhaps(maybe: str | None) -> str:
    return f" Maybe {maybe!r}?" if maybe else ""


def _listed(names: list[str]) -> str:
    shown = names if len(names) <= _LISTED else [*names[: _LISTED - 1], f"{len(names) - 7} more"]
    return _joined(shown)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
