"""Random parts as printers, cutters and ovens get them, seen from above: concave, some with holes.

Longest side: log-normal, median 60 mm, sigma 0.45, kept within 12 and 180 mm. Kinds, each with its share:
plates with cut corners (20 %), brackets like an L, a U or a T (25 %), frames and rings with a hole (15 %),
gears with 8 to 20 teeth and a bore (10 %), soft shapes whose radius is a sum of three waves (20 %), bars
of a side ratio of 6 to 15 (10 %). Every part is turned by a random angle about its origin.
"""

from collections.abc import Callable
from math import cos, exp, pi, sin
from random import Random
from typing import TypeAlias

from scheduler.shape import Ring, Shape

Corners: TypeAlias = list[tuple[float, float]]
MEDIAN_MM, SIGMA = 60.0, 0.45
LEAST_MM, MOST_MM = 12.0, 180.0
UM = 1_000


def part(chance: Random) -> Shape:
    """Draw a part."""
    side = min(MOST_MM, max(LEAST_MM, MEDIAN_MM * exp(chance.gauss(0, SIGMA))))
    roll, make = chance.random(), KINDS[-1][1]
    for share, kind in KINDS:
        if roll < share:
            make = kind
            break
    return _shape(make(chance, side), chance.uniform(0, 2 * pi))


def _shape(rings: list[Corners], turn: float) -> Shape:
    c, s = cos(turn), sin(turn)

    def ring(corners: Corners) -> Ring:
        return tuple((round(UM * (c * x - s * y)), round(UM * (s * x + c * y))) for x, y in corners)

    return Shape(tuple(ring(each) for each in rings))


def _cut_plate(chance: Random, side: float) -> list[Corners]:
    a, b = side, side * chance.uniform(0.4, 1)
    cut = b * chance.uniform(0, 0.3)
    return [[(cut, 0), (a, 0), (a, b - cut), (a - cut, b), (0, b), (0, cut)]]


def _bracket(chance: Random, side: float) -> list[Corners]:
    a, b = side, side * chance.uniform(0.4, 1)
    t, u = a * chance.uniform(0.15, 0.4), b * chance.uniform(0.15, 0.4)
    kind = chance.choice("LUT")
    if kind == "L":
        return [[(0, 0), (a, 0), (a, u), (t, u), (t, b), (0, b)]]
    if kind == "U":
        return [[(0, 0), (a, 0), (a, b), (a - t, b), (a - t, u), (t, u), (t, b), (0, b)]]
    m = (a - t) / 2
    return [[(0, 0), (a, 0), (a, u), (m + t, u), (m + t, b), (m, b), (m, u), (0, u)]]


def _frame(chance: Random, side: float) -> list[Corners]:
    inner = chance.uniform(0.5, 0.85)
    if chance.choice((True, False)):
        return [_circle(side / 2, 32), _circle(inner * side / 2, 32)]
    a, b = side / 2, side * chance.uniform(0.5, 1) / 2
    outer = [(-a, -b), (a, -b), (a, b), (-a, b)]
    return [outer, [(inner * x, inner * y) for x, y in outer]]


def _gear(chance: Random, side: float) -> list[Corners]:
    teeth, root = chance.randint(8, 20), chance.uniform(0.75, 0.9)
    outer = []
    for n in range(4 * teeth):
        radius = side / 2 * (1 if n % 4 < 2 else root)  # noqa: PLR2004 two corners each
        outer.append((radius * cos(pi * n / teeth / 2), radius * sin(pi * n / teeth / 2)))
    return [outer, _circle(side * chance.uniform(0.05, 0.2), 24)]


def _soft(chance: Random, side: float) -> list[Corners]:
    waves = [(chance.uniform(0, 0.2), k, chance.uniform(0, 2 * pi)) for k in (2, 3, 5)]
    most = 1 + sum(size for size, _, _ in waves)
    return [
        [
            (r * cos(a), r * sin(a))
            for a in (2 * pi * n / 48 for n in range(48))
            for r in (side / 2 * (1 + sum(z * cos(k * a + at) for z, k, at in waves)) / most,)
        ]
    ]


def _bar(chance: Random, side: float) -> list[Corners]:
    deep = side / chance.uniform(6, 15)
    return [[(0, 0), (side, 0), (side, deep), (0, deep)]]


def _circle(radius: float, corners: int) -> Corners:
    turns = (2 * pi * n / corners for n in range(corners))
    return [(radius * cos(turn), radius * sin(turn)) for turn in turns]


KINDS: tuple[tuple[float, Callable[[Random, float], list[Corners]]], ...] = (
    (0.20, _cut_plate),
    (0.45, _bracket),
    (0.60, _frame),
    (0.70, _gear),
    (0.90, _soft),
    (1.00, _bar),
)
"""Cumulated shares."""
