"""The tree of the guard language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from plant_config.wording import TextError

FUNCTIONS = ("min", "max", "abs", "ceil")

Value: TypeAlias = int | str | bool


class ExpressionError(TextError):
    """An expression that cannot be read or evaluated. Who writes the plant can correct it."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A known value; `kind` keeps 1 and true apart."""

    value: Value
    kind: type[Value]


@dataclass(frozen=True, slots=True)
class Name:
    """Something that the environment knows: `upper_colour`, `size.courses`."""

    name: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """A part without a value; it matters only when nothing else decides."""

    says: str
    maybe: str | None = None
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """A constant plus terms, flat, so that partial sums compare equal."""

    constant: int
    terms: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`*`, `/` (rounded half up), `%`, or `ceil` (a division rounded up)."""

    sign: str
    left: "Node"
    right: "Node"
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`==`, `!=`, `<`, `<=`, `>`, `>=` of two numbers, or the first two of two words."""

    sign: str
    left: "Node"
    right: "Node"
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Among:
    """`item in [...]`."""

    item: "Node"
    options: tuple["Node", ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Junction:
    """`and`, `or` over any number of parts."""

    sign: str
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a truth."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Choice:
    """`then if condition else otherwise`."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """`min`, `max` or `abs`."""

    function: str
    arguments: tuple["Node", ...]
    column: int = field(default=1, compare=False)


Node: TypeAlias = (
    Constant | Name | Fault | Sum | Arithmetic | Comparison | Among | Junction | Not | Choice | Call
)


def constant(value: Value) -> Constant:
    """Wrap a value."""
    return Constant(value, type(value))


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts that a node is made of."""
    match node:
        case Constant() | Name() | Fault():
            return ()
        case Sum(terms=parts) | Junction(parts=parts) | Call(arguments=parts):
            return parts
        case Arithmetic() | Comparison():
            return (node.left, node.right)
        case Among():
            return (node.item, *node.options)
        case Not():
            return (node.part,)
        case Choice():
            return (node.condition, node.then, node.otherwise)


def walk(node: Node) -> Iterator[Node]:
    """Visit a node and everything below it."""
    yield node
    for part in children(node):
        yield from walk(part)
