"""Refused rows as a CSV file that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable

from controller.requests import RefusedRow

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Source: OWASP, CSV Injection."""


def refused_csv(rows: Iterable[tuple[str, RefusedRow]]) -> str:
    """Write (file, row) as CSV with a byte order mark, so that spreadsheets read UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("file", "row", "column", "value", "reason"))
    for file, row in rows:
        cells = (file, str(row.row), row.column, row.value, row.reason)
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_FORMULA) else cell
