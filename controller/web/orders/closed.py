"""Orders that left lately, shipped or taken back: found by search, and on a tab of their own."""

import asyncio
from dataclasses import dataclass, field

from controller.insights.genealogy import Life
from controller.names import money, person_name
from controller.state import State
from controller.web.naming import customer, described
from controller.web.orders.book import Book
from controller.web.times import clock_text
from controller.web.words import Text, joined

SHOWN = 200
"""Closed orders that a search shows; the newest."""
_SLICE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRow:
    """An order that is no longer open."""

    id: str
    customer: str
    erased: bool
    made: Text
    due_at: str
    carrier: str
    said: str
    look: str
    icon: str
    says: str


@dataclass(slots=True)
class Closed:
    """Names of customers, looked up once for each order that left."""

    book: Book
    names: dict[str, str] = field(default_factory=dict[str, str])

    async def rows(self, q: str, limit: int = SHOWN) -> tuple[list[ClosedRow], int]:
        """Return the orders that left and match a search, the newest first, and how many there are."""
        desk = self.book.site.desk
        lives = await self.book.traces.catch_up(desk)
        words, found = q.casefold().split(), list[Life]()
        for number, name in enumerate(reversed(list(lives.gone)), start=1):
            life = lives.of.get(name)
            if life is not None and (not words or self._matches(desk.state, life, words)):
                found.append(life)
            if words and number % _SLICE == 0:
                await asyncio.sleep(0)
        for gone in self.names.keys() - lives.gone.keys():
            del self.names[gone]
        now_s = desk.now_s()
        shown = [self._row(desk.state, life, now_s) for life in found[:limit]]
        return shown, len(found)

    def _name(self, state: State, order: str) -> str:
        if order in state.erased:
            self.names.pop(order, None)
            return ""
        if order not in self.names:
            self.names[order] = customer(self.book.site.desk, order)
        return self.names[order]

    def _matches(self, state: State, life: Life, words: list[str]) -> bool:
        order = life.order
        text = f"{order.id} {life.tote} {order.cut_off} {self._name(state, order.id)}".casefold()
        return all(word in text for word in words)

    def _row(self, state: State, life: Life, now_s: int) -> ClosedRow:
        order = life.order
        lines = [described(state.plant, line) for line in order.lines]
        return ClosedRow(
            id=order.id,
            customer=self._name(state, order.id),
            erased=order.id in state.erased,
            made=joined(lines, "; "),
            due_at=clock_text(state, order.due_s, now_s),
            carrier=order.cut_off,
            said="Shipped" if life.cancelled is None else "Cancelled",
            look="done" if life.cancelled is None else "plan",
            icon="packed" if life.cancelled is None else "close",
            says=closed_words(state, life, now_s),
        )


def closed_words(state: State, life: Life, now_s: int) -> str:
    """Say how an order ended: `Left 13:30 with Nord Parcel, in time.`"""
    if life.cancelled is not None:
        at = clock_text(state, life.cancelled.at_s, now_s)
        sunk = money(state.plant, life.sunk_cents)
        who = person_name(life.cancelled.actor)
        return f"Taken back at {at} by {who}, “{life.cancelled.detail}”; {sunk} sunk."
    at = clock_text(state, life.shipped_s or 0, now_s)
    when = "in time" if life.on_time else "late"
    return f"Left {at} with {life.order.cut_off}, {when}."
