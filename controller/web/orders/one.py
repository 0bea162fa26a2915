"""One order, open or left: everything that its page shows."""

import asyncio
from dataclasses import dataclass

from controller.amend.judge import sunk_cents
from controller.insights.genealogy import Life
from controller.names import local_time, money, person_name, time_of_day
from controller.state import OpenOrder, State
from controller.web.naming import counted
from controller.web.orders.amendable import Amendable, amendable
from controller.web.orders.book import Book, short_name
from controller.web.orders.chain import Chain, chain_of
from controller.web.orders.closed import closed_words
from controller.web.orders.genealogy_rows import MadeRow, made_rows
from controller.web.orders.graph import Graph, draw
from controller.web.orders.happened import Line, happened
from controller.web.orders.rows import Row, made_to
from controller.web.orders.spans import deciding, spans_of
from controller.web.orders.traces import opened_of
from controller.web.times import clock_text, slack
from controller.web.words import Text
from plant_config import cost_of


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """What the page of one order shows."""

    id: str
    revision: int
    row: Row | None
    """None: it left."""
    said: str
    look: str
    icon: str
    tone: str
    ended: str
    """How it ended; empty while it is open."""
    customer: str
    erased: str
    """When its person was forgotten; empty when it was not."""
    made: Text
    quantity: str
    due_at: str
    carrier: str
    promised: str
    accepted: str
    projected: str
    by9: str
    slack: str
    tote: str
    price: str
    spent: str
    left: str
    sunk: str
    changed: str
    cancelled: str
    may_cancel: bool
    graph: Graph
    chain: Chain | None
    amendable: Amendable | None
    rows: list[MadeRow]
    lines: list[Line]


_TONES = {"late": "fail", "risk": "risk", "doubt": "doubt"}


class _DroppedError(Exception):
    """The order was taken back while its page was put together, and its work is no longer known."""


@dataclass(slots=True)
class Ones:
    """Puts pages of single orders together, giving way between their parts."""

    book: Book

    async def look(self, order: str) -> One | None:
        """Return an order's page; None when nobody knows it any more."""
        try:
            return await self._look(order)
        except _DroppedError:
            return await self._look(order)  # as one of those that are over

    async def _look(self, order: str) -> One | None:
        row = await self.book.row(order)
        desk = self.book.site.desk
        state, now_s = desk.state, desk.now_s()
        life = self.book.traces.lives.of.get(order)
        opened, is_open = state.orders.get(order), order in state.orders

        async def give_way() -> None:
            await asyncio.sleep(0)
            if is_open and order not in state.orders:
                raise _DroppedError

        if opened is None and life is not None:
            opened = opened_of(life, state.plant)
            await give_way()
        if opened is None:
            return None
        row = row if is_open else None
        spans = spans_of(state, opened, life, self.book.slot_of, now_s)
        open_still = row is not None and not row.cancelled
        path = deciding(opened, spans) if open_still else []
        await give_way()
        graph = draw(state, opened, spans, path, now_s)
        await give_way()
        chain = chain_of(state, opened, life, spans, path, now_s) if row is not None else None
        changes = amendable(state, opened, spans, now_s) if row is not None else None
        await give_way()
        rows = made_rows(state, opened, life, now_s) if life is not None else []
        await give_way()
        lines = happened(state, opened, life, now_s) if life is not None else []
        await give_way()
        head = self._head(state, opened, life, row, now_s)
        return One(**head, graph=graph, chain=chain, amendable=changes, rows=rows, lines=lines)  # type: ignore[arg-type]

    def _head(
        self, state: State, opened: OpenOrder, life: Life | None, row: Row | None, now_s: int
    ) -> dict[str, object]:
        order = opened.order
        person = self.book.person(order.id)
        erased_s = state.erased.get(order.id)
        last = state.revisions.get(f"order:{order.id}")
        at = "" if last is None else time_of_day(state, last.at_s)
        return {
            "id": order.id,
            "revision": 0 if last is None else last.seq,
            "row": row,
            **_stand(state, life, row, now_s),
            "customer": short_name(person),
            "erased": "" if erased_s is None else clock_text(state, erased_s, now_s),
            "made": made_to(state, opened),
            "quantity": _quantity(state, opened),
            "due_at": clock_text(state, order.due_s, now_s),
            "carrier": order.cut_off,
            "promised": local_time(state, order.due_s).strftime("%-d %b"),
            "accepted": clock_text(state, opened.accepted_s, now_s),
            "tote": opened.tote or (life.tote if life is not None else ""),
            "changed": ""
            if last is None
            else f"{person_name(last.actor)} at {at}"
            if last.actor.startswith("person")
            else f"{last.actor} at {at}",
            "cancelled": "" if opened.cancelled is None else opened.cancelled.reason,
            "may_cancel": row is not None and row.packed_s is None and not row.cancelled,
            **_money(state, opened, life, row),
        }


def _stand(state: State, life: Life | None, row: Row | None, now_s: int) -> dict[str, object]:
    if row is not None:
        return {
            "said": row.said,
            "look": row.look,
            "icon": row.icon,
            "tone": _TONES.get(row.stand, ""),
            "ended": "",
            "projected": row.projected,
            "by9": row.by9,
            "slack": row.slack,
        }
    assert life is not None
    back = life.cancelled is not None
    packed_s = life.packed_s
    return {
        "said": "Cancelled" if back else "Shipped",
        "look": "plan" if back else "done",
        "icon": "close" if back else "packed",
        "tone": "",
        "ended": closed_words(state, life, now_s),
        "projected": "" if packed_s is None else clock_text(state, packed_s, now_s),
        "by9": "",
        "slack": "" if packed_s is None else slack(life.order.due_s - packed_s),
    }


def _quantity(state: State, opened: OpenOrder) -> str:
    """Say how many pieces: `1 pair`, or `3 pieces` where products differ."""
    lines = opened.order.lines
    nouns = {state.plant.products[line.spec.product].noun for line in lines}
    return counted(
        sum(line.quantity for line in lines), nouns.pop() if len(nouns) == 1 else "piece"
    )


def _money(
    state: State, opened: OpenOrder, life: Life | None, row: Row | None
) -> dict[str, object]:
    """Say price, what is spent by standard rates, and what would be left of the price."""
    plant, price = state.plant, opened.order.price_cents
    all_cents = cost_of(plant, opened.routing.operations.values())
    spent = sunk_cents(state, opened) if row is not None else all_cents
    if opened.cancelled is not None:
        spent = opened.cancelled.sunk_cents
    back = life is not None and life.cancelled is not None
    if life is not None and row is None and back:
        spent = life.sunk_cents
    return {
        "price": money(plant, price) if price else "No price",
        "spent": money(plant, spent),
        "left": money(plant, price - all_cents) if price and not back else "",
        "sunk": money(plant, spent),
    }
