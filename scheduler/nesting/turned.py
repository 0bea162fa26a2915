"""A part with half the gap around it, turned: as corners, as a box, and as the cells that it touches."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import acos, atan2, ceil, cos, degrees, hypot, pi, radians, sin
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from scheduler.shape import Plate, Shape

Points: TypeAlias = NDArray[np.float64]

SPARE_UM = 1.0
"""Added around each part, so that rounding of floats never brings two parts closer than the gap."""
ARC = 4
"""Straight pieces of a quarter of a circle around corners."""
ROUNDED_UM = 1e-3
"""By how much a part may look too large because it was turned in floats."""
EIGHTH = 45.0
ALIKE_DEG = 0.5
"""Turns closer together than this are tried once."""
KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Turned:
    """A part with half the gap around it, turned by `degrees` counter-clockwise about its origin and
    moved so that its box begins at 0 0; `x` and `y` are where the origin has come to."""

    degrees: float
    x: float
    y: float
    width: float
    depth: float
    rings: tuple[Points, ...]


@lru_cache(maxsize=KEPT)
def turns(shape: Shape, plate: Plate) -> tuple[Turned, ...]:
    """Return the ways to lay a part that fit within the plate's border: by eighths of a circle and
    along its own sides; if none of those fits, one that does; nothing if the part is too large."""
    hull, rings = _hull(shape), grown(shape, plate.gap_um)
    found = [_turned(hull, rings, plate, angle) for angle in _usual(hull)]
    fitting = tuple(each for each in found if within(each, plate))
    if fitting:
        return fitting
    special = (_turned(hull, rings, plate, angle) for angle in _tight(hull, plate))
    return tuple(each for each in special if within(each, plate))[:1]


@lru_cache(maxsize=KEPT)
def along_sides(shape: Shape, plate: Plate) -> tuple[Turned, ...]:
    """Return the ways among `turns` in which a part's box is least."""
    found = turns(shape, plate)
    least = min((each.width * each.depth for each in found), default=0.0)
    return tuple(each for each in found if each.width * each.depth <= least * (1 + 1e-9))


def within(part: Turned, plate: Plate) -> bool:
    """Say whether the plate is wide and deep enough for a part."""
    width, depth = plate_um(plate)
    return part.width <= width + ROUNDED_UM and part.depth <= depth + ROUNDED_UM


def plate_um(plate: Plate) -> tuple[float, float]:
    """Return a plate's sides with as much around it as parts have around them."""
    more = plate.gap_um + 2 * SPARE_UM
    return plate.width_um + more, plate.depth_um + more


@lru_cache(maxsize=KEPT)
def grown(shape: Shape, gap_um: int) -> tuple[Points, ...]:
    """Return a part's rings with half the gap around it; nothing closer is left out of them."""
    polygon = shapely.Polygon(shape.rings[0], shape.rings[1:])
    around = (gap_um / 2 + SPARE_UM) / cos(pi / (4 * ARC))
    wide = polygon.buffer(around, quad_segs=ARC)
    rings = (wide.exterior, *wide.interiors)
    return tuple(shapely.get_coordinates(ring)[:-1] for ring in rings)


@lru_cache(maxsize=KEPT)
def grown_area(shape: Shape, gap_um: int) -> float:
    """Return what a part covers of a plate with at least half the gap around it, never too much."""
    polygon = shapely.Polygon(shape.rings[0], shape.rings[1:])
    return float(polygon.buffer(gap_um / 2, quad_segs=ARC).area) if gap_um else polygon.area


def _usual(hull: Points) -> Iterator[float]:
    side = _side_of_least_box(hull)
    angles = [k * EIGHTH for k in range(8)]
    angles += [(quarter - side) % 360 for quarter in (0.0, 90.0, 180.0, 270.0)]
    kept: list[float] = []
    for angle in angles:
        if all(abs((angle - other + 180) % 360 - 180) > ALIKE_DEG for other in kept):
            kept.append(angle)
            yield angle


def _hull(shape: Shape) -> Points:
    hull = shapely.Polygon(shape.rings[0]).convex_hull
    return np.asarray(shapely.get_coordinates(hull)[:-1])


def _side_of_least_box(hull: Points) -> float:
    """Return the direction of a side of the least box around a hull, which one of its sides lies on.
    Source: Freeman and Shapira, Determining the minimum-area encasing rectangle, CACM 18(7), 1975."""
    sides = np.roll(hull, -1, axis=0) - hull
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    along = np.outer(np.cos(angles), hull[:, 0]) + np.outer(np.sin(angles), hull[:, 1])
    across = np.outer(np.cos(angles), hull[:, 1]) - np.outer(np.sin(angles), hull[:, 0])
    return degrees(float(angles[int(np.argmin(np.ptp(along, axis=1) * np.ptp(across, axis=1)))]))


