"""What a part covers of a plate, seen from above: a box, a polygon or a piece's line."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

from plant_config.expression import Expression
from plant_config.units import Length
from plant_config.wording import TextError

Ring: TypeAlias = tuple[tuple[int, int], ...]
Rings: TypeAlias = tuple[Ring, ...]
"""The outer line, then holes, each from corner to corner; micrometres."""

UM2_IN_MM2 = 1_000_000
UM_IN_MM = 1_000
LONGEST_UM = 10_000_000
"""Ten metres: whatever is longer has a wrong unit."""
CORNERS = 3


def _millimetres(value: object) -> object:
    """Return whole micrometres of a number of millimetres."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TextError("expected a number of millimetres such as 12.5")
    length = Fraction(str(value)) * UM_IN_MM
    if length.denominator != 1:
        raise TextError("not a whole number of micrometres")
    return int(length)


Millimetres = Annotated[
    int, BeforeValidator(_millimetres), WithJsonSchema({"type": "number", "examples": [12.5]})
]
"""A length, written as a bare number of millimetres; kept in micrometres."""
Corners: TypeAlias = tuple[tuple[Millimetres, Millimetres], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """What parts are laid on. They keep the gap from each other and may touch the border."""

    width: Length
    depth: Length
    height: Length = 0
    """How high a part with an outline may be; 0: any."""
    gap: Length = 0

    def __post_init__(self) -> None:
        """Refuse what nothing can lie on."""
        if not (0 < self.width <= LONGEST_UM and 0 < self.depth <= LONGEST_UM):
            raise ValueError("a plate has a width and a depth above 0 and of at most 10 m")
        if self.gap >= min(self.width, self.depth):
            raise ValueError("the gap between parts must be smaller than the plate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What one part covers. `width` and `depth` alone are a box. With `points_mm`, or the line of
    the `piece`, they stretch that to their measure; one of them alone keeps the proportions."""

    width: Expression | None = None
    depth: Expression | None = None
    points_mm: Corners = ()
    holes_mm: tuple[Corners, ...] = ()
    piece: bool = False
    """Take the outline that the product draws its piece with."""

    def __post_init__(self) -> None:
        """Refuse what is no outline, or two."""
        if self.piece and self.points_mm:
            raise ValueError("an outline is points_mm or that of the piece, not both")
        if self.holes_mm and not self.points_mm:
            raise ValueError("holes_mm lie in points_mm, which are missing")
        stated = (self.width is not None) + (self.depth is not None)
        if self.piece and not stated:
            raise ValueError("a piece is drawn without a measure; state its width, depth or both")
        if not self.piece and not self.points_mm and stated < 2:  # noqa: PLR2004
            raise ValueError("an outline states width and depth, points_mm, or piece: true")
        if self.points_mm:
            wrong = crossed((self.points_mm, *self.holes_mm))
            if wrong is not None:
                raise ValueError(wrong)


def crossed(rings: Rings) -> str | None:
    """Say why lines are no outline with holes; None when they are."""
    if any(len(set(ring)) < CORNERS for ring in rings):
        return "a line needs three corners at the least"
    import shapely  # noqa: PLC0415 it loads slowly, and few plants need it

    polygon = shapely.Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        where = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(polygon))
        near = "" if where is None else f" near {_mm(where[1])} {_mm(where[2])} mm"
        return f"a line crosses or touches itself or another one{near}"
    return None


def _mm(length_um: str) -> str:
    return f"{float(length_um) / UM_IN_MM:g}"


def box_of(width: int, depth: int) -> Rings:
    """Return a box."""
    return (((0, 0), (width, 0), (width, depth), (0, depth)),)


def stretched(rings: Rings, width: int | None, depth: int | None) -> Rings:
    """Return rings that begin at 0 0 and are as wide and deep as stated."""
    xs, ys = zip(*rings[0], strict=True)
    left, low, wide, deep = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    across = None if width is None else Fraction(width, wide)
    up = None if depth is None else Fraction(depth, deep)
    across, up = across or up or Fraction(1), up or across or Fraction(1)
    moved = (
        tuple((round((x - left) * across), round((y - low) * up)) for x, y in r) for r in rings
    )
    return tuple(tuple(dict.fromkeys(ring)) for ring in moved)


def measures(rings: Rings) -> tuple[int, int]:
    """Return width and depth as a part is drawn."""
    xs, ys = zip(*rings[0], strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def area_mm2(rings: Rings) -> int:
    """Return what a part covers, rounded up."""
    outer, *holes = (abs(_doubled(ring)) for ring in rings)
    return -(-(outer - sum(holes)) // (2 * UM2_IN_MM2))


def _doubled(ring: Ring) -> int:
    ends = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in ends)
