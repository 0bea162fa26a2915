"""Random outlines, and an opinion on where they lie that shares nothing with the nester."""

from math import cos, pi, radians, sin
from random import Random

import numpy as np
import shapely

from scheduler.shape import Plate, Shape

MM = 1000


def box(width_mm, depth_mm):
    """A rectangle."""
    return polygon([(0, 0), (width_mm, 0), (width_mm, depth_mm), (0, depth_mm)])


def polygon(outer_mm, *holes_mm):
    """A shape from corners in millimetres."""
    return Shape(
        tuple(
            tuple((round(x * MM), round(y * MM)) for x, y in ring) for ring in (outer_mm, *holes_mm)
        )
    )


def plate(width_mm, depth_mm, gap_mm=0):
    """A plate from millimetres."""
    return Plate(
        width_um=round(width_mm * MM), depth_um=round(depth_mm * MM), gap_um=round(gap_mm * MM)
    )


def random_shape(chance: Random, most_mm=120):
    """A star, a bracket, a ring or a stick, somewhere off its origin."""
    kind = chance.choice(("star", "bracket", "ring", "stick", "box"))
    size = chance.uniform(10, most_mm)
    at = (chance.uniform(-50, 50), chance.uniform(-50, 50))
    holes = []
    if kind == "star":
        corners = chance.randint(3, 14)
        outer = ray_ends(chance, corners, size / 2, 0.3)
    elif kind == "bracket":
        a, b = size, chance.uniform(5, size)
        t, u = chance.uniform(0.2, 0.8) * a, chance.uniform(0.2, 0.8) * b
        outer = [(0, 0), (a, 0), (a, u), (t, u), (t, b), (0, b)]
    elif kind == "ring":
        outer = ray_ends(chance, chance.randint(6, 20), size / 2, 0.9)
        holes = [[(0.7 * x, 0.7 * y) for x, y in reversed(outer)]]
    else:
        depth = size if kind == "box" else chance.uniform(2, 6)
        outer = [(0, 0), (size, 0), (size, depth), (0, depth)]
    turned = radians(chance.choice((0, 0, 90, chance.uniform(0, 360))))
    c, s = cos(turned), sin(turned)
    return polygon(
        *(
            [(at[0] + c * x - s * y, at[1] + s * x + c * y) for x, y in ring]
            for ring in (outer, *holes)
        )
    )


def ray_ends(chance, corners, radius, least):
    """Corners around 0 0, each at its own distance."""
    ends = [radius * chance.uniform(least, 1) for _ in range(corners)]
    angles = [2 * pi * n / corners for n in range(corners)]
    return [(r * cos(a), r * sin(a)) for r, a in zip(ends, angles, strict=True)]


def lies_right(plate, shapes, places):
    """Whether all parts lie on the plate with the gap between them, by areas of widened polygons."""
    if sorted(each.part for each in places) != list(range(len(shapes))):
        return False
    wide = []
    for each in places:
        angle = np.deg2rad(each.degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        rings = [
            np.array(ring, float) @ turn.T + (each.x_um, each.y_um)
            for ring in shapes[each.part].rings
        ]
        if min(rings[0].min(axis=0)) < -1:
            return False
        if any(rings[0].max(axis=0) > np.array([plate.width_um, plate.depth_um]) + 1):
            return False
        part = shapely.Polygon(rings[0], rings[1:])
        assert part.is_valid
        wide.append(part.buffer(plate.gap_um / 2 - 1, quad_segs=32))
    return all(
        one.intersection(other).area < 1e3  # a thousandth of a square millimetre
        for n, one in enumerate(wide)
        for other in wide[:n]
    )
