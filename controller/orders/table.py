"""The text of an order file becomes a checked head and numbered rows, or the reason why not."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from controller.requests import RefusedRow
from plant_config import Plant

REQUIRED = ("order", "quantity", "carrier")
"""Columns that no file goes without; `product` joins them where the plant makes several."""

OPTIONAL = ("line", "product", "ship_on", "customer", "place")
"""`customer` and `place` are personal data; they go to the erasable table only."""

_SHOWN = 40
"""Characters of a value that a refusal repeats."""

_LISTED = 8
"""Words that a refusal lists when none is close."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a spreadsheet counts it, with its cells by column; empty cells are left out."""

    number: int
    cells: Mapping[str, str]
    fault: RefusedRow | None = None
    """Why its cells cannot be trusted; then they only serve to tell which order it belongs to."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the head; when the file or its head is refused, there are none."""

    rows: tuple[Row, ...]
    refused: tuple[RefusedRow, ...]


def read_table(content: str, plant: Plant) -> Table:
    """Split a file into rows below a head that the plant understands."""
    text = content.removeprefix("\ufeff")
    if reason := _not_a_table(text):
        return Table((), (RefusedRow(row=1, column="", value="", reason=reason),))
    lines = _lines(text)
    if isinstance(lines, RefusedRow):
        return Table((), (lines,))
    # Blank lines above the head count as rows, because a spreadsheet counts them too.
    top = next(
        number for number, cells in enumerate(lines, start=1) if any(cell.strip() for cell in cells)
    )
    head = tuple(_column(cell) for cell in lines[top - 1])
    if wrong := _judge_head(head, top, plant):
        return Table((), wrong)
    rows = tuple(
        _row(number, cells, head)
        for number, cells in enumerate(lines[top:], start=top + 1)
        if any(cell.strip() for cell in cells)
    )
    if not rows:
        return Table((), (_refuse(top, "", "", "The file has a head but no orders below it."),))
    return Table(rows, ())


def columns_of(plant: Plant) -> tuple[str, ...]:
    """Return every column that a file may have: the fixed ones, then each product's features."""
    features = (f.name for product in plant.products.values() for f in product.features)
    return tuple(dict.fromkeys((*REQUIRED, *OPTIONAL, *features)))


def did_you_mean(said: str, known: tuple[str, ...]) -> str:
    """Return a second sentence with the closest known word, or what is known when there are few."""
    close = get_close_matches(said.casefold(), known, n=1, cutoff=0.6)
    if close:
        return f" Maybe {close[0]!r}?"
    return f" There is {_listed(known)}." if 0 < len(known) <= _LISTED else ""


def is_plain(value: str) -> bool:
    """Tell whether a value can stand in a reason just as it does in `RefusedRow.value`, so that who
    keeps reasons without personal data finds it there."""
    return value.isprintable() and value in repr(value) and shown(value) == value


def quoted(value: str) -> str:
    """Return a value in quotation marks where it is plain, else a word for it."""
    return repr(value) if is_plain(value) else "this value"


def shown(value: str) -> str:
    """Cut a value to what a refusal repeats of it."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _refuse(number: int, column: str, value: str, reason: str) -> RefusedRow:
    return RefusedRow(row=number, column=column, value=shown(value), reason=reason)


def _not_a_table(text: str) -> str:
    if text.startswith("PK\x03\x04"):
        return "This is a spreadsheet, not CSV. Save it as 'CSV UTF-8' and import that."
    if any(sign < " " and sign not in "\t\r\n" for sign in text):
        return "This is not a text file. Save the orders as 'CSV UTF-8' and import that."
    if not any(sign.isalnum() for sign in text):
        return "The file is empty."
    return ""


def _delimiter(text: str) -> str:
    head = next(line for line in text.splitlines() if line.strip())
    return ";" if head.count(";") > head.count(",") else ","


def _lines(text: str) -> list[list[str]] | RefusedRow:
    """Split into cells, or refuse the file: after a broken quotation mark nobody knows where rows
    end."""
    lines: list[list[str]] = []
    try:
        for cells in csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
        ):
            lines.append(cells)  # noqa: PERF402, the count is wanted when the next one fails
    except csv.Error as broken:
        why = "A quotation mark in this row is not closed or stands in the wrong place"
        if "field larger" in str(broken):
            why = "A value in this row is longer than any order has"
        return _refuse(len(lines) + 1, "", "", f"{why}, so nothing of the file was taken.")
    return lines


def _column(cell: str) -> str:
    return "_".join(cell.strip().casefold().replace("-", " ").replace("_", " ").split())


def _judge_head(head: tuple[str, ...], top: int, plant: Plant) -> tuple[RefusedRow, ...]:
    known = columns_of(plant)
    wrong = [
        _refuse(
            top,
            shown(column),
            column,
            f"No product has a column {quoted(column)}.{did_you_mean(column, known)}",
        )
        for column in dict.fromkeys(head)
        if column and column not in known
    ]
    wrong += [
        _refuse(top, column, column, f"The column {column!r} is there twice.")
        for column in dict.fromkeys(head)
        if column in known and head.count(column) > 1
    ]
    required = (*REQUIRED, "product") if len(plant.products) > 1 else REQUIRED
    wrong += [
        _refuse(top, column, "", f"The column {column!r} is missing.")
        for column in required
        if column not in head
    ]
    return tuple(wrong)


def _row(number: int, cells: list[str], head: tuple[str, ...]) -> Row:
    named = {column: cell.strip() for column, cell in zip(head, cells, strict=False)}
    fault = _distrust(number, cells, head)
    return Row(number, {column: cell for column, cell in named.items() if column and cell}, fault)


def _distrust(number: int, cells: list[str], head: tuple[str, ...]) -> RefusedRow | None:
    if len(cells) != len(head):
        say = f"The row has {len(cells)} cells, the head has {len(head)}."
        maybe = "Maybe a value with a comma stands without quotation marks."
        return _refuse(number, "", "", f"{say} {maybe}")
    for column, cell in zip(head, cells, strict=True):
        if "\ufffd" in cell:
            why = "The value has a sign that is not UTF-8. Save the file as 'CSV UTF-8'."
            return _refuse(number, column, cell, why)
        if not column and cell.strip():
            return _refuse(number, "", cell, "The value stands in a column without a name.")
    return None
