"""A product compiled once into a reduced ordered multi-valued decision diagram of valid specs.

Every path from the root to the end is a valid spec, so counting, completing, blaming and repairing
are sweeps over the layers. Source: Hadzic, Jensen, Andersen, arXiv 0704.1394 (compiled
configurators); variable order by FORCE, Aloul, Markov, Sakallah, GLSVLSI 2003.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from plant_config.compilation import DEAD, Layers, RuleFault, layers_of
from plant_config.identity import Same
from plant_config.product import Feature, Product, Rule

Partial = Mapping[str, str]
"""Feature -> the option that it must have; features that are absent are free."""
Cost = Callable[[str, str], int]
"""(feature, option) -> what choosing it costs; never negative infinity, never a float."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Layer by layer: `layers[level][node][option]` is a node of the next layer, or DEAD."""

    features: tuple[str, ...]
    """The features in the order of the layers, which is not the product's."""
    options: tuple[tuple[str, ...], ...]
    layers: Layers
    faults: tuple[RuleFault, ...]
    """Rules without a value somewhere; the specs concerned count as not buildable."""

    @property
    def nodes(self) -> int:
        """Return how many nodes it has."""
        return sum(len(layer) for layer in self.layers) + 1


@lru_cache(maxsize=64)
def _compiled(product: Same[Product]) -> Diagram:
    return compile_product(product.value)


def compiled(product: Product) -> Diagram:
    """Return a product's diagram, compiled at the first call."""
    return _compiled(Same(product))


def compile_product(
    product: Product,
    rules: Iterable[Rule] | None = None,
    within: Mapping[str, Collection[str]] | None = None,
) -> Diagram:
    """Compile the rules (all, unless named) over the options (all, unless `within` says fewer)."""
    held = tuple(product.rules if rules is None else rules)
    features = [_narrowed(feature, within or {}) for feature in product.features]
    orders = (features, _force(features, held))
    built = [(order, *layers_of(order, held)) for order in orders]
    order, layers, faults = min(built, key=lambda one: sum(len(layer) for layer in one[1]))
    return Diagram(
        features=tuple(feature.name for feature, _ in order),
        options=tuple(tuple(names) for _, names in order),
        layers=layers,
        faults=faults,
    )


def _narrowed(
    feature: Feature, within: Mapping[str, Collection[str]]
) -> tuple[Feature, tuple[str, ...]]:
    names = tuple(option.name for option in feature.options)
    allowed = within.get(feature.name, names)
    return feature, tuple(name for name in names if name in allowed)


def _force(
    features: Sequence[tuple[Feature, tuple[str, ...]]], rules: Sequence[Rule]
) -> list[tuple[Feature, tuple[str, ...]]]:
    """Pull features that share rules together: place each at the mean of its rules' centres."""
    scopes = [{name.partition(".")[0] for name in rule.holds.names()} for rule in rules]
    place = {feature.name: float(i) for i, (feature, _) in enumerate(features)}
    for _ in range(20):
        centres = [
            sum(place[name] for name in scope if name in place) / max(1, len(scope))
            for scope in scopes
        ]
        mean = {}
        for name, at in place.items():
            own = [c for c, scope in zip(centres, scopes, strict=True) if name in scope]
            mean[name] = sum(own) / len(own) if own else at
        place = {name: float(i) for i, name in enumerate(sorted(place, key=lambda n: mean[n]))}
    return sorted(features, key=lambda one: place[one[0].name])


def count(diagram: Diagram, chosen: Partial | None = None) -> int:
    """Return the exact number of valid specs with the chosen options."""
    ways = [1]
    for level in range(len(diagram.layers) - 1, -1, -1):
        free = _free(diagram, level, chosen or {})
        ways = [
            sum(ways[node[o]] for o in free if node[o] != DEAD) for node in diagram.layers[level]
        ]
    return ways[0] if ways else 0


def is_valid(diagram: Diagram, spec: Partial) -> bool:
    """Return whether a complete spec obeys every rule."""
    return count(diagram, spec) == 1


