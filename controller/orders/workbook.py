"""A spreadsheet (XLSX) becomes lines of cells, typed cells as the text that a person sees."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from controller.orders.cells import MOST_COLUMNS, MOST_ROWS, Sheet, UnreadableError, bounded

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta

_MOST_UNPACKED = 96 * 1024 * 1024
"""Bytes that a workbook may have once unpacked: ten times what 20,000 rows of orders need."""

_SHEETS = "xl/worksheets/"
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_LONGEST_CELL = 16
_CHUNK = 1 << 20
_MARGIN = 1_000
"""Rows that may lie beyond the last order without anything in them."""

_NO_WORKBOOK = "The file is no spreadsheet that can be read. Save it again as XLSX or 'CSV UTF-8'."


def read_workbook(content: bytes, sheet: str = "") -> Sheet:
    """Read the first sheet, or the named one. Raises UnreadableError."""
    _refuse_bombs(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return Sheet(bounded(_lines(_chosen(book, sheet))))
    except CalamineError as error:
        raise UnreadableError(_NO_WORKBOOK) from error


def _refuse_bombs(content: bytes) -> None:
    """Look at the zip directory before anything is unpacked, then for cells far outside."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > _MOST_UNPACKED:
                raise UnreadableError(
                    f"The spreadsheet unpacks to {unpacked / 1024**2:,.0f} MB; "
                    f"{_MOST_UNPACKED // 1024**2} are taken. Keep only the sheet with the orders."
                )
            for part in packed.namelist():
                if part.startswith(_SHEETS):
                    _refuse_far_cells(packed, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise UnreadableError(_NO_WORKBOOK) from error


def _refuse_far_cells(packed: zipfile.ZipFile, part: str) -> None:
    """The reader keeps a rectangle from the first to the last cell, so one far cell fills the memory.

    What this look does not recognise ends the process that reads, which has a limit of its own."""
    with packed.open(part) as unpacking:
        rest = b""
        while chunk := unpacking.read(_CHUNK):
            for column, row in _CELL.findall(rest + chunk):
                if int(row) > MOST_ROWS + _MARGIN or _column_number(column) > MOST_COLUMNS:
                    raise UnreadableError(
                        f"The sheet has a cell at {column.decode()}{int(row)}; {MOST_ROWS:,} rows "
                        f"and {MOST_COLUMNS} columns are taken. Delete what is outside."
                    )
            rest = chunk[-_LONGEST_CELL:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _chosen(book: CalamineWorkbook, name: str) -> CalamineSheet:
    if name and name not in book.sheet_names:
        there = ", ".join(repr(each) for each in book.sheet_names[:8])
        raise UnreadableError(f"There is no sheet {name!r} in the file; it has {there}.")
    if not book.sheet_names:
        raise UnreadableError("The spreadsheet has no sheet.")
    return book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)


def _lines(sheet: CalamineSheet) -> tuple[tuple[str, ...], ...]:
    lines = [[cell_text(cell) for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    if not any(any(line) for line in lines):
        raise UnreadableError("The file is empty.")
    width = max(_filled(line) for line in lines)
    return tuple(tuple(line[:width]) for line in lines)


def _filled(line: list[str]) -> int:
    return next((len(line) - at for at, cell in enumerate(reversed(line)) if cell.strip()), 0)


def cell_text(cell: Cell) -> str:
    """Write a typed cell as a person reads it: 42.0 is 42, a date is 2026-11-24."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
