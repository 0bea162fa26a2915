"""The space of what can be ordered: products, features, options, rules; a spec is one point."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from plant_config.expression import Expression
from plant_config.units import Cents, Fact

Choices: TypeAlias = Mapping[str, str]
"""What the customer said: feature -> option; partial, maybe wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of a feature; `facts` are numbers and words for expressions (`size.courses`)."""

    name: str
    label: str = ""
    price: Cents = 0
    swatch: str | None = None
    """A CSS colour, for pages that show the real colour of a yarn or compound."""
    facts: Mapping[str, Fact] = field(default_factory=dict[str, int | str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A question to the customer. A text feature offers `none` and `text`; the words themselves are
    personal data and stay outside the spec (ADR 0010)."""

    name: str
    label: str = ""
    kind: Literal["choice", "text"] = "choice"
    options: tuple[Option, ...]
    default: str | None = None
    max_length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A truth about every buildable spec, with the reason that a customer may read."""

    name: str
    holds: Expression
    why: str


_PATH = re.compile(r"(?:[MLCQ](?: -?[0-9]+)+ ?|Z ?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """How a part looks from above, for the map of a build plate: a box, or a path drawn in it."""

    width: int
    height: int
    path: str = ""
    """SVG path data from 0 0 to width height, whole numbers, commands M L C Q Z; empty: the box itself."""

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if self.width <= 0 or self.height <= 0:
            raise ValueError("an outline needs a width and a height above 0")
        if not _PATH.fullmatch(self.path):
            raise ValueError(
                "a path is written as 'M 0 10 L 20 10 Z': M L C Q Z, whole numbers, spaces"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One physical part of a quantity of one: the left and the right of a pair."""

    name: str
    short: str
    """Shown behind the order number: `4127 R`."""
    outline: Outline | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A family of things that differ by their options."""

    name: str
    label: str = ""
    noun: str
    """What a quantity of one is called on the floor: `pair`, `tube`, `case`."""
    base_price: Cents
    pieces: tuple[Piece, ...]
    features: tuple[Feature, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A complete, checked, hashable point of a product's space; options in the features' order."""

    product: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the choices cannot be built; each sentence can be shown to the customer."""

    reasons: tuple[str, ...]
    feature: str | None = None
    """The feature to blame when there is just one, so that an import can name the column."""
    nearest: tuple[Spec, ...] = ()
