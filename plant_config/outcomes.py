"""What expressions come to over all valid specs of a product, by walking its diagram once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plant_config.compilation import DEAD, option_facts
from plant_config.diagram import Diagram, compiled
from plant_config.expression import Environment, Expression
from plant_config.product import Feature, Product, Spec
from plant_config.reduction import reduce
from plant_config.syntax import Constant, Fault, Name, Node, Value, walk


@dataclass(frozen=True, slots=True)
class Outcome:
    """One combination of values that some valid spec has, and such a spec."""

    values: tuple[Value | Fault, ...]
    witness: Spec


def outcomes(
    product: Product, expressions: Sequence[Expression], known: Environment | None = None
) -> Iterator[Outcome]:
    """Yield each combination of values exactly once. `known` is what does not come from the spec.

    Specs that the expressions cannot tell apart are walked together, so the work grows with the
    options that are read and not with the number of specs."""
    diagram = compiled(product)
    if not diagram.layers or not diagram.layers[0]:
        return
    roots = tuple(reduce(expression.root, known or {}) for expression in expressions)
    read = frozenset(name for expression in expressions for name in expression.names())
    states: dict[tuple[int, tuple[Node, ...]], tuple[str, ...]] = {(0, roots): ()}
    memory: dict[tuple[int, str, Node], Node] = {}
    for level, name in enumerate(diagram.features):
        feature = next(each for each in product.features if each.name == name)
        states = _step(diagram, level, feature, read, states, memory)
    met: set[tuple[Node, ...]] = set()
    for (_, rests), chosen in states.items():
        if rests not in met:
            met.add(rests)
            witness = dict(zip(diagram.features, chosen, strict=True))
            spec = Spec(product.name, tuple((f.name, witness[f.name]) for f in product.features))
            yield Outcome(tuple(_value(rest) for rest in rests), spec)


def _step(
    diagram: Diagram,
    level: int,
    feature: Feature,
    read: frozenset[str],
    states: Mapping[tuple[int, tuple[Node, ...]], tuple[str, ...]],
    memory: dict[tuple[int, str, Node], Node],
) -> dict[tuple[int, tuple[Node, ...]], tuple[str, ...]]:
    concerned = any(name.partition(".")[0] == feature.name for name in read)
    options = {option.name: option for option in feature.options}
    facts = {
        name: option_facts(feature, options[name], read) if concerned else {}
        for name in diagram.options[level]
    }
    following: dict[tuple[int, tuple[Node, ...]], tuple[str, ...]] = {}
    for (node, rests), chosen in states.items():
        for number, name in enumerate(diagram.options[level]):
            below = diagram.layers[level][node][number]
            if below == DEAD:
                continue
            after = rests
            if concerned:
                after = tuple(_rest(level, name, rest, facts[name], memory) for rest in rests)
            following.setdefault((below, after), (*chosen, name))
    return following


def _rest(
    level: int,
    name: str,
    rest: Node,
    facts: Mapping[str, int | str | Fault],
    memory: dict[tuple[int, str, Node], Node],
) -> Node:
    if isinstance(rest, Constant | Fault):
        return rest
    key = (level, name, rest)
    if key not in memory:
        memory[key] = reduce(rest, facts)
    return memory[key]


def _value(rest: Node) -> Value | Fault:
    match rest:
        case Constant(value=value):
            return value
        case Fault():
            return rest
        case _:
            name = next(node for node in walk(rest) if isinstance(node, Name))
            return Fault(f"{name.name!r} means nothing here", None, name.column)
