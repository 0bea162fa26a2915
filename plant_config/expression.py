"""The one guard language of rules, routing, recipes, families and changeovers: evaluation.

Values are whole numbers, words and truths. `/` rounds half up, `ceil(a / b)` rounds up. `and` is
false as soon as one part is, `or` true, even where another part has no value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from pydantic_core import CoreSchema, core_schema

from plant_config.parser import parse
from plant_config.reduction import reduce
from plant_config.syntax import (
    Constant,
    ExpressionError,
    Fault,
    Name,
    Node,
    Value,
    constant,
    walk,
)
from plant_config.wording import suggest

__all__ = ["Environment", "Expression", "ExpressionError"]

Environment = Mapping[str, int | str]
"""What the names mean: `size` -> '42', `size.courses` -> 1412, `piece` -> 'left'."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; equal when its text is."""

    text: str
    root: Node = field(compare=False, repr=False)
    reads: frozenset[str] = field(compare=False, repr=False)

    @classmethod
    def parse(cls, source: object) -> Self:
        """Read an expression from a text, a whole number or a truth."""
        if isinstance(source, bool):
            return cls("true" if source else "false", constant(source), frozenset())
        if isinstance(source, int):
            return cls(str(source), constant(source), frozenset())
        if not isinstance(source, str):
            raise ExpressionError("expected an expression: a text, a whole number, true or false")
        root = parse(source)
        names = frozenset(node.name for node in walk(root) if isinstance(node, Name))
        return cls(source, root, names)

    def names(self) -> frozenset[str]:
        """Return every name that it reads."""
        return self.reads

    def evaluate(self, environment: Environment) -> Value:
        """Return its value. Raises `ExpressionError` for unknown names and unfit values."""
        match reduce(self.root, environment):
            case Constant(value=value):
                return value
            case Fault(says=says, maybe=maybe, column=column):
                raise ExpressionError(says, maybe, column)
            case rest:
                name = next(node for node in walk(rest) if isinstance(node, Name))
                raise unknown_name(name, environment)

    def truth(self, environment: Environment) -> bool:
        """Return its value, which must be true or false."""
        value = self.evaluate(environment)
        if not isinstance(value, bool):
            raise ExpressionError(f"expected true or false, not {value!r}")
        return value

    def number(self, environment: Environment) -> int:
        """Return its value, which must be a whole number."""
        value = self.evaluate(environment)
        if isinstance(value, bool | str):
            raise ExpressionError(f"expected a whole number, not {value!r}")
        return value

    def parameter(self, environment: Environment) -> int | str:
        """Return its value, which must be a whole number or a word."""
        value = self.evaluate(environment)
        if isinstance(value, bool):
            raise ExpressionError("expected a whole number or a word, not a truth")
        return value

    def __str__(self) -> str:
        """Return the text as it was written."""
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        written = core_schema.union_schema(
            [core_schema.str_schema(), core_schema.int_schema(), core_schema.bool_schema()]
        )
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            json_schema_input_schema=written,
            serialization=core_schema.to_string_ser_schema(when_used="always"),
        )


def unknown_name(name: Name, known: Environment) -> ExpressionError:
    """Say that a name means nothing here, and which one may have been meant."""
    return ExpressionError(f"no {name.name!r} here", suggest(name.name, known), name.column)
