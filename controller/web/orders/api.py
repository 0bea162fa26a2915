"""The routes of orders below /api: what is open, and what can still change about it."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import TypeAdapter

from controller.amend.judge import sunk_cents
from controller.amend.requests import CancelOrder, ForgetPerson
from controller.names import money, time_of_day
from controller.requests import Refusal
from controller.state import State
from controller.web import bodies as shared
from controller.web.asking import RefusedError, ask
from controller.web.orders import bodies
from controller.web.orders.asking import Seen, next_time, propose
from controller.web.orders.book import Book
from controller.web.orders.find import find
from controller.web.orders.listing import listing
from controller.web.orders.one import One, Ones
from controller.web.orders.pages import Wanted
from controller.web.orders.rows import Row
from controller.web.permit import PRESENT, Permission, Who, needs
from controller.web.site import Site
from scheduler import wishes

_ROWS = TypeAdapter(bodies.OrderNow)
_SLICE = 60
"""Orders that are written before others get their turn."""
OrderId = Annotated[str, Path(min_length=1, max_length=200)]


def api(site: Site, book: Book) -> APIRouter:
    """Return all routes below /api/orders but the import."""
    router = APIRouter(prefix="/api/orders", tags=["orders"])
    _look(router, site, book)
    _change(router, site)
    return router


def find_api(book: Book) -> APIRouter:
    """Return the route that finds what a person names."""
    router = APIRouter(prefix="/api/find", tags=["orders"])

    @router.get("", dependencies=[needs(Permission.SEE)])
    async def found(q: Annotated[str, Query(max_length=80)] = "") -> bodies.Found:
        """Find orders, totes, machines, parts by their code, and pages; the nearest first.

        Customers' names are looked through for those who work with orders or at machines."""
        hits, many = await find(book, q, PRESENT.get())
        shown = [
            bodies.HitNow(kind=h.kind, says=h.says, more=h.more, href=h.href, icon=h.icon)
            for h in hits
        ]
        return bodies.Found(hits=shown, count=many)

    return router


def _look(router: APIRouter, site: Site, book: Book) -> None:
    see, ones = [needs(Permission.SEE)], Ones(book)

    @router.get("", dependencies=see, response_model=list[bodies.OrderNow])
    async def orders(asked: Wanted) -> Response:
        """Return the open orders, the least slack first; filters and `sort` as on the page."""
        rows = listing(await book.rows(), asked, site.desk.now_s()).every
        written: list[bytes] = []
        for number, row in enumerate(rows, start=1):
            written.append(_ROWS.dump_json(order_now(row)))
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        return Response(b"[" + b",".join(written) + b"]", media_type="application/json")

    @router.get("/refused", dependencies=see)
    async def refused() -> list[bodies.RefusedNow]:
        """Return the rows that were not taken, newest file first."""
        return [
            bodies.RefusedNow(
                file=file,
                row=row.row,
                column=row.column,
                value=row.value,
                reason=row.reason,
                order=row.order,
            )
            for file, row in book.refused()
        ]

    @router.get("/{order}", dependencies=see)
    async def one_order(order: OrderId, answer: Response) -> bodies.OrderNow:
        """Return one open order and where it is; its ETag is for If-Match."""
        row = await _row(site, book, order)
        answer.headers["ETag"] = f'"{row.revision}"'
        return order_now(row)

    @router.get("/{order}/why", dependencies=see)
    async def why(order: OrderId) -> bodies.WhyNow:
        """Return why an order is where it is, and what its date hangs on; also once it has left."""
        shown = await ones.look(order)
        if shown is None:
            raise RefusedError(Refusal(kind="unknown", why=f"There is no order {order!r}."))
        return why_now(shown)

    @router.get("/{order}/cost", dependencies=see)
    async def cost(order: OrderId, answer: Response) -> bodies.OneOrder:
        """Return one open order with what is sunk in it, and who touched it last."""
        row = await _row(site, book, order)
        answer.headers["ETag"] = f'"{row.revision}"'
        return one_order_of(site.desk.state, row)


