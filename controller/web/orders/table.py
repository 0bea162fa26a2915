"""The list's table: where its marks lie, and the HTML of each row, made once for each value."""

import asyncio
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from controller.names import time_of_day
from controller.state import State
from controller.web.orders.genealogy_rows import MadeRow
from controller.web.orders.rows import Row
from controller.web.render import ENVIRONMENT
from controller.web.times import DAY_S, utc_text

_HALF_HOUR_S = 1800
_LEFT, _WIDE = 6, 168
_SLICE = 12
"""Rows that are rendered before others get their turn."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes what begins so for a formula."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The time that the marks of projection against cut-off lie on."""

    begin_s: int
    end_s: int
    begin: str
    end: str

    def x(self, at_s: int) -> float:
        """Return where a moment lies; what is beyond lies at the edge."""
        share = (at_s - self.begin_s) / (self.end_s - self.begin_s)
        return round(_LEFT + _WIDE * min(1.0, max(0.0, share)), 1)


def axis_of(state: State, rows: Iterable[Row], now_s: int) -> Axis:
    """Begin at the half hour before now, and end behind the last cut-off within a day."""
    begin_s = now_s // _HALF_HOUR_S * _HALF_HOUR_S
    last_s = max((row.due_s for row in rows if row.due_s <= now_s + DAY_S), default=now_s)
    end_s = max(last_s // _HALF_HOUR_S * _HALF_HOUR_S, begin_s + _HALF_HOUR_S) + _HALF_HOUR_S
    return Axis(begin_s, end_s, time_of_day(state, begin_s), time_of_day(state, end_s))


@dataclass(slots=True)
class Table:
    """Rendered rows, shared by all who look."""

    _rendered: dict[str, tuple[Row, Axis, Markup]] = field(
        default_factory=dict[str, "tuple[Row, Axis, Markup]"]
    )

    async def html(self, rows: list[Row], axis: Axis) -> list[Markup]:
        """Return the HTML of each row."""
        template, shown, fresh = ENVIRONMENT.get_template("orders/row.html"), list[Markup](), 0
        for row in rows:
            known = self._rendered.get(row.id)
            if known is None or known[0] is not row or known[1] != axis:
                # Jinja escapes it when it is filled.
                html = Markup(template.render(row=row, axis=axis).strip())  # noqa: S704
                known = (row, axis, html)
                self._rendered[row.id] = known
                fresh += 1
                if fresh % _SLICE == 0:
                    await asyncio.sleep(0)
            shown.append(known[2])
        if len(self._rendered) > 4 * len(rows) + 1000:
            self._rendered.clear()
        return shown


HEAD = (
    "order",
    "customer",
    "made_to",
    "quantity",
    "carrier",
    "cut_off",
    "promised",
    "projected",
    "nine_in_ten_by",
    "slack_minutes",
    "done",
    "operations",
    "state",
    "why",
    "tote",
)


def csv_lines(state: State, rows: Iterable[Row]) -> Iterator[str]:
    """Write the head and a line for each row; moments as local time with their offset."""
    yield _line(HEAD)
    for row in rows:
        yield _line(
            (
                row.id,
                row.customer,
                row.made_plain,
                str(row.quantity),
                row.carrier,
                utc_text(state, row.due_s),
                utc_text(state, row.due_s),
                _moment(state, row.end_s),
                _moment(state, row.by9_s),
                "" if row.slack_s is None else str(row.slack_s // 60),
                str(row.done),
                str(row.operations),
                row.said,
                row.why,
                row.tote,
            )
        )


MADE_HEAD = (
    "unit",
    "operation",
    "machine_and_batch",
    "lots",
    "parameters",
    "measured",
    "person",
    "scans",
    "start",
    "end",
    "verdict",
    "reason",
)


def made_lines(rows: Iterable[MadeRow]) -> Iterator[str]:
    """Write the head and a line for each attempt."""
    yield _line(MADE_HEAD)
    for row in rows:
        yield _line(
            (
                row.unit,
                row.step,
                row.made_on,
                row.lots,
                row.recipe,
                row.measured,
                row.person,
                "; ".join(row.scans),
                row.start_utc,
                row.end_utc,
                row.verdict,
                row.reason,
            )
        )


def _moment(state: State, at_s: int | None) -> str:
    return "" if at_s is None else utc_text(state, at_s)


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(words: str) -> str:
    """A customer's text must not become a formula; a plain negative number is one anyway."""
    number = words.removeprefix("-").isdigit()
    return f"'{words}" if words.startswith(_FORMULA) and not number else words
