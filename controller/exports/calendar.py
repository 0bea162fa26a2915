"""The plan as an iCalendar file: one event for each batch, the same one in every later plan.

Source: RFC 5545, sections 3.1 (lines and folding), 3.3.11 (text), 3.6.1 (event), 3.8.4.7 (UID).
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from controller.exports.listing import Listed, Listing

CALENDAR = "text/calendar; charset=utf-8"
_OCTETS = 75
"""A line has at most so many octets without its end (section 3.1)."""
_ORDERS_NAMED = 12


async def calendar_of(listing: Listing, machine: str = "") -> bytes:
    """Write the calendar of one machine or of all, in a thread."""
    return await asyncio.to_thread(write_calendar, listing, machine)


def write_calendar(listing: Listing, machine: str = "") -> bytes:
    """Write the calendar."""
    return "".join(folded(line) for line in _lines(listing, machine)).encode()


def _lines(listing: Listing, machine: str) -> Iterator[str]:
    name = f"{listing.plant}, plan {listing.number}"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Lotwright//Plan//EN"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"X-WR-CALNAME:{escaped(f'{name}, {machine}' if machine else name)}"
    for row in listing.slots:
        if not machine or row.machine == machine:
            yield from _event(listing, row)
    yield "END:VCALENDAR"


def _event(listing: Listing, row: Listed) -> Iterator[str]:
    more = len(row.orders) - _ORDERS_NAMED
    named = ", ".join(row.orders[:_ORDERS_NAMED]) + (f" and {more} more" if more > 0 else "")
    setup = f"Setup {row.setup_min:g} min before it.\n" if row.setup_min else ""
    what = f"{row.what[:1].upper()}{row.what[1:]}"
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(row.key)}@{escaped(listing.name)}.lotwright"
    yield f"DTSTAMP:{utc(listing.published)}"
    yield f"LAST-MODIFIED:{utc(listing.published)}"
    # A later plan's version of the same event takes the place of an earlier one.
    yield f"SEQUENCE:{listing.number}"
    yield f"DTSTART:{utc(row.start)}"
    yield f"DTEND:{utc(max(row.start, row.end))}"
    yield f"SUMMARY:{escaped(f'{row.machine}: {what}')}"
    yield f"LOCATION:{escaped(row.machine)}"
    yield f"CATEGORIES:{escaped(row.cell)}"
    description = f"Orders {named}.\n{setup}State: {row.state}, plan {listing.number}."
    yield f"DESCRIPTION:{escaped(description)}"
    yield f"STATUS:{'CONFIRMED' if row.state == 'running' else 'TENTATIVE'}"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def utc(moment: datetime) -> str:
    """Write a moment as a date with UTC time (section 3.3.5, form 2)."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(words: str) -> str:
    """Escape a text value (section 3.3.11); control characters have no place in one."""
    clean = "".join(
        c for c in words.replace("\r\n", "\n") if c == "\n" or (c >= " " and c != "\x7f")
    )
    for old, new in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        clean = clean.replace(old, new)
    return clean


def folded(line: str) -> str:
    """End a line, broken where it grows too long, never within a character (section 3.1)."""
    parts: list[str] = []
    current, octets, room = "", 0, _OCTETS
    for character in line:
        size = len(character.encode())
        if octets + size > room:
            parts.append(current)
            current, octets, room = "", 0, _OCTETS - 1
        current += character
        octets += size
    parts.append(current)
    return "\r\n ".join(parts) + "\r\n"
