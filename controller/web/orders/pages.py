"""The pages of orders: the list, its rows alone, its export, and one order."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from controller.web.orders.book import Book
from controller.web.orders.closed import Closed, ClosedRow
from controller.web.orders.listing import SORTS, Asked, Listing, listing
from controller.web.orders.one import Ones
from controller.web.orders.rows import step_columns, step_heads
from controller.web.orders.table import Axis, Table, axis_of, csv_lines, made_lines
from controller.web.permit import Permission, needs
from controller.web.render import fill
from controller.web.shell import html, shell_of
from controller.web.site import Site, glance

_LINES = 30
"""Lines of an export that are written before others get their turn."""


def asked_for(
    q: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cut: Annotated[str, Query(max_length=120)] = "",
    why: Annotated[str, Query(max_length=20)] = "",
    sort: Annotated[str, Query(max_length=20)] = "slack",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Asked:
    """Read the address; what it cannot mean is left out."""
    known = sort if sort.removeprefix("-") in SORTS else "slack"
    return Asked(q=q.strip(), state=state, cut=cut, why=why, sort=known, page=page)


Wanted = Annotated[Asked, Depends(asked_for)]


def pages(site: Site, book: Book) -> APIRouter:
    """Return the pages of orders."""
    router = APIRouter(include_in_schema=False, dependencies=[needs(Permission.SEE)])
    _list(router, site, book)
    _one(router, site, book)
    return router


def _list(router: APIRouter, site: Site, book: Book) -> None:
    table, closed = Table(), Closed(book)

    @router.get("/orders")
    async def orders(asked: Wanted) -> HTMLResponse:
        now = await glance(site)
        found = await _found(site, book, table, closed, asked)
        shell = shell_of(site, now, "Orders")
        await asyncio.sleep(0)
        return html(fill("orders/list.html", **shell, **found, **_refused(book)))

    @router.get("/orders/rows")
    async def rows(
        asked: Wanted, known: Annotated[str, Header(alias="If-None-Match", max_length=80)] = ""
    ) -> Response:
        """Return the list without its page, so that a browser can put new values in place."""
        etag = f'"{site.desk.state.seq}.{site.desk.now_s() // 60}"'
        if known == etag:
            return Response(status_code=304, headers={"ETag": etag})
        found = await _found(site, book, table, closed, asked)
        answer = html(fill("orders/rows.html", **found))
        answer.headers["ETag"] = etag
        return answer

    @router.get("/orders/export.csv")
    async def export(asked: Wanted) -> StreamingResponse:
        """Return every row of the list, not only its page, as a spreadsheet reads it."""
        every = listing(await book.rows(), asked, site.desk.now_s()).every

        async def lines() -> AsyncIterator[str]:
            for number, line in enumerate(csv_lines(site.desk.state, every)):
                yield line
                if number % _LINES == 0:
                    await asyncio.sleep(0)

        headers = {"Content-Disposition": 'attachment; filename="orders.csv"'}
        return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/orders/refused")
    async def refused() -> HTMLResponse:
        now = await glance(site)
        shell = shell_of(site, now, "Orders")
        return html(fill("orders/refused.html", **shell, rows=book.refused()))


async def _found(
    site: Site, book: Book, table: Table, closed: Closed, asked: Asked
) -> dict[str, object]:
    """Return what the list shows for an address."""
    rows = await book.rows()
    now_s = site.desk.now_s()
    found: Listing = listing(rows, asked, now_s)
    await asyncio.sleep(0)
    axis: Axis = axis_of(site.desk.state, rows, now_s)
    left, many = list[ClosedRow](), 0
    if asked.q or asked.state == "left":
        left, many = await closed.rows(asked.q)
    return {
        "list": found,
        "asked": asked,
        "axis": axis,
        "heads": step_heads(book.columns or step_columns(site.desk.state)),
        "rows": await table.html(found.rows, axis),
        "closed": left,
        "left": many,
        "gone": len(book.traces.lives.gone),
        "seq": site.desk.state.seq,
    }


def _refused(book: Book) -> dict[str, object]:
    rows = book.refused()
    return {"refused": rows[:3], "refused_many": len(rows)}


def _one(router: APIRouter, site: Site, book: Book) -> None:
    ones = Ones(book)

    @router.get("/orders/{order}/genealogy.csv")
    async def genealogy(order: str) -> Response:
        """Return what touched an order, as a spreadsheet reads it."""
        shown = await ones.look(order)
        if shown is None:
            return html(_missing(site, order), 404)
        headers = {"Content-Disposition": 'attachment; filename="genealogy.csv"'}
        words = "".join(made_lines(shown.rows))
        return Response(words, headers=headers, media_type="text/csv; charset=utf-8")

    @router.get("/orders/{order}")
    async def order(order: str, part: Annotated[str, Query(max_length=8)] = "") -> HTMLResponse:
        shown = await ones.look(order)
        if shown is None:
            return html(_missing(site, order), 404)
        if part == "body":
            return html(fill("orders/order_body.html", one=shown))
        now = await glance(site)
        return html(fill("orders/order.html", **shell_of(site, now, "Orders"), one=shown))


def _missing(site: Site, order: str) -> str:
    left = order in site.desk.state.known_orders
    says = (
        "This order left long ago; only the journal knows it."
        if left
        else "There is no such order."
    )
    return fill("missing.html", zone=site.desk.state.plant.timezone, says=says)
