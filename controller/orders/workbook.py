"""A spreadsheet (XLSX) becomes lines of cells, typed cells as the text that a person sees."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from controller.orders.cells import MOST_COLUMNS, MOST_ROWS, Sheet, UnreadableError, bounded

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta

_MOST_UNPACKED = 96 * 1024 * 1024
"""Bytes that a workbook may have once unpacked: ten times what 20,000 rows of orders need."""

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
    """Look into the zip directory before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UnreadableError(_NO_WORKBOOK) from error
    if unpacked > _MOST_UNPACKED:
        raise UnreadableError(
            f"The spreadsheet unpacks to {unpacked / 1024**2:,.0f} MB; "
            f"{_MOST_UNPACKED // 1024**2} are taken. Keep only the sheet with the orders."
        )


def _chosen(book: CalamineWorkbook, name: str) -> CalamineSheet:
    if name and name not in book.sheet_names:
        there = ", ".join(repr(each) for each in book.sheet_names[:8])
        raise UnreadableError(f"There is no sheet {name!r} in the file; it has {there}.")
    if not book.sheet_names:
        raise UnreadableError("The spreadsheet has no sheet.")
    return book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)


def _lines(sheet: CalamineSheet) -> tuple[tuple[str, ...], ...]:
    if sheet.total_height > MOST_ROWS + 100 or sheet.total_width > MOST_COLUMNS:
        raise UnreadableError(
            f"The sheet reaches to row {sheet.total_height:,}, column {sheet.total_width:,}; "
            f"{MOST_ROWS:,} rows and {MOST_COLUMNS} columns are taken. Delete what is outside."
        )
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
