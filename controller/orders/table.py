"""The cells of an order file become a checked head and numbered rows, or the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from controller.orders.cells import Sheet, UnreadableError, shown
from controller.orders.csv_text import read_csv
from controller.orders.mapping import ColumnMap, as_said
from controller.requests import RefusedRow
from plant_config import Plant

REQUIRED = ("order", "quantity", "carrier")
"""Columns that no file goes without; `product` joins them where the plant makes several."""

OPTIONAL = ("line", "product", "ship_on", "customer", "place")
"""`customer` and `place` are personal data; they go to the erasable table only."""

_LISTED = 8
"""Words that a refusal lists when none is close."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a spreadsheet counts it, with its cells by column; empty cells are left out."""

    number: int
    cells: Mapping[str, str]
    fault: RefusedRow | None = None
    """Why its cells cannot be trusted; then they only serve to tell which order it belongs to."""
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    """The cells as the file has them, where a column map changed them."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the head; when the file or its head is refused, there are none."""

    rows: tuple[Row, ...]
    refused: tuple[RefusedRow, ...]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> its column in the file, where a column map says so."""


def read_table(content: str, plant: Plant) -> Table:
    """Split a CSV file into rows below a head that the plant understands."""
    try:
        return table_of(read_csv(content), plant)
    except UnreadableError as error:
        return Table((), (error.row,))


def table_of(sheet: Sheet, plant: Plant, column_map: ColumnMap | None = None) -> Table:
    """Name the cells below the head, in the plant's words."""
    lines = sheet.lines
    # Blank lines above the head count as rows, because a spreadsheet counts them too.
    top = next(
        number for number, cells in enumerate(lines, start=1) if any(cell.strip() for cell in cells)
    )
    head = _head(lines[top - 1], column_map)
    constants = {} if column_map is None else {c.field: c.value for c in column_map.constants}
    names = {} if column_map is None else _names(lines[top - 1], head)
    if wrong := _judge_head((*head, *(set(constants) - set(head))), top, plant, names):
        return Table((), wrong)
    rows = tuple(
        _meant(_row(number, cells, head, column_map is None), column_map, constants)
        for number, cells in enumerate(lines[top:], start=top + 1)
        if any(cell.strip() for cell in cells)
    )
    if not rows:
        return Table((), (_refuse(top, "", "", "The file has a head but no orders below it."),))
    return Table(rows, (), names)


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


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _refuse(number: int, column: str, value: str, reason: str) -> RefusedRow:
    return RefusedRow(row=number, column=column, value=shown(value), reason=reason)


def _head(cells: tuple[str, ...], column_map: ColumnMap | None) -> tuple[str, ...]:
    if column_map is None:
        return tuple(column_name(cell) for cell in cells)
    fields = [column_map.field_of(cell) for cell in cells]
    # A column that the map does not know may be somebody's choice; it is judged by its own name.
    return tuple(
        column_name(cell) if field is None else field
        for cell, field in zip(cells, fields, strict=True)
    )


def _names(cells: tuple[str, ...], head: tuple[str, ...]) -> dict[str, str]:
    pairs = zip(head, cells, strict=True)
    return {field: cell.strip() for field, cell in pairs if field and cell.strip()}


def column_name(cell: str) -> str:
    """Return a column's name as the plant writes it: `Upper colour` is upper_colour."""
    return "_".join(cell.strip().casefold().replace("-", " ").replace("_", " ").split())


def _judge_head(
    head: tuple[str, ...], top: int, plant: Plant, names: Mapping[str, str]
) -> tuple[RefusedRow, ...]:
    known = columns_of(plant)
    wrong = [
        _refuse(
            top,
            shown(as_said(names, column)),
            as_said(names, column),
            f"No product has a column {quoted(as_said(names, column))}."
            f"{did_you_mean(column, known)}",
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


def _row(number: int, cells: tuple[str, ...], head: tuple[str, ...], strict: bool) -> Row:
    named = {column: cell.strip() for column, cell in zip(head, cells, strict=False)}
    fault = _distrust(number, cells, head, strict)
    return Row(number, {column: cell for column, cell in named.items() if column and cell}, fault)


def _meant(row: Row, column_map: ColumnMap | None, constants: Mapping[str, str]) -> Row:
    if column_map is None:
        return row
    meant = {name: column_map.meaning(name, cell) for name, cell in row.cells.items()}
    filled = {name: cell for name, cell in {**constants, **meant}.items() if cell}
    return Row(row.number, filled, row.fault, row.cells)


def _distrust(
    number: int, cells: tuple[str, ...], head: tuple[str, ...], strict: bool
) -> RefusedRow | None:
    if len(cells) != len(head):
        say = f"The row has {len(cells)} cells, the head has {len(head)}."
        maybe = "Maybe a value with a comma stands without quotation marks."
        return _refuse(number, "", "", f"{say} {maybe}")
    for column, cell in zip(head, cells, strict=True):
        if "\ufffd" in cell:
            why = "The value has a sign that is not UTF-8. Save the file as 'CSV UTF-8'."
            return _refuse(number, column, cell, why)
        if strict and not column and cell.strip():
            return _refuse(number, "", cell, "The value stands in a column without a name.")
    return None
