"""The plan as an XLSX workbook: typed cells, local times, heads that stay in view."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TypeAlias
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from controller.child import run_in_child
from controller.exports.listing import Listing

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIMIT_S = 60.0
_Cell: TypeAlias = str | int | float | datetime | None
_Row: TypeAlias = Sequence[_Cell]
_Local: TypeAlias = Callable[[datetime | None], datetime | None]


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    width: int
    kind: str = "text"
    """`text`, `time`, `number` or `money`."""


_SLOTS = (
    _Column("Machine", 10),
    _Column("Cell", 14),
    _Column("State", 11),
    _Column("What", 26),
    _Column("Orders", 34),
    _Column("Operations", 11, "number"),
    _Column("Setup, min", 11, "number"),
    _Column("Start", 17, "time"),
    _Column("End", 17, "time"),
    _Column("Minutes", 10, "number"),
    _Column("Set up for", 30),
)
_ORDERS = (
    _Column("Order", 14),
    _Column("Carrier", 18),
    _Column("Due", 17, "time"),
    _Column("Projected", 17, "time"),
    _Column("Slack, min", 11, "number"),
    _Column("Done", 8, "number"),
    _Column("Operations", 11, "number"),
)
_CHANGEOVERS = (
    _Column("Machine", 10),
    _Column("Cell", 14),
    _Column("Start", 17, "time"),
    _Column("Minutes", 10, "number"),
    _Column("From", 30),
    _Column("To", 30),
    _Column("What", 30),
    _Column("EUR", 10, "money"),
)


async def workbook_of(listing: Listing) -> bytes:
    """Write the workbook in a child, because it takes seconds for a large plan."""
    return await run_in_child(write_workbook, listing, timeout=_LIMIT_S)


def write_workbook(listing: Listing) -> bytes:
    """Write the workbook."""
    zone = ZoneInfo(listing.timezone)

    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone).replace(tzinfo=None)

    content = BytesIO()
    # A cell is text unless it is a number or a time: no name of an order becomes a formula or a link.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, plain)
    book.set_properties(
        {
            "title": f"{listing.plant}, plan {listing.number}",
            "comments": f"Times are local ({listing.timezone}).",
            "created": local(listing.published),
        }
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        "number": book.add_format({"num_format": "0.##"}),
        "money": book.add_format({"num_format": "0.00"}),
    }
    _sheet(book.add_worksheet("Plan by machine"), _SLOTS, _slots(listing, local), formats)
    _sheet(book.add_worksheet("Orders"), _ORDERS, _orders(listing, local), formats)
    _sheet(book.add_worksheet("Changeovers"), _CHANGEOVERS, _changes(listing, local), formats)
    book.close()
    return content.getvalue()


def _slots(listing: Listing, local: _Local) -> list[_Row]:
    return [
        (
            row.machine,
            row.cell,
            row.state,
            row.what,
            ", ".join(row.orders),
            row.operations,
            row.setup_min,
            local(row.start),
            local(row.end),
            round((row.end - row.start).total_seconds() / 60, 1),
            row.family,
        )
        for row in listing.slots
    ]


def _orders(listing: Listing, local: _Local) -> list[_Row]:
    return [
        (
            row.order,
            row.carrier,
            local(row.due),
            local(row.projected),
            row.slack_min,
            row.done,
            row.operations,
        )
        for row in listing.orders
    ]


def _changes(listing: Listing, local: _Local) -> list[_Row]:
    return [
        (
            row.machine,
            row.cell,
            local(row.start),
            row.minutes,
            row.before,
            row.after,
            row.says,
            row.cents / 100,
        )
        for row in listing.changeovers
    ]


def _sheet(
    sheet: Worksheet,
    columns: Sequence[_Column],
    rows: Sequence[_Row],
    formats: dict[str, Format],
) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.head, formats["head"])
    for down, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, down, place, value, formats[column.kind])
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _write(sheet: Worksheet, down: int, place: int, value: _Cell, look: Format) -> None:
    match value:
        case None:
            sheet.write_blank(down, place, None, look)
        case datetime():
            sheet.write_datetime(down, place, value, look)
        case str():
            sheet.write_string(down, place, value, look)
        case _:
            sheet.write_number(down, place, value, look)
