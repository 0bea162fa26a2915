"""The rows of all open orders: each is put together anew only when something that it shows changed."""

import asyncio
from dataclasses import dataclass, field
from typing import TypeAlias

from controller.desk import Person
from controller.requests import RefusedRow
from controller.state import OpenOrder, State
from controller.web.orders.facts import Facts, facts_of
from controller.web.orders.rows import Asked, Row, projected_s, row_of, step_columns
from controller.web.orders.traces import Traces
from controller.web.site import Site
from controller.web.times import day_of
from scheduler import Slot, wishes

_SLICE = 12
"""Rows that are put together before others get their turn; one takes about 0.1 ms."""
_LOOK = 150
"""Rows that are looked at, and found unchanged, before others get their turn."""

_Key: TypeAlias = tuple[object, ...]
_Refused: TypeAlias = tuple[tuple[str, RefusedRow], ...]


@dataclass(slots=True)
class Kept:
    """What was put together last for an order."""

    facts: Facts
    person: Person
    key: _Key
    row: Row


@dataclass(slots=True)
class Book:
    """One for each application, like the traces that it reads."""

    site: Site
    traces: Traces = field(default_factory=Traces)
    columns: dict[str, int] = field(default_factory=dict[str, int])
    slot_of: dict[str, Slot] = field(default_factory=dict[str, Slot])
    by9_s: dict[str, int] = field(default_factory=dict[str, int])
    _plan: int = -1
    _kept: dict[str, Kept] = field(default_factory=dict[str, Kept])
    _refused: tuple[int, _Refused] = (-1, ())
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def rows(self) -> list[Row]:
        """Return a row for each open order, in no order that means anything."""
        async with self._turn:
            state = self.site.desk.state
            await self.traces.catch_up(self.site.desk)
            await self._read_plan(state)
            fast = expedited(state)
            rows: list[Row] = []
            fresh = 0
            for number, name in enumerate(list(state.orders), start=1):
                opened = state.orders.get(name)
                if opened is None:
                    continue  # it left while others had their turn
                row, made = self._row(state, opened, name in fast)
                rows.append(row)
                fresh += made
                if fresh == _SLICE or number % _LOOK == 0:
                    fresh = 0
                    await asyncio.sleep(0)
            for name in self._kept.keys() - state.orders.keys():
                del self._kept[name]
            return rows

    async def row(self, order: str) -> Row | None:
        """Return the row of one open order."""
        async with self._turn:
            state = self.site.desk.state
            await self.traces.catch_up(self.site.desk)
            await self._read_plan(state)
            opened = state.orders.get(order)
            return (
                None if opened is None else self._row(state, opened, order in expedited(state))[0]
            )

    def facts(self, order: str) -> Facts | None:
        """Return what `row` or `rows` found out last."""
        kept = self._kept.get(order)
        return None if kept is None else kept.facts

    def person(self, order: str) -> Person:
        """Look up the erasable table, once for each change of an order."""
        kept = self._kept.get(order)
        return self.site.desk.person(order) if kept is None else kept.person

    def refused(self) -> _Refused:
        """Return the rows that were not taken, newest file first."""
        revision = self.site.desk.state.revisions.get("orders")
        seq = 0 if revision is None else revision.seq
        if self._refused[0] != seq:
            self._refused = (seq, self.site.desk.refused_rows())
        return self._refused[1]

    async def _read_plan(self, state: State) -> None:
        plan = state.plan
        number = 0 if plan is None else plan.number
        if number == self._plan:
            return
        slots: dict[str, Slot] = {}
        for at, slot in enumerate(() if plan is None else plan.slots, start=1):
            slots.update(dict.fromkeys(slot.operations, slot))
            if at % 1000 == 0:
                await asyncio.sleep(0)
        self.columns = step_columns(state)
        self.slot_of, self._plan = slots, number
        self.by9_s = {} if plan is None else dict(plan.late_ends)

    def _row(self, state: State, opened: OpenOrder, fast: bool) -> tuple[Row, bool]:
        """Return an order's row, and whether it had to be put together."""
        name, now_s = opened.order.id, self.site.desk.now_s()
        revision = state.revisions.get(f"order:{name}")
        seq = 0 if revision is None else revision.seq
        kept = self._kept.get(name)
        facts = kept.facts if kept is not None else None
        if facts is None or (facts.revision, facts.plan) != (seq, self._plan):
            life = self.traces.lives.of.get(name)
            facts = facts_of(state, opened, life, self.slot_of, seq, self._plan)
        key = self._key(state, opened, facts, fast, now_s)
        if kept is not None and kept.facts is facts and kept.key == key:
            return kept.row, False
        same = kept is not None and kept.facts.revision == seq
        person = kept.person if kept is not None and same else self.site.desk.person(name)
        asked = Asked(short_name(person), self.by9_s.get(name), self.columns, fast, now_s)
        row = row_of(state, opened, facts, asked)
        self._kept[name] = Kept(facts, person, key, row)
        return row, True

    def _key(self, state: State, opened: OpenOrder, facts: Facts, fast: bool, now_s: int) -> _Key:
        """Return everything beside the order and the plan that its row shows."""
        revisions = state.revisions
        machines = tuple(revisions.get(f"machine:{name}") for name in facts.machines)
        end_s = projected_s(facts, opened, now_s)
        # What is overdue ends now, and now goes on.
        over = end_s != facts.end_s or (facts.running and end_s is None)
        begun = facts.next_slot is not None and facts.next_slot.start_s <= now_s
        late = now_s > opened.order.due_s
        store = state.store.allocated
        return (
            *machines,
            now_s // 60 if over else -1,
            begun,
            late,
            fast,
            day_of(now_s),
            None if store is None else store.key,
        )


def expedited(state: State) -> frozenset[str]:
    """Return the orders that a planner had put first."""
    granted = (each.wish for each in state.wishes.values())
    return frozenset(wish.order for wish in granted if isinstance(wish, wishes.Expedite))


def short_name(person: Person) -> str:
    """Name a customer as the floor may: first name and initial, never the surname."""
    words = person.name.split()
    if not words:
        return ""
    return words[0] if len(words) == 1 else f"{words[0]} {words[-1][0]}."
