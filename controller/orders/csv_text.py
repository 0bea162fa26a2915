"""The text of a CSV file becomes lines of cells."""

import csv
import io

from controller.orders.cells import Sheet, UnreadableError, bounded


def decoded(content: bytes) -> str:
    """Read bytes as UTF-8. Raises UnreadableError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        why = f"Row {row} has a sign that is not UTF-8. Save the file as 'CSV UTF-8'."
        raise UnreadableError(why, row=row) from error


def read_csv(content: str) -> Sheet:
    """Split a file into cells. Raises UnreadableError."""
    text = content.removeprefix("\ufeff")
    if reason := _not_a_table(text):
        raise UnreadableError(reason)
    return Sheet(bounded(tuple(_lines(text))))


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
    counts = {sign: head.count(sign) for sign in (",", ";", "\t")}
    return max(counts, key=lambda sign: counts[sign])


def _lines(text: str) -> list[tuple[str, ...]]:
    """Split into cells; after a broken quotation mark nobody knows where rows end."""
    lines: list[tuple[str, ...]] = []
    try:
        for cells in csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True
        ):
            lines.append(tuple(cells))  # noqa: PERF401, the count is wanted when the next one fails
    except csv.Error as broken:
        why = "A quotation mark in this row is not closed or stands in the wrong place"
        if "field larger" in str(broken):
            why = "A value in this row is longer than any order has"
        raise UnreadableError(
            f"{why}, so nothing of the file was taken.", row=len(lines) + 1
        ) from broken
    return lines
