"""A file's cells as text, before anybody says what its columns mean, and why a file has none."""

from dataclasses import dataclass

from controller.requests import RefusedRow

MOST_ROWS = 20_000
"""Rows below the head; more than a plant makes in a month, so that a slip does not fill the memory."""

MOST_COLUMNS = 200
MOST_BYTES = 8 * 1024 * 1024
"""Of one file; 20,000 rows of orders have about 3 MB."""

_SHOWN = 40
"""Characters of a value that a refusal repeats."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines of cells; the first line is row 1, as a spreadsheet counts."""

    lines: tuple[tuple[str, ...], ...]
    shop: bool = False
    """It was made from a web shop's JSON, whose names are the shop's."""


class UnreadableError(Exception):
    """A file that has no rows that could be trusted; whoever wrote it can correct it."""

    def __init__(self, reason: str, row: int = 1, column: str = "", value: str = "") -> None:
        super().__init__(reason)
        self.row = RefusedRow(row=row, column=column, value=shown(value), reason=reason)


def shown(value: str) -> str:
    """Cut a value to what a refusal repeats of it."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"


def bounded(lines: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Return the lines when they are few enough. Raises UnreadableError."""
    filled = sum(1 for line in lines if any(line)) - 1
    if filled > MOST_ROWS:
        raise UnreadableError(
            f"The file has {filled:,} rows, {MOST_ROWS:,} are taken at once. Split it."
        )
    widest = max((len(line) for line in lines), default=0)
    if widest > MOST_COLUMNS:
        raise UnreadableError(
            f"The file has {widest} columns, {MOST_COLUMNS} are taken. Remove those without orders."
        )
    return lines
