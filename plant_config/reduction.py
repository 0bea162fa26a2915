"""Put what is known into an expression's tree and simplify; all known, its value remains.

One implementation serves evaluation, decision diagrams and proofs, so that they cannot disagree.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

from plant_config.syntax import (
    Among,
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Constant,
    Fault,
    Junction,
    Name,
    Node,
    Not,
    Sum,
    Value,
    constant,
)

Known: TypeAlias = Mapping[str, int | str] | Mapping[str, int | str | Fault]
"""Name -> its value, or why it has none."""

_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {
    "*": operator.mul,
    "%": operator.mod,
    "/": lambda a, b: (2 * a + b) // (2 * b) if b > 0 else (-2 * a - b) // (-2 * b),
    "ceil": lambda a, b: -(-a // b),
}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def reduce(node: Node, known: Known) -> Node:  # noqa: C901, PLR0911
    """Return the simplest equal tree under what is known."""
    match node:
        case Constant() | Fault():
            return node
        case Name(name=name):
            value = known.get(name, node)
            return constant(value) if isinstance(value, int | str) else value
        case Sum():
            return _sum(node, known)
        case Junction():
            return _junction(node, known)
        case Not():
            return _not(reduce(node.part, known))
        case Choice():
            return _choice(node, known)
        case Arithmetic():
            return _arithmetic(node, reduce(node.left, known), reduce(node.right, known))
        case Comparison():
            return _comparison(node, reduce(node.left, known), reduce(node.right, known))
        case Among():
            return _among(node, reduce(node.item, known), known)
        case Call():
            return _call(node, known)
        case _:
            assert_never(node)


def _sum(node: Sum, known: Known) -> Node:
    total = node.constant
    terms: list[Node] = []
    for term in (reduce(part, known) for part in node.terms):
        match term:
            case Fault():
                return term
            case Constant():
                value = _number(term)
                if value is None:
                    return _unfit(term, "a number", 1)
                total += value
            case Sum():
                total += term.constant
                terms.extend(term.terms)
            case _:
                terms.append(term)
    return Sum(total, tuple(terms)) if terms else constant(total)


def _junction(node: Junction, known: Known) -> Node:
    decides = node.sign == "or"
    rest: list[Node] = []
    for part in (reduce(each, known) for each in node.parts):
        if isinstance(part, Constant):
            if part.kind is not bool:
                rest.append(_unfit(part, "true or false", 1))
            elif part.value == decides:
                return part
        else:
            rest.append(part)
    if not rest:
        return constant(not decides)
    if len(rest) == 1:
        return rest[0]
    faults = [part for part in rest if isinstance(part, Fault)]
    return faults[0] if len(faults) == len(rest) else Junction(node.sign, tuple(rest))


def _not(part: Node) -> Node:
    match part:
        case Fault():
            return part
        case Not():
            return part.part
        case Constant():
            return constant(not part.value) if part.kind is bool else _unfit(part, "a truth", 1)
        case _:
            return Not(part)


def _choice(node: Choice, known: Known) -> Node:
    condition = reduce(node.condition, known)
    match condition:
        case Fault():
            return condition
        case Constant():
            if condition.kind is not bool:
                return _unfit(condition, "true or false", 1)
            return reduce(node.then if condition.value else node.otherwise, known)
        case _:
            then, otherwise = reduce(node.then, known), reduce(node.otherwise, known)
            return then if then == otherwise else Choice(condition, then, otherwise)


def _arithmetic(node: Arithmetic, left: Node, right: Node) -> Node:
    for side in (left, right):
        if isinstance(side, Fault):
            return side
        if isinstance(side, Constant) and _number(side) is None:
            return _unfit(side, "a number", node.column)
    if not (isinstance(left, Constant) and isinstance(right, Constant)):
        return Arithmetic(node.sign, left, right, node.column)
    if int(right.value) == 0 and node.sign != "*":
        return Fault("division by zero", None, node.column)
    return constant(_ARITHMETIC[node.sign](int(left.value), int(right.value)))


def _comparison(node: Comparison, left: Node, right: Node) -> Node:
    if isinstance(left, Fault):
        return left
    if isinstance(right, Fault):
        return right
    if not (isinstance(left, Constant) and isinstance(right, Constant)):
        return Comparison(node.sign, left, right, node.column)
    if left.kind is not right.kind:
        return _mixed(left, right, node.column)
    if node.sign not in ("==", "!=") and left.kind is not int:
        return _unfit(left, "a number", node.column)
    return constant(_COMPARE[node.sign](left.value, right.value))


def _among(node: Among, item: Node, known: Known) -> Node:
    if isinstance(item, Fault):
        return item
    options = [reduce(option, known) for option in node.options]
    if not isinstance(item, Constant):
        return Among(item, tuple(options), node.column)
    open_options: list[Node] = []
    for option in options:
        match option:
            case Constant():
                if option.kind is not item.kind:
                    return _mixed(item, option, node.column)
                if option.value == item.value:
                    return constant(value=True)
            case Fault():
                return option
            case _:
                open_options.append(option)
    return Among(item, tuple(open_options), node.column) if open_options else constant(value=False)


def _call(node: Call, known: Known) -> Node:
    arguments = tuple(reduce(part, known) for part in node.arguments)
    numbers: list[int] = []
    for part in arguments:
        if isinstance(part, Fault):
            return part
        if isinstance(part, Constant):
            if (value := _number(part)) is None:
                return _unfit(part, "a number", node.column)
            numbers.append(value)
    if len(numbers) < len(arguments):
        return Call(node.function, arguments, node.column)
    match node.function:
        case "min":
            return constant(min(numbers))
        case "max":
            return constant(max(numbers))
        case _:
            return constant(abs(numbers[0]))


def _number(part: Constant) -> int | None:
    return part.value if isinstance(part.value, int) and part.kind is int else None


def _unfit(part: Constant, expected: str, column: int) -> Fault:
    return Fault(f"expected {expected}, not {_shown(part.value)}", None, column)


def _mixed(left: Constant, right: Constant, column: int) -> Fault:
    return Fault(
        f"cannot compare {_shown(left.value)} with {_shown(right.value)}: "
        f"{_kind(left)} and {_kind(right)}",
        None,
        column,
    )


def _kind(part: Constant) -> str:
    return {int: "a number", str: "a word", bool: "a truth"}[part.kind]


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
