"""The list as its address asks for it: search, filters, order, page; with the counts of each filter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import urlencode

from controller.names import capital
from controller.web.orders.rows import Row, is_today
from controller.web.orders.states import KINDS, STANDS

PAGE = 200
"""Rows on one page."""
_FAR_S = 10**9
_Key: TypeAlias = "tuple[bool, int | str, int, str]"

SORTS: dict[str, Callable[[Row], int | str]] = {
    "slack": lambda row: _FAR_S if row.slack_s is None else row.slack_s,
    "order": lambda row: row.id.zfill(12) if row.id.isdigit() else row.id,
    "customer": lambda row: row.customer.casefold(),
    "made": lambda row: row.made_plain.casefold(),
    "cut": lambda row: row.due_s,
    "projected": lambda row: _FAR_S if row.end_s is None else row.end_s,
    "by9": lambda row: _FAR_S if row.by9_s is None else row.by9_s,
    "done": lambda row: row.done * 1000 // max(1, row.operations),
    "state": lambda row: list(STANDS).index(row.stand),
}
"""Column -> what it is sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    q: str = ""
    state: str = ""
    """A state of `STANDS`, `left` for orders that left, or empty for all that are open."""
    cut: str = ""
    """`today`, or `carrier@due second`."""
    why: str = ""
    sort: str = "slack"
    """A column of `SORTS`; a minus before it turns it round."""
    page: int = 1

    def address(self, **other: str | int) -> str:
        """Return the address of this list with something else asked for."""
        said = replace(self, **{"page": 1, **other})  # type: ignore[arg-type]
        parts = {name: getattr(said, name) for name in ("q", "state", "cut", "why", "sort", "page")}
        named = {name: value for name, value in parts.items() if value and value != _USUAL[name]}
        return f"/orders?{urlencode(named)}" if named else "/orders"

    def turned(self, column: str) -> str:
        """Return the address that sorts by a column, or turns it round when it does already."""
        return self.address(sort=f"-{column}" if self.sort == column else column)


_USUAL: dict[str, str | int] = {
    "q": "",
    "state": "",
    "cut": "",
    "why": "",
    "sort": "slack",
    "page": 1,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter's value with the number of rows that have it."""

    value: str
    says: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of the list, and what else could be asked for."""

    asked: Asked
    rows: list[Row]
    """Of this page."""
    every: list[Row]
    """Of all pages."""
    open: int
    tabs: list[Choice]
    cuts: list[Choice]
    whys: list[Choice]
    pages: int


def listing(rows: Iterable[Row], asked: Asked, now_s: int) -> Listing:
    """Filter, count, sort and cut."""
    everything = list(rows)
    words = asked.q.casefold().split()
    found = [row for row in everything if all(word in row.text for word in words)]
    by_cut = [row for row in found if not asked.cut or _has_cut(row, asked.cut, now_s)]
    by_why = [row for row in by_cut if not asked.why or row.kind == asked.why]
    shown = [row for row in by_why if not asked.state or row.stand == asked.state]
    shown = _sorted(shown, asked.sort)
    pages = max(1, -(-len(shown) // PAGE))
    at = min(asked.page, pages)
    return Listing(
        asked=asked,
        rows=shown[(at - 1) * PAGE : at * PAGE],
        every=shown,
        open=len(everything),
        tabs=_tabs(by_why, asked),
        cuts=_cuts(found, asked, now_s),
        whys=_whys(by_cut, asked),
        pages=pages,
    )


def _has_cut(row: Row, cut: str, now_s: int) -> bool:
    return is_today(row, now_s) if cut == "today" else f"{row.carrier}@{row.due_s}" == cut


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """Sort by a column; what is packed or taken back comes last where slack decides."""
    column = sort.removeprefix("-")
    measure = SORTS.get(column, SORTS["slack"])
    slack = measure is SORTS["slack"]

    def key(row: Row) -> _Key:
        over = slack and (row.packed_s is not None or row.cancelled)
        return over, measure(row), row.due_s, row.id

    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _tabs(rows: list[Row], asked: Asked) -> list[Choice]:
    counts = dict.fromkeys(STANDS, 0)
    for row in rows:
        counts[row.stand] += 1
    every = Choice("", "All", len(rows), asked.address(state=""), not asked.state)
    return [
        every,
        *(
            Choice(name, STANDS[name], count, asked.address(state=name), asked.state == name)
            for name, count in counts.items()
            # In doubt, late and at risk are always said, even that there is none.
            if count or asked.state == name or name in {"doubt", "late", "risk"}
        ),
    ]


def _cuts(rows: list[Row], asked: Asked, now_s: int) -> list[Choice]:
    counts: dict[tuple[int, str, str], int] = {}
    for row in rows:
        key = (row.due_s, row.carrier, row.due_at)
        counts[key] = counts.get(key, 0) + 1
    today = sum(is_today(row, now_s) for row in rows)
    return [
        Choice("", "Any cut-off", len(rows), asked.address(cut=""), not asked.cut),
        Choice("today", "Due today", today, asked.address(cut="today"), asked.cut == "today"),
        *(
            Choice(value, f"{at} {carrier}", count, asked.address(cut=value), asked.cut == value)
            for (due_s, carrier, at), count in sorted(counts.items())
            for value in (f"{carrier}@{due_s}",)
        ),
    ]


def _whys(rows: list[Row], asked: Asked) -> list[Choice]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    return [
        Choice("", "Any reason", len(rows), asked.address(why=""), not asked.why),
        *(
            Choice(kind, capital(says), counts[kind], asked.address(why=kind), asked.why == kind)
            for kind, says in KINDS.items()
            if kind in counts
        ),
    ]
