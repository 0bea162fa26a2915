"""The pages of materials and lots."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import HTMLResponse, Response

from controller.names import local_time
from controller.state import State
from controller.stock.words import amount, label
from controller.web.naming import counted
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, view
from controller.web.stock.bodies import LotNow, MaterialNow, Stand, StockNow
from controller.web.stock.rows import known_lot, lot_now, stock_now
from controller.web.stock.traces import Change, Traces
from controller.web.times import clock_text
from plant_config import material as materials

_SHOWN: tuple[tuple[str, str, frozenset[Stand]], ...] = (
    ("all", "All", frozenset({"enough", "low", "waits", "short"})),
    ("low", "To order", frozenset({"low", "short"})),
    ("short", "Orders wait", frozenset({"short", "waits"})),
)
"""Filter in the URL, its words, what it shows."""
_WORDS: dict[Stand, tuple[str, str, str]] = {
    "enough": ("Enough", "done", "stock"),
    "low": ("Order now", "risk", "risk"),
    "waits": ("Comes later", "wait", "wait"),
    "short": ("Short", "late", "late"),
}
"""Stand -> word, look, icon."""
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter with what it would show."""

    href: str
    says: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A material as the table shows it."""

    it: MaterialNow
    word: str
    look: str
    icon: str
    on_hand: str
    reserved: str
    free: str
    reorder_at: str
    expected: str
    share: int
    """On hand in hundredths of what is needed, at most all of it."""
    example: str
    changed: str


class _Rows:
    """The last look, kept while nothing changes: a page is asked for again with every change."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept: tuple[tuple[int, int], StockNow] | None = None

    def now(self) -> StockNow:
        """Return how everything stands."""
        desk = self._site.desk
        key = (desk.state.seq, desk.now_s() // 60)
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, stock_now(desk.state, desk.now_s()))
        return self._kept[1]


