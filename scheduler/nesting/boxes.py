"""Parts on a plate as boxes, by the largest free rectangles: quick, and often enough.

Source: Jylänki, A Thousand Ways to Pack the Bin, 2010, section 2.4 (MAXRECTS, best short side fit).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from scheduler.nesting.laid import Laid
from scheduler.nesting.turned import KEPT, ROUNDED_UM, SPARE_UM, Turned, along_sides
from scheduler.shape import Plate, Shape

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top."""


class Boxes:
    """A plate that is filled with boxes one by one."""

    def __init__(self, plate: Plate) -> None:
        self.plate = plate
        width, depth = plate.width_um + plate.gap_um, plate.depth_um + plate.gap_um
        self.free: list[Rectangle] = [(0.0, 0.0, width, depth)]
        self.laid: list[Laid] = []

    def add(self, part: int, shape: Shape) -> bool:
        """Put a part where the shorter side that stays free is shortest; False if there is no room."""
        best: tuple[tuple[float, float], Turned, Rectangle] | None = None
        for way in ways(shape, self.plate):
            width, depth = way.width - 2 * SPARE_UM, way.depth - 2 * SPARE_UM
            for left, bottom, right, top in self.free:
                over = (right - left - width, top - bottom - depth)
                rank = (min(over), max(over))
                if rank[0] >= -ROUNDED_UM and (best is None or rank < best[0]):
                    best = (rank, way, (left, bottom, left + width, bottom + depth))
        if best is None:
            return False
        _, way, taken = best
        # A way's origin keeps half the gap and the spare from its box; the free room begins before the
        # plate by half the gap only, and boxes do without the spare.
        off = SPARE_UM + self.plate.gap_um / 2
        self.laid.append(Laid(part, way.degrees, taken[0] + way.x - off, taken[1] + way.y - off))
        self.free = _without(self.free, taken)
        return True


def as_boxes(plate: Plate, shapes: Sequence[Shape]) -> tuple[Laid, ...] | None:
    """Lay parts as boxes in the order given; None if that does not go."""
    boxes = Boxes(plate)
    if all(boxes.add(part, shape) for part, shape in enumerate(shapes)):
        return tuple(boxes.laid)
    return None


@lru_cache(maxsize=KEPT)
def ways(shape: Shape, plate: Plate) -> tuple[Turned, ...]:
    """Return the least box lying and standing: half a turn makes no difference to a box."""
    kept: list[Turned] = []
    for each in along_sides(shape, plate):
        if all(abs(each.width - other.width) > ROUNDED_UM for other in kept):
            kept.append(each)
    return tuple(kept)


def _without(free: list[Rectangle], taken: Rectangle) -> list[Rectangle]:
    left, bottom, right, top = taken
    pieces: list[Rectangle] = []
    for a, b, c, d in free:
        if right <= a or left >= c or top <= b or bottom >= d:
            pieces.append((a, b, c, d))
            continue
        around = ((a, b, left, d), (right, b, c, d), (a, b, c, bottom), (a, top, c, d))
        pieces += [each for each in around if each[2] > each[0] and each[3] > each[1]]
    return [
        each
        for n, each in enumerate(pieces)
        if not any(_inside(each, other, first=m < n) for m, other in enumerate(pieces) if m != n)
    ]


def _inside(one: Rectangle, other: Rectangle, *, first: bool) -> bool:
    """Say whether a rectangle lies within another; of two equal ones the second does."""
    a, b, c, d = other
    return a <= one[0] and b <= one[1] and one[2] <= c and one[3] <= d and (first or one != other)
