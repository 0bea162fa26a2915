"""Whether a part lies on a plate by itself, turned in some way."""

from collections.abc import Iterator, Sequence
from math import acos, atan2, cos, hypot, pi, sin

from plant_config.footprint import Plate, Ring, Rings

ROUNDED = 1e-6
"""By how many micrometres a part may look too large because it was turned in floats."""


def lies_on(rings: Rings, height: int, plate: Plate) -> bool:
    """Say whether a part lies on a plate by itself, turned in some way.

    Between two directions of sides of its hull, a part's width belongs to one pair of corners and is
    a piece of a cosine, bulging upwards. So if any turn fits, one fits at the end of such a piece, or
    where the width or the depth is just the plate's.
    """
    if plate.height and height > plate.height:
        return False
    hull = _hull(rings[0])
    if _spans(hull, 0.0)[0] <= plate.width and _spans(hull, 0.0)[1] <= plate.depth:
        return True
    return any(
        one <= wide + ROUNDED and other <= deep + ROUNDED
        for turn in _turns(hull, (plate.width, plate.depth))
        for one, other in (_spans(hull, turn),)
        for wide, deep in ((plate.width, plate.depth), (plate.depth, plate.width))
    )


def _turns(hull: Sequence[tuple[int, int]], rooms: tuple[int, int]) -> Iterator[float]:
    ends = zip(hull, (*hull[1:], *hull[:1]), strict=True)
    breaks = sorted({atan2(by - ay, bx - ax) % (pi / 2) for (ax, ay), (bx, by) in ends})
    for low, high in zip(breaks, (*breaks[1:], breaks[0] + pi / 2), strict=True):
        yield low
        for axis in ((low + high) / 2, (low + high + pi) / 2):
            c, s = cos(axis), sin(axis)
            along = sorted(hull, key=lambda point: c * point[0] + s * point[1])
            dx, dy = along[-1][0] - along[0][0], along[-1][1] - along[0][1]
            for room in (each for each in rooms if each < hypot(dx, dy)):
                off = acos(room / hypot(dx, dy))
                yield from (atan2(dy, dx) - off, atan2(dy, dx) + off)


def _spans(hull: Sequence[tuple[int, int]], turn: float) -> tuple[float, float]:
    c, s = cos(turn), sin(turn)
    along = [c * x + s * y for x, y in hull]
    across = [c * y - s * x for x, y in hull]
    return max(along) - min(along), max(across) - min(across)


def _hull(ring: Ring) -> list[tuple[int, int]]:
    """Return the convex hull. Source: Andrew, Another efficient algorithm for convex hulls in two
    dimensions, Information Processing Letters 9(5), 1979."""
    points = sorted(set(ring))
    halves: list[list[tuple[int, int]]] = []
    for row in (points, points[::-1]):
        half: list[tuple[int, int]] = []
        for point in row:
            while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
