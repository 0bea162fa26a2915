"""Parts on a plate cell by cell: each is turned every way and put as low as it goes, then left.

A plate is one whole number, a bit a cell, row upon row. Shifted by a run of cells of a part, it says for
all positions at once whether that run would hit something; so a part is tried everywhere in some hundred
operations on whole numbers. Cells count as covered if a part only touches them, so parts that share no
cell keep their gap.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.nesting.laid import Laid
from scheduler.nesting.turned import ROUNDED_UM, Turned, along_sides, plate_um, touched, turns
from scheduler.shape import Plate, Shape

KEPT = 8_192
LOOKS = 8
"""Runs between two looks at whether any position is left."""
FAR = 32
"""Runs that are looked at first lie so far apart: neighbours mostly hit at the same positions."""


class Cells(NamedTuple):
    """A part turned some way, on the grid of a plate."""

    way: Turned
    rows: int
    columns: int
    runs: tuple[tuple[int, int, int], ...]
    """(bit of the first cell, power of two below the length, shift that reaches the end)."""
    bits: int
    free: int
    """The positions at which it lies within the plate."""


class Board(NamedTuple):
    """A plate and what lies on it."""

    plate: Plate
    cell_um: float
    bits: int = 0
    laid: tuple[Laid, ...] = ()
    straight: bool = False
    """Whether parts are turned along their sides only."""


def cell_of(plate: Plate, cells: int) -> float:
    """Return the side of a cell if the longer side of a plate has so many."""
    return max(plate_um(plate)) / cells


def with_part(board: Board, part: int, shape: Shape) -> Board | None:
    """Put a part where its upper edge is lowest, then its right one; None if there is no room."""
    best: tuple[tuple[int, int], Cells, int] | None = None
    wider: dict[int, int] = {0: board.bits}
    columns = _columns(board.plate, board.cell_um)
    for cells in cells_of(shape, board.plate, board.cell_um, straight=board.straight):
        open_bits = cells.free
        if best is not None:
            # What would not end lower than the best so far need not be looked at.
            rows = best[0][0] - cells.rows + 1
            open_bits &= (1 << max(0, rows) * columns) - 1
        open_bits = _open(wider, cells, open_bits)
        if open_bits == 0:
            continue
        at = (open_bits & -open_bits).bit_length() - 1
        row, column = divmod(at, columns)
        rank = (row + cells.rows, column + cells.columns)
        if best is None or rank < best[0]:
            best = (rank, cells, at)
    if best is None:
        return None
    _, cells, at = best
    row, column = divmod(at, columns)
    edge = (plate_um(board.plate)[0] - board.plate.width_um) / 2
    x = column * board.cell_um + cells.way.x - edge
    y = row * board.cell_um + cells.way.y - edge
    laid = (*board.laid, Laid(part, cells.way.degrees, x, y))
    return board._replace(bits=board.bits | cells.bits << at, laid=laid)


def _open(wider: dict[int, int], cells: Cells, open_bits: int) -> int:
    """Return which of some positions hit nothing that lies there. `wider` has, by power of two, the
    cells from which on so many cells to the right are not all free."""
    for begin in range(0, len(cells.runs), LOOKS):
        hit = 0
        for first, power, rest in cells.runs[begin : begin + LOOKS]:
            if power not in wider:
                known = max(each for each in wider if each < power)
                for each in range(known, power):
                    wider[each + 1] = wider[each] | wider[each] >> (1 << each)
            moved = wider[power] >> first
            hit |= moved | moved >> rest if rest else moved
        open_bits &= ~hit
        if open_bits == 0:
            break
    return open_bits


def _far_first(count: int) -> list[int]:
    """Return numbers so that few of them are spread over all: every 32nd, then what lies between."""
    order: dict[int, None] = {}
    step = FAR
    while step:
        order |= dict.fromkeys(range(step // 2, count, step))
        step //= 2
    return list(order)


@lru_cache(maxsize=KEPT)
def cells_of(shape: Shape, plate: Plate, cell_um: float, *, straight: bool) -> tuple[Cells, ...]:
    """Return a part on the grid for each way to turn it that makes a difference, the flattest first."""
    if straight:
        sides = {way.degrees for way in along_sides(shape, plate)}
        known = cells_of(shape, plate, cell_um, straight=False)
        return tuple(each for each in known if each.way.degrees in sides)
    columns = _columns(plate, cell_um)
    different: dict[tuple[int, int, int], Cells] = {}
    for way in sorted(turns(shape, plate), key=lambda each: each.width * each.depth):
        cells = _rastered(way, plate, cell_um, columns)
        different.setdefault((cells.rows, cells.columns, cells.bits), cells)
    return tuple(sorted(different.values(), key=lambda each: each.rows))


def _columns(plate: Plate, cell_um: float) -> int:
    return ceil((plate_um(plate)[0] + ROUNDED_UM) / cell_um)


def _rastered(way: Turned, plate: Plate, cell_um: float, columns: int) -> Cells:
    mask = touched(way, cell_um)
    rows, width = mask.shape
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    begins, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)[:, 1]
    firsts = (begins[:, 0] * columns + begins[:, 1]).tolist()
    lengths = (ends - begins[:, 1]).tolist()
    powers = [length.bit_length() - 1 for length in lengths]
    rests = [length - (1 << power) for length, power in zip(lengths, powers, strict=True)]
    room = plate_um(plate)
    across, up = (
        int(max(0.0, a - b) // cell_um) for a, b in zip(room, (way.width, way.depth), strict=True)
    )
    free = np.ones((up + 1, across + 1), np.bool_)
    return Cells(
        way=way,
        rows=rows,
        columns=width,
        runs=tuple((firsts[n], powers[n], rests[n]) for n in _far_first(len(firsts))),
        bits=_number(mask, columns),
        free=_number(free, columns),
    )


def _number(mask: NDArray[np.bool_], columns: int) -> int:
    """Return a mask in the corner of a plate as one number."""
    wide = np.pad(mask, ((0, 0), (0, columns - mask.shape[1])))
    return int.from_bytes(np.packbits(wide.ravel(), bitorder="little").tobytes(), "little")


def stacked(board: Board, shapes: Sequence[Shape], order: Sequence[int]) -> Board | int:
    """Put parts on a board in an order; return the board, or the first part without room."""
    for part in order:
        fuller = with_part(board, part, shapes[part])
        if fuller is None:
            return part
        board = fuller
    return board