def valid_options(diagram: Diagram, chosen: Partial | None = None) -> dict[str, tuple[str, ...]]:
    """Return, for each feature, the options that lead to a valid spec given the choices for the
    other features; its own choice stays open to change."""
    given = chosen or {}
    alive = _alive(diagram, given)
    reached = {0} if diagram.layers and diagram.layers[0] else set()
    valid: dict[str, tuple[str, ...]] = {}
    for level, layer in enumerate(diagram.layers):
        names = diagram.options[level]
        valid[diagram.features[level]] = tuple(
            names[o]
            for o in range(len(names))
            if any(layer[n][o] != DEAD and alive[level + 1][layer[n][o]] for n in reached)
        )
        free = _free(diagram, level, given)
        reached = {layer[n][o] for n in reached for o in free} - {DEAD}
    return valid


def dead_options(diagram: Diagram, product: Product) -> tuple[tuple[str, str], ...]:
    """Return (feature, option) of every option that no valid spec has."""
    valid = valid_options(diagram)
    return tuple(
        (feature.name, option.name)
        for feature in product.features
        for option in feature.options
        if option.name not in valid[feature.name]
    )


def core_options(diagram: Diagram) -> tuple[tuple[str, str], ...]:
    """Return (feature, option) of every option that all valid specs have."""
    valid = valid_options(diagram)
    return tuple((feature, names[0]) for feature, names in valid.items() if len(names) == 1)


def cheapest(
    diagram: Diagram, cost: Cost, chosen: Partial | None = None, most: int = 1
) -> list[tuple[int, dict[str, str]]]:
    """Return the cheapest valid specs with the chosen options, at most `most`, cheapest first."""
    below: list[list[list[tuple[int, int, int]]]] = [[[(0, 0, 0)]]]
    for level in range(len(diagram.layers) - 1, -1, -1):
        names, feature = diagram.options[level], diagram.features[level]
        free = [(o, cost(feature, names[o])) for o in _free(diagram, level, chosen or {})]
        ends = below[-1]
        below.append(
            [
                nsmallest(
                    most,
                    (
                        (own + rest[0], o, rank)
                        for o, own in free
                        if node[o] != DEAD
                        for rank, rest in enumerate(ends[node[o]])
                    ),
                )
                for node in diagram.layers[level]
            ]
        )
    below.reverse()
    found = below[0][0] if below[0] else []
    return [(total, _path(diagram, below, rank)) for rank, (total, _, _) in enumerate(found)]


def _path(
    diagram: Diagram, below: Sequence[Sequence[Sequence[tuple[int, int, int]]]], rank: int
) -> dict[str, str]:
    node, spec = 0, {}
    for level, layer in enumerate(diagram.layers):
        _, option, rank = below[level][node][rank]
        spec[diagram.features[level]] = diagram.options[level][option]
        node = layer[node][option]
    return spec


def conflict(diagram: Diagram, chosen: Partial) -> dict[str, str]:
    """Return a smallest part of the choices that no valid spec has: leave one out, and one exists.

    Empty when the choices can be built, and when nothing can."""
    left = dict(chosen)
    if count(diagram, left):
        return {}
    for feature in chosen:
        fewer = {name: option for name, option in left.items() if name != feature}
        if not any(_alive(diagram, fewer)[0]):
            left = fewer
    return left


def _free(diagram: Diagram, level: int, chosen: Partial) -> Sequence[int]:
    option = chosen.get(diagram.features[level])
    names = diagram.options[level]
    if option is None:
        return range(len(names))
    return (names.index(option),) if option in names else ()


def _alive(diagram: Diagram, chosen: Partial) -> list[list[bool]]:
    """Return, for each layer, which nodes still reach the end under the choices."""
    alive = [[True]]
    for level in range(len(diagram.layers) - 1, -1, -1):
        free, ends = _free(diagram, level, chosen), alive[-1]
        alive.append(
            [any(node[o] != DEAD and ends[node[o]] for o in free) for node in diagram.layers[level]]
        )
    alive.reverse()
    return alive
