"""The open plan as files for people: a workbook and a calendar."""

from controller.exports.calendar import CALENDAR, calendar_of, write_calendar
from controller.exports.listing import Changed, Listed, Listing, Shipping, listing
from controller.exports.workbook import WORKBOOK, workbook_of, write_workbook

__all__ = [
    "CALENDAR",
    "WORKBOOK",
    "Changed",
    "Listed",
    "Listing",
    "Shipping",
    "calendar_of",
    "listing",
    "workbook_of",
    "write_calendar",
    "write_workbook",
]