def _tight(hull: Points, plate: Plate) -> Iterator[float]:
    """Yield turns of which one fits if any at all does.

    Between two directions of sides of the hull, its width belongs to one pair of corners and is a
    piece of a cosine, bulging upwards. So what fits lies at the ends of such pieces or reaches from
    there to where the width, or the depth, is just the plate's.
    """
    sides = np.roll(hull, -1, axis=0) - hull
    breaks = sorted({float(a) % (pi / 2) for a in np.arctan2(sides[:, 1], sides[:, 0])})
    width, depth = plate.width_um, plate.depth_um
    for low, high in zip(breaks, (*breaks[1:], breaks[0] + pi / 2), strict=True):
        # Turned by -t, the box lies along direction t.
        middle = (low + high) / 2
        candidates = [low, high, *_just(hull, middle, width), *_just(hull, middle + pi / 2, depth)]
        candidates += [*_just(hull, middle, depth), *_just(hull, middle + pi / 2, width)]
        for turn in candidates:
            yield from ((-degrees(turn) + quarter) % 360 for quarter in (0, 90, 180, 270))


def _just(hull: Points, direction: float, room: float) -> Iterator[float]:
    """Yield the directions, up to quarters, at which the corners that are extreme now span `room`."""
    along = hull @ np.array([cos(direction), sin(direction)])
    dx, dy = hull[int(np.argmax(along))] - hull[int(np.argmin(along))]
    far = hypot(dx, dy)
    if far > room:
        off = acos(room / far)
        yield from (atan2(dy, dx) - off, atan2(dy, dx) + off)


def _turned(hull: Points, rings: tuple[Points, ...], plate: Plate, angle: float) -> Turned:
    """Turn a part. Its box is exact: what `grown` adds too much sticks out of it, and is cut off."""
    c, s = _cos_sin(angle)
    turn = np.array([[c, s], [-s, c]])
    around = plate.gap_um / 2 + SPARE_UM
    corners = hull @ turn
    low, high = corners.min(axis=0) - around, corners.max(axis=0) + around
    width, depth = (float(each) for each in high - low)
    moved = tuple(ring @ turn - low for ring in rings)
    return Turned(angle, -float(low[0]), -float(low[1]), width, depth, moved)


def _cos_sin(angle: float) -> tuple[float, float]:
    """Return them without rounding for quarters of a circle."""
    exact = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}
    return exact.get(angle, (cos(radians(angle)), sin(radians(angle))))


def touched(part: Turned, cell_um: float) -> NDArray[np.bool_]:
    """Return which cells of a grid from 0 0 a part touches: rows upwards, columns to the right."""
    rows, columns = ceil(part.depth / cell_um), ceil(part.width / cell_um)
    ends = [(ring / cell_um, np.roll(ring, -1, axis=0) / cell_um) for ring in part.rings]
    a = np.concatenate([begin for begin, _ in ends])
    b = np.concatenate([end for _, end in ends])
    mask = _crossed(a, b, rows, columns) | _enclosed(a, b, rows, columns)
    return np.asarray(mask)


def _crossed(a: Points, b: Points, rows: int, columns: int) -> NDArray[np.bool_]:
    """Mark the cells that a line goes through: what of it lies within each row, from left to right."""
    low = np.minimum(a[:, 1], b[:, 1])[:, None]
    high = np.maximum(a[:, 1], b[:, 1])[:, None]
    row = np.arange(rows)[None, :]
    begin, end = np.maximum(low, row), np.minimum(high, row + 1)
    lines, met = np.nonzero(begin <= end)
    first, last = begin[lines, met], end[lines, met]
    rise = (b[:, 1] - a[:, 1])[lines]
    flat = rise == 0
    slope = (b[:, 0] - a[:, 0])[lines] / np.where(flat, 1, rise)
    x, y = a[lines, 0], a[lines, 1]
    one = np.where(flat, x, x + slope * (first - y))
    other = np.where(flat, b[lines, 0], x + slope * (last - y))
    left = np.clip(np.floor(np.minimum(one, other) - 1e-9).astype(np.int64), 0, columns - 1)
    right = np.clip(np.floor(np.maximum(one, other) + 1e-9).astype(np.int64), 0, columns - 1)
    steps = np.zeros((rows, columns + 1), np.int64)
    np.add.at(steps, (met, left), 1)
    np.add.at(steps, (met, right + 1), -1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] > 0)


def _enclosed(a: Points, b: Points, rows: int, columns: int) -> NDArray[np.bool_]:
    """Mark the cells whose middle lies inside: an odd number of lines to its left."""
    middle = np.arange(rows)[None, :] + 0.5
    lines, met = np.nonzero((a[:, 1, None] <= middle) != (b[:, 1, None] <= middle))
    slope = (b[lines, 0] - a[lines, 0]) / (b[lines, 1] - a[lines, 1])
    x = a[lines, 0] + slope * (met + 0.5 - a[lines, 1])
    steps = np.zeros((rows, columns + 1), np.int64)
    np.add.at(steps, (met, np.clip(np.ceil(x - 0.5).astype(np.int64), 0, columns)), 1)
    return np.asarray(np.cumsum(steps, axis=1)[:, :-1] % 2 == 1)
