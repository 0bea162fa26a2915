"""What every kind of picture is made of."""

from dataclasses import dataclass
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle, with what is said when somebody points at it."""

    x: float
    y: float
    width: float
    height: float
    fill: Colour
    stroke: Colour | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; `x` is where it begins, or its middle or its end."""

    x: float
    y: float
    text: str
    size: float
    fill: Colour
    anchor: str = "start"


Shape: TypeAlias = Rect | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on a white sheet, the lower ones first."""

    width: int
    height: int
    title: str
    shapes: tuple[Shape, ...]
