"""Where each part lies on a plate: boxes on shelves, each as large as its share of the plate.

The printers' own nesting is not known yet, so this is what page and person agree on: the same batch gives
the same map, the parts in the order of the batch, from the back left corner as seen from the door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

WIDTH, HEIGHT = 1000, 773
"""The field that stands for a plate, and what its parts are measured in."""
_GAP = 16
_OUTLINE_PERCENT = 76
"""A part's share of a plate has clearances in it; its outline is smaller, in both directions."""
_SMALLER_PERCENT = 96
_SMALLEST = 24


@dataclass(frozen=True, slots=True)
class Blank:
    """A part to be placed: its share of the plate, and how wide it is against its height."""

    share_ppm: int
    aspect_percent: int = 130


@dataclass(frozen=True, slots=True)
class Box:
    """Its place, in units of the field."""

    x: int
    y: int
    width: int
    height: int


def lay_out(blanks: Sequence[Blank]) -> tuple[Box, ...]:
    """Place parts; all are made smaller by the same share until they fit."""
    percent = _OUTLINE_PERCENT * 100
    while True:
        sizes = [_size(blank, percent) for blank in blanks]
        boxes = _shelves(sizes)
        if boxes is not None:
            return boxes
        percent = percent * _SMALLER_PERCENT // 100


def _size(blank: Blank, percent: int) -> tuple[int, int]:
    area = WIDTH * HEIGHT * max(1, blank.share_ppm) // 1_000_000
    width = isqrt(area * blank.aspect_percent // 100)
    height = width * 100 // blank.aspect_percent
    return max(_SMALLEST, width * percent // 10_000), max(_SMALLEST, height * percent // 10_000)


def _shelves(sizes: Sequence[tuple[int, int]]) -> tuple[Box, ...] | None:
    """Fill row after row; None when it does not fit and could be smaller."""
    small = all(size == (_SMALLEST, _SMALLEST) for size in sizes)
    x, y, row = _GAP, _GAP, 0
    boxes: list[Box] = []
    for width, height in sizes:
        if x > _GAP and x + width + _GAP > WIDTH:
            x, y, row = _GAP, y + row + _GAP, 0
        if not small and (x + width + _GAP > WIDTH or y + height + _GAP > HEIGHT):
            return None
        boxes.append(Box(x, y, width, height))
        x, row = x + width + _GAP, max(row, height)
    return tuple(boxes)
