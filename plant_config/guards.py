"""Expressions in their place: which names they may read, and which words a feature can be."""

import keyword
import re
from collections.abc import Collection, Iterator

from plant_config.document import Document, Path
from plant_config.expression import Expression
from plant_config.mistakes import ConfigError
from plant_config.product import Product
from plant_config.syntax import (
    FUNCTIONS,
    Among,
    Comparison,
    Constant,
    ExpressionError,
    Name,
    Node,
    walk,
)
from plant_config.units import UNITS
from plant_config.wording import suggest

_NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = ("piece", "quantity", "before", "after", "implies", "true", "false", *FUNCTIONS)
_SEPARATORS = re.compile(r"[;=]")


def product_guards(document: Document, product: Product) -> Iterator[ConfigError]:
    """Yield names that expressions cannot use, and rules that read what is not there."""
    known = set()
    for i, feature in enumerate(product.features):
        at: Path = ("features", i)
        known.add(feature.name)
        yield from _nameable(document, (*at, "name"), feature.name)
        for j, option in enumerate(feature.options):
            if _SEPARATORS.search(option.name):
                yield document.mistake(
                    (*at, "options", j, "name"), "an option's name has neither ';' nor '='"
                )
            for fact in option.facts:
                known.add(f"{feature.name}.{fact}")
                yield from _nameable(document, (*at, "options", j, "facts", fact), fact)
    for i, rule in enumerate(product.rules):
        path = ("rules", i, "holds")
        yield from step_guards(document, path, rule.holds, known, product)
        if not rule.why.strip():
            yield document.mistake(("rules", i, "why"), "a customer will read this; say why")


def step_guards(
    document: Document,
    path: Path,
    expression: Expression,
    known: Collection[str],
    product: Product | None = None,
) -> Iterator[ConfigError]:
    """Yield each name that means nothing here, and each word that is no option of its feature."""
    for node in walk(expression.root):
        if isinstance(node, Name) and node.name not in known:
            wrong = f"{node.name!r} means nothing here"
            error = ExpressionError(wrong, suggest(node.name, known), node.column)
            yield document.misread(path, error)
        if product is not None:
            for error in _compared(node, product):
                yield document.misread(path, error)


def _compared(node: Node, product: Product) -> Iterator[ExpressionError]:
    match node:
        case Comparison(left=Name(name=name), right=Constant(value=str(word))):
            words = [word]
        case Comparison(left=Constant(value=str(word)), right=Name(name=name)):
            words = [word]
        case Among(item=Name(name=name), options=options):
            words = [
                o.value for o in options if isinstance(o, Constant) and isinstance(o.value, str)
            ]
        case _:
            return
    offered = [
        option.name
        for feature in product.features
        if feature.name == name
        for option in feature.options
    ]
    if name == "piece":
        offered = [piece.name for piece in product.pieces]
    for word in words:
        if offered and word not in offered:
            yield ExpressionError(
                f"{name!r} is never {word!r}", suggest(word, offered), node.column
            )


def _nameable(document: Document, path: Path, name: str) -> Iterator[ConfigError]:
    taken = name in RESERVED or name in UNITS or keyword.iskeyword(name)
    if not _NAME.fullmatch(name) or taken:
        wrong = "expressions cannot use this name"
        if not taken:
            wrong += "; write small letters, digits and '_'"
        maybe = re.sub(r"\W+", "_", name.lower()) if not taken else None
        yield document.mistake(path, wrong, maybe, at_key=path[-1] == name)
