"""The line that a product draws a piece with, as corners."""

import re
from collections.abc import Sequence
from itertools import pairwise

from plant_config.footprint import CORNERS, UM_IN_MM, Rings, box_of

CURVE = 12
"""Straight pieces for each curve."""
_WORD = re.compile(r"[MLCQZ]|-?[0-9]+")
_BENDS = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Command -> the points that it takes."""


def drawn(width: int, height: int, path: str) -> Rings | None:
    """Return the line that a piece is drawn with, curves as straight pieces; None if it is not one
    closed line."""
    if not path:
        return box_of(width, height)
    ring: list[tuple[float, float]] = []
    words = _WORD.findall(path)
    if words.count("M") != 1 or words[0] != "M" or "Z" in words[:-1]:
        return None
    at = 0
    while at < len(words):
        command = words[at]
        at += 1
        while command != "Z" and at < len(words) and words[at] not in _BENDS and words[at] != "Z":
            taken = words[at : at + 2 * _BENDS[command]]
            at += len(taken)
            if len(taken) < 2 * _BENDS[command] or set(taken) & {*_BENDS, "Z"}:
                return None
            pairs = zip(taken[::2], taken[1::2], strict=True)
            ring += _bent(ring[-1:], [(int(x), int(y)) for x, y in pairs])
    corners = tuple(dict.fromkeys((round(x * UM_IN_MM), round(y * UM_IN_MM)) for x, y in ring))
    return (corners,) if len(corners) >= CORNERS else None


def _bent(
    begin: Sequence[tuple[float, float]], points: Sequence[tuple[int, int]]
) -> list[tuple[float, float]]:
    """Return the ends of straight pieces along a Bezier curve from where the line is.
    Source: de Casteljau's construction."""
    if len(points) == 1:
        return [(float(x), float(y)) for x, y in points]
    ends = []
    for n in range(1, CURVE + 1):
        share = n / CURVE
        level = [*begin, *((float(x), float(y)) for x, y in points)]
        while len(level) > 1:
            level = [
                (ax + (bx - ax) * share, ay + (by - ay) * share)
                for (ax, ay), (bx, by) in pairwise(level)
            ]
        ends.append(level[0])
    return ends
