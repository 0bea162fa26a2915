"""Lay parts on a plate: proven too large first, then as boxes, then by their outlines.

The answer depends on plate and parts alone, not on what was asked before, so a plan that was right
yesterday is right today. A refusal is a proof only where `is_proven_too_much` says so; else it means
that no arrangement was found.
"""

from collections.abc import Sequence
from functools import lru_cache

from scheduler.nesting.boxes import as_boxes
from scheduler.nesting.laid import Laid
from scheduler.nesting.raster import Board, cell_of, stacked
from scheduler.nesting.turned import grown_area, turns
from scheduler.shape import Plate, Shape

CELLS = 150
"""Cells along the longer side of a plate. Source: own trials; with 300 a part in a hundred sets more
is accepted, in three times the time."""
TRIES = 4
"""Orders in which parts are tried, turned along their sides only and then in all ways. Source: own
trials; six of each find one set in 250 more."""
KEPT = 1 << 16


def lay(plate: Plate, shapes: Sequence[Shape]) -> tuple[Laid, ...] | None:
    """Return where each part lies, in the order given; None if they are not found to fit."""
    order = sorted(range(len(shapes)), key=lambda n: rank(shapes[n]))
    found = _laid(plate, tuple(shapes[n] for n in order))
    if found is None:
        return None
    where = [each._replace(part=order[each.part]) for each in found]
    return tuple(sorted(where, key=lambda each: each.part))


def rank(shape: Shape) -> tuple[float, object]:
    """Return what parts are sorted by: what is large within its outline comes first."""
    return -shape.outer_um2, shape.rings


def is_proven_too_much(plate: Plate, shapes: Sequence[Shape]) -> bool:
    """Say whether parts cannot lie on a plate for certain: then no larger set of parts can either."""
    if any(not turns(shape, plate) for shape in shapes):
        return True
    covered = sum(grown_area(shape, plate.gap_um) for shape in shapes)
    return covered > (plate.width_um + plate.gap_um) * (plate.depth_um + plate.gap_um)


@lru_cache(maxsize=KEPT)
def _laid(plate: Plate, shapes: tuple[Shape, ...]) -> tuple[Laid, ...] | None:
    if is_proven_too_much(plate, shapes):
        return None
    found = as_boxes(plate, shapes)
    for straight in (True, False):
        if found is None:
            found = _by_outline(plate, shapes, straight=straight)
    return found


def _by_outline(
    plate: Plate, shapes: tuple[Shape, ...], *, straight: bool
) -> tuple[Laid, ...] | None:
    """Try an order; what found no room comes first in the next one. Source: Joslin and Clements,
    Squeaky Wheel Optimization, JAIR 10, 1999."""
    order = list(range(len(shapes)))
    empty = Board(plate, cell_of(plate, CELLS), straight=straight)
    tried: set[tuple[Shape, ...]] = set()
    while len(tried) < TRIES and (row := tuple(shapes[n] for n in order)) not in tried:
        tried.add(row)
        outcome = stacked(empty, shapes, order)
        if isinstance(outcome, Board):
            return outcome.laid
        order.remove(outcome)
        order.insert(0, outcome)
    return None