def stock_pages(site: Site, traces: Traces) -> APIRouter:
    """Return the pages of materials and lots."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])
    rows = _Rows(site)
    _list(router, site, rows)
    _lot(router, site, traces)
    return router


def _list(router: APIRouter, site: Site, rows: _Rows) -> None:
    @router.get("/stock")
    async def stock(
        show: Annotated[str, Query(max_length=20)] = "all",
        q: Annotated[str, Query(max_length=60)] = "",
    ) -> HTMLResponse:
        now = await view(site)
        found = _found(site, rows.now(), show, q)
        return html(fill("stock/list.html", **shell_of(site, now, "Stock"), **found))

    @router.get("/stock/rows")
    async def only_rows(
        show: Annotated[str, Query(max_length=20)] = "all",
        q: Annotated[str, Query(max_length=60)] = "",
        known: Annotated[str, Header(alias="If-None-Match", max_length=80)] = "",
    ) -> Response:
        """Return the table without its page, so that a browser can put new values in place."""
        etag = f'"{site.desk.state.seq}.{site.desk.now_s() // 60}"'
        if known == etag:
            return Response(status_code=304, headers={"ETag": etag})
        answer = html(fill("stock/rows.html", **_found(site, rows.now(), show, q)))
        answer.headers["ETag"] = etag
        return answer


def _found(site: Site, stock: StockNow, show: str, q: str) -> dict[str, object]:
    state, now_s = site.desk.state, site.desk.now_s()
    chosen = show if show in {name for name, _, _ in _SHOWN} else "all"
    wanted = next(stands for name, _, stands in _SHOWN if name == chosen)
    like = [each for each in stock.materials if _like(each, q.strip().casefold())]
    rows = [_row(state, each, now_s) for each in like if each.stand in wanted]
    return {
        "kept": stock.kept,
        "rows": rows,
        "tabs": [
            Tab(_address(name, q), says, sum(each.stand in s for each in like), name == chosen)
            for name, says, s in _SHOWN
        ],
        "show": chosen,
        "q": q.strip(),
        "many": len(stock.materials),
        "choices": [_row(state, each, now_s) for each in stock.materials],
        "plant_label": state.plant.label,
        "soonest": local_time(state, now_s).strftime("%Y-%m-%dT%H:%M"),
    }


def _address(show: str, q: str) -> str:
    said = {"show": show} if show != "all" else {}
    said |= {"q": q.strip()} if q.strip() else {}
    return f"/stock?{urlencode(said)}" if said else "/stock"


def _like(material: MaterialNow, q: str) -> bool:
    codes = (each.lot for each in material.lots)
    references = (each.reference for each in material.receipts)
    names = (material.name, material.label, *codes, *references)
    return not q or any(q in name.casefold() for name in names)


def _row(state: State, it: MaterialNow, now_s: int) -> Row:
    word, look, icon = _WORDS[it.stand]
    next_receipt = it.receipts[0] if it.receipts else None
    expected = f"{next_receipt.amount}, {next_receipt.at}" if next_receipt else ""
    if len(it.receipts) > 1:
        expected += f" and {len(it.receipts) - 1} more"
    changed_at = "" if it.changed_s is None else clock_text(state, it.changed_s, now_s)
    return Row(
        it=it,
        word=word,
        look=look,
        icon=icon,
        on_hand=amount(state, it.name, it.on_hand),
        reserved=amount(state, it.name, it.reserved) if it.reserved else "",
        free=amount(state, it.name, it.free),
        reorder_at=amount(state, it.name, it.reorder_at) if it.reorder_at else "",
        expected=expected,
        share=min(_WHOLE, it.on_hand * _WHOLE // it.reserved) if it.reserved else _WHOLE,
        example=materials.unit_example(it.unit),
        changed=f"{it.changed_by}, {changed_at}" if it.changed_by else "",
    )


def _lot(router: APIRouter, site: Site, traces: Traces) -> None:
    @router.get("/stock/{material}/{lot}")
    async def lot(
        material: Annotated[str, Path(max_length=80)], lot: Annotated[str, Path(max_length=60)]
    ) -> HTMLResponse:
        now, state = await view(site), site.desk.state
        await traces.catch_up(site.desk)
        shell = shell_of(site, now, "Stock")
        known = known_lot(state, traces, (material, lot))
        if known is None:
            says = f"There is no lot {lot!r} of {label(state, material)}."
            return html(fill("stock/missing.html", **shell, says=says), 404)
        found = lot_now(state, traces, known)
        return html(fill("stock/lot.html", **shell, **_shown_lot(site, traces, found)))


def _shown_lot(site: Site, traces: Traces, found: LotNow) -> dict[str, object]:
    state, now_s = site.desk.state, site.desk.now_s()
    left = sum(row.left_s is not None for row in found.recall)
    return {
        "it": found,
        "said": {
            name: amount(state, found.material, getattr(found.lot, name))
            for name in ("received", "used", "corrected")
        },
        "came": clock_text(state, found.lot.received_s, now_s),
        "changes": [
            (clock_text(state, change.at_s, now_s), change, _change_words(state, found, change))
            for change in reversed(traces.changes.get((found.material, found.lot.lot), []))
        ],
        "uses": [(clock_text(state, use.at_s, now_s), use) for use in found.uses],
        "recall": [
            (
                row,
                "" if row.left_s is None else clock_text(state, row.left_s, now_s),
                site.desk.person(row.order).name,
            )
            for row in found.recall
        ],
        "recalled": f"In {counted(len(found.recall), 'order')}, {_left(left)}",
        "example": materials.unit_example(state.plant.materials[found.material].unit),
        "path": f"/api/lots/{quote(found.material, safe='')}/{quote(found.lot.lot, safe='')}",
    }


def _left(count: int) -> str:
    if not count:
        return "none of them has left"
    return f"{count} of them {'has' if count == 1 else 'have'} left"


def _change_words(state: State, found: LotNow, change: Change) -> str:
    quantity = amount(state, found.material, change.quantity)
    if change.received:
        return f"{quantity} came in"
    return f"{quantity} were there after all" if change.by_use else f"Counted: {quantity}"
