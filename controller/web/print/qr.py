"""A code as a QR symbol, drawn as one path with its quiet zone."""

from dataclasses import dataclass
from functools import lru_cache

import segno

QUIET = 4
"""Modules of quiet zone on each side. Source: ISO/IEC 18004:2015, 6.3.8."""
_MODULE_MM = 0.6
"""Of a label as printed; ui.md asks for 0.5 mm at least."""
_SMALLEST_MM = 0.5
_MOST_MM = 26.0
"""What fits on a label of 29 mm."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol: modules across with the quiet zone, the path of the dark ones, and its size."""

    code: str
    across: int
    path: str
    size_mm: float
    """0: with modules of 0.5 mm it does not fit on a label."""


@lru_cache(maxsize=2048)
def symbol(code: str) -> Symbol:
    """Return a code's symbol, which is kept for the next time."""
    return drawn(code)


def drawn(code: str) -> Symbol:
    """Draw a code at error level M; nothing is kept of it, as a secret demands."""
    made = segno.make(code, error="m", micro=False, boost_error=False)
    rows = [list(row) for row in made.matrix]
    across = len(rows) + 2 * QUIET
    path = "".join(
        f"M{QUIET + begin} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for begin, length in _runs(row)
    )
    size = min(_MOST_MM, across * _MODULE_MM)
    return Symbol(code, across, path, size if size / across >= _SMALLEST_MM else 0.0)


def _runs(row: list[int]) -> list[tuple[int, int]]:
    """Return the stretches of dark modules of a row: (first, length)."""
    found: list[tuple[int, int]] = []
    begin = None
    for x, dark in enumerate([*row, 0]):
        if dark and begin is None:
            begin = x
        elif not dark and begin is not None:
            found.append((begin, x - begin))
            begin = None
    return found
