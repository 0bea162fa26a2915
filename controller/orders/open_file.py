"""A file of orders by what it is, not by what it is called: CSV, XLSX or a shop's JSON."""

from dataclasses import dataclass

from controller.orders.cells import MOST_BYTES, Sheet, UnreadableError
from controller.orders.csv_text import decoded, read_csv
from controller.orders.shop import looks_like_json, parse_json, read_shop, shop_orders
from controller.orders.workbook import read_workbook


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody handed in."""

    name: str
    content: bytes
    sheet: str = ""
    """Of a spreadsheet; empty: the first."""


def open_file(upload: Upload) -> Sheet:
    """Return the file's cells. Raises UnreadableError."""
    content = upload.content
    if len(content) > MOST_BYTES:
        raise UnreadableError(
            f"The file has {len(content) / 1024**2:.1f} MB, {MOST_BYTES // 1024**2} are taken. "
            "Split it."
        )
    if content.startswith(b"PK\x03\x04"):
        return read_workbook(content, upload.sheet)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError("This is an old XLS file. Save it as XLSX or 'CSV UTF-8'.")
    if looks_like_json(content):
        return read_shop(shop_orders(parse_json(content)))
    return read_csv(decoded(content))
