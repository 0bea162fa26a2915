"""A file of orders becomes accepted orders, repeated ones, and refused rows with their reasons."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from controller.desk import Person
from controller.orders.line import (
    Asked,
    RowError,
    carrier,
    line_number,
    read_line,
    ship_day,
)
from controller.orders.table import Row, read_table, shown
from controller.requests import RefusedRow
from plant_config import Order, Plant, due_of, order_digest, premium, price, standard_cost

_DAY_S = 86_400

_ORDER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
"""No slash and no space: ids of units and operations are built from it."""

_LONGEST_PERSONAL = 120
"""Characters of a name or place; assumed."""

_ORDER_WIDE = ("carrier", "ship_on", "customer", "place")
"""Columns that hold for a whole order; its rows may repeat them but not contradict each other."""


class Accepted(NamedTuple):
    """An order that can be made, with its customer's data apart from it."""

    order: Order
    person: Person
    cost_cents: int
    premium_cents: int


@dataclass(frozen=True, slots=True)
class Read:
    """What became of each data row of a file."""

    accepted: tuple[Accepted, ...]
    repeated: tuple[str, ...]
    """Orders that were taken before with the same content."""
    refused: tuple[RefusedRow, ...]
    """Each refused row once, in the order of the file."""


@dataclass(frozen=True, slots=True)
class _Today:
    """What the judgement of an order depends on besides its rows."""

    plant: Plant
    now_s: int
    known: Mapping[str, str]
    first_day: date | None


def read_orders(
    content: str,
    plant: Plant,
    now_s: int,
    known: Mapping[str, str],
    *,
    first_day: date | None = None,
) -> Read:
    """Judge a CSV file. Bad content never raises: it is refused by row and column, with a reason.

    `known` maps each order id that was ever accepted to its `order_digest`. `first_day` is the
    local date of plan day 0, for the column `ship_on`.
    """
    table = read_table(content, plant)
    today = _Today(plant, now_s, known, first_day)
    accepted: list[Accepted] = []
    repeated: list[str] = []
    refused = list(table.refused)
    for rows in _by_order(table.rows):
        match _judge(rows, today):
            case Accepted() as taken:
                accepted.append(taken)
            case str() as order:
                repeated.append(order)
            case tuple() as faults:
                name = rows[0].cells.get("order", "")[:_LONGEST_PERSONAL]
                refused += (replace(fault, order=name) for fault in faults)
    refused.sort(key=lambda row: row.row)
    return Read(tuple(accepted), tuple(repeated), tuple(refused))


def file_digest(content: str) -> str:
    """Return the digest by which a file counts once, whatever its name."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _by_order(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Group rows by order id; a row without one stands alone."""
    orders: dict[str | int, list[Row]] = {}
    for row in rows:
        orders.setdefault(row.cells.get("order") or row.number, []).append(row)
    return list(orders.values())


def _judge(rows: list[Row], today: _Today) -> Accepted | str | tuple[RefusedRow, ...]:
    """Return the accepted order, the id of a repeated one, or a refusal for each of its rows."""
    asked: list[Asked] = []
    said: dict[str, str] = {}
    faults: dict[int, RefusedRow] = {}
    for row in rows:
        try:
            asked.append(_row(row, said, asked, today.plant))
        except RowError as fault:
            faults[row.number] = row.fault or _refuse(row, fault)
    if not faults:
        try:
            return _order(rows[0].cells["order"], asked, said, today)
        except RowError as fault:
            faults[rows[0].number] = _refuse(rows[0], fault)
    return tuple(faults.get(row.number) or _with(row, min(faults)) for row in rows)


def _row(row: Row, said: dict[str, str], before: list[Asked], plant: Plant) -> Asked:
    if row.fault is not None:
        raise RowError(row.fault.column, row.fault.reason)
    order = row.cells.get("order", "")
    if not order:
        raise RowError("order", "The order number is missing.")
    if not _ORDER_ID.fullmatch(order):
        why = "An order number has up to 32 letters, digits, dots, dashes and underscores."
        raise RowError("order", why)
    for column in _ORDER_WIDE:
        value = row.cells.get(column, "")
        if value and said.setdefault(column, value) != value:
            why = f"Another row of order {order} has a different {column.replace('_', ' ')}."
            raise RowError(column, why)
    for column in ("customer", "place"):
        if len(said.get(column, "")) > _LONGEST_PERSONAL:
            raise RowError(column, f"The {column} has more than {_LONGEST_PERSONAL} characters.")
    taken = {each.line.number for each in before}
    return read_line(row, line_number(row.cells.get("line", ""), taken), plant)


def _order(name: str, asked: list[Asked], said: Mapping[str, str], today: _Today) -> Accepted | str:
    plant = today.plant
    order = Order(
        id=name,
        lines=tuple(each.line for each in asked),
        release_s=today.now_s,
        due_s=today.now_s,
        cut_off=carrier(said.get("carrier", ""), plant),
        price_cents=sum(
            price(plant.products[line.spec.product], line.spec)[0] * line.quantity
            for line in (each.line for each in asked)
        ),
        late_cents=plant.rates.late,
    )
    if name in today.known:
        if today.known[name] == order_digest(order):
            return name
        why = (
            f"Order {name} was taken before with other content. Give a change a number of its own."
        )
        raise RowError("order", why)
    order = replace(order, due_s=_due(order.cut_off, said.get("ship_on", ""), today))
    return Accepted(
        order=order,
        person=Person(
            name=said.get("customer", ""),
            place=said.get("place", ""),
            texts=tuple(
                (f"{each.line.number}.{feature}", words)
                for each in asked
                for feature, words in each.texts
            ),
        ),
        cost_cents=standard_cost(plant, order),
        premium_cents=premium(plant, order),
    )


def _due(leaves_with: str, ship_on: str, today: _Today) -> int:
    day = ship_day(ship_on, today.first_day)
    due_s = due_of(today.plant, leaves_with, today.now_s, day)
    if ship_on and due_s // _DAY_S != day:
        raise RowError("ship_on", f"{leaves_with} has left on {ship_on}.")
    return due_s


def _refuse(row: Row, fault: RowError) -> RefusedRow:
    value = shown(row.cells.get(fault.column, ""))
    return RefusedRow(row=row.number, column=fault.column, value=value, reason=fault.reason)


def _with(row: Row, other: int) -> RefusedRow:
    why = f"Row {other} of the same order is refused, so the order is refused whole."
    return RefusedRow(row=row.number, column="order", value=shown(row.cells["order"]), reason=why)