async def _row(site: Site, book: Book, order: str) -> Row:
    row = await book.row(order)
    if row is not None:
        return row
    why = f"There is no order {order!r}."
    if order in site.desk.state.known_orders:
        life = book.traces.lives.of.get(order)
        back = life is not None and life.cancelled is not None
        ended = "cancelled" if back else "shipped"
        why = f"Order {order} has been {ended}; it is no longer open."
    raise RefusedError(Refusal(kind="unknown", why=why))


def _change(router: APIRouter, site: Site) -> None:
    plan = [needs(Permission.PLAN)]

    @router.post("/{order}/cancel", dependencies=plan)
    async def cancel(order: OrderId, body: bodies.Reason, who: Who, seen: Seen) -> bodies.SaidNow:
        """Take an order back that is not packed yet. What runs for it ends first."""
        asked = CancelOrder(order=order, reason=body.reason)
        taken = await ask(site, asked, who, f"order:{order}", seen)
        return bodies.SaidNow(seq=taken.seq, says=taken.says)

    @router.post("/{order}/forget", dependencies=[needs(Permission.ADMIN)])
    async def forget(
        order: OrderId, who: Who, seen: Seen, body: shared.Nothing | None = None
    ) -> bodies.SaidNow:
        """Erase name, place, texts and refused rows of an order; the journal never had them."""
        taken = await ask(site, ForgetPerson(order=order), who, f"order:{order}", seen)
        return bodies.SaidNow(seq=taken.seq, says=taken.says)

    @router.post("/{order}/expedite", dependencies=plan)
    async def expedite(
        order: OrderId, who: Who, body: shared.Nothing | None = None
    ) -> bodies.FourFigures:
        """Plan as if this order went first; nothing counts before the proposal is accepted."""
        return await propose(site, wishes.Expedite(order=order), order, who)

    @router.post("/{order}/not-before", dependencies=plan)
    async def not_before(order: OrderId, body: bodies.Later, who: Who) -> bodies.FourFigures:
        """Plan as if nothing of this order started before a time of day."""
        at_s = next_time(site.desk.state, body.at, site.desk.now_s())
        return await propose(site, wishes.NotBefore(order=order, at_s=at_s), order, who)


def order_now(row: Row) -> bodies.OrderNow:
    """Say a row to programs."""
    return bodies.OrderNow(
        id=row.id,
        customer=row.customer,
        made_to=row.made_plain,
        quantity=row.quantity,
        release_s=row.release_s,
        due_s=row.due_s,
        due_at=row.due_at,
        carrier=row.carrier,
        projected_s=row.end_s,
        nine_in_ten_s=row.by9_s,
        slack_s=row.slack_s,
        packed_s=row.packed_s,
        stand=row.stand,
        done=row.done,
        operations=row.operations,
        kind=row.kind,
        why=row.why,
        tote=row.tote,
        erased=row.erased,
        revision=row.revision,
    )


def why_now(shown: One) -> bodies.WhyNow:
    """Say why an order is where it is, to programs."""
    chain = shown.chain
    links = () if chain is None else chain.links
    return bodies.WhyNow(
        order=shown.id,
        carrier=shown.carrier,
        due_at=shown.due_at,
        stand=shown.said,
        says=shown.ended if shown.row is None else shown.row.why,
        title="" if chain is None else chain.title,
        links=tuple(bodies.WhyLink(link.says, link.detail, link.minutes) for link in links),
        minutes=0 if chain is None else chain.total,
    )


def one_order_of(state: State, row: Row) -> bodies.OneOrder:
    """Say an order with what a change of it would cost."""
    opened = state.orders[row.id]
    sunk = sunk_cents(state, opened)
    last = state.revisions.get(f"order:{row.id}")
    return bodies.OneOrder(
        order=order_now(row),
        sunk_cents=sunk,
        sunk=money(state.plant, sunk),
        price_cents=opened.order.price_cents,
        running=tuple(n for n in opened.routing.operations if state.work[n].phase.value == "given"),
        changed_by="" if last is None else last.actor,
        changed_at="" if last is None else time_of_day(state, last.at_s),
        cancelled="" if opened.cancelled is None else opened.cancelled.reason,
    )
