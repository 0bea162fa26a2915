"""The rows of a table become orders that can be made, or refused rows with column, value, reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from controller.desk import Person
from controller.orders.cells import shown
from controller.orders.line import Asked, RowError, carrier, line_number, read_line
from controller.orders.mapping import as_said
from controller.orders.table import Row, Table
from controller.requests import LeftAlone, RefusedRow
from plant_config import Order, Plant, oversize, premium, price, standard_cost

_ORDER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
"""No slash and no space: ids of units and operations are built from it."""

_LONGEST_PERSONAL = 120
"""Characters of a name or place; assumed."""

_ORDER_WIDE = ("carrier", "ship_on", "customer", "place")
"""Columns that hold for a whole order; its rows may repeat them but not contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An order that can be made; whether it is new, and when it is due, shows when it is taken."""

    order: Order
    person: Person
    cost_cents: int
    premium_cents: int
    ship_on: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file's rows come to, whatever was taken before."""

    ready: tuple[Ready, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> column, as in `Table`."""
    rows: int = 0
    left_alone: tuple[LeftAlone, ...] = ()
    """Items of a shop that are not ours."""


def examine(table: Table, plant: Plant) -> Examined:
    """Judge each order of a table by itself. It takes about a millisecond for each row."""
    ready: list[Ready] = []
    refused = list(table.refused)
    for rows in _by_order(table.rows):
        found = _judge(rows, plant, table.names)
        if isinstance(found, Ready):
            ready.append(found)
        else:
            name = rows[0].cells.get("order", "")[:_LONGEST_PERSONAL]
            refused += (replace(fault, order=name) for fault in found)
    refused.sort(key=lambda row: row.row)
    return Examined(tuple(ready), tuple(refused), table.names, len(table.rows))


def refused_whole(
    numbers: tuple[int, ...], order: str, fault: RowError, value: str, names: Mapping[str, str]
) -> tuple[RefusedRow, ...]:
    """Refuse all rows of an order for what its first row says."""
    column = as_said(names, fault.column)
    first = RefusedRow(
        row=numbers[0], column=column, value=shown(value), reason=fault.reason, order=order
    )
    return (first, *(_with(number, order, numbers[0], names) for number in numbers[1:]))


def _by_order(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Group rows by order id; a row without one stands alone."""
    orders: dict[str | int, list[Row]] = {}
    for row in rows:
        orders.setdefault(row.cells.get("order") or row.number, []).append(row)
    return list(orders.values())


def _judge(
    rows: list[Row], plant: Plant, names: Mapping[str, str]
) -> Ready | tuple[RefusedRow, ...]:
    """Return the order, or a refusal for each of its rows."""
    asked: list[Asked] = []
    said: dict[str, str] = {}
    faults: dict[int, RefusedRow] = {}
    for at, row in enumerate(rows):
        try:
            _no_copy(row, rows[:at])
            asked.append(_row(row, said, asked, plant))
        except RowError as fault:
            faults[row.number] = row.fault or _refuse(row, fault, names)
    if not faults:
        try:
            return _order(rows, asked, said, plant)
        except RowError as fault:
            faults[rows[0].number] = _refuse(rows[0], fault, names)
    order = rows[0].cells.get("order", "")
    return tuple(
        faults.get(row.number) or _with(row.number, order, min(faults), names) for row in rows
    )


def _no_copy(row: Row, before: list[Row]) -> None:
    """A row that is there twice may be a slip; only a line number says that it is meant."""
    if "line" in row.cells or row.fault is not None:
        return
    for other in before:
        if other.cells == row.cells:
            why = f"The row is the same as row {other.number}. Raise the quantity, or number the lines."
            raise RowError("order", why)


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


def _order(rows: list[Row], asked: list[Asked], said: Mapping[str, str], plant: Plant) -> Ready:
    order = Order(
        id=rows[0].cells["order"],
        lines=tuple(each.line for each in asked),
        release_s=0,
        due_s=0,
        cut_off=carrier(said.get("carrier", ""), plant),
        price_cents=sum(
            price(plant.products[line.spec.product], line.spec)[0] * line.quantity
            for line in (each.line for each in asked)
        ),
        late_cents=plant.rates.late,
    )
    too_large = oversize(order, plant)
    if too_large is not None:
        raise RowError("order", f"Order {order.id} cannot be made: {too_large}")
    person = Person(
        name=said.get("customer", ""),
        place=said.get("place", ""),
        texts=tuple(
            (f"{each.line.number}.{feature}", words)
            for each in asked
            for feature, words in each.texts
        ),
    )
    return Ready(
        order=order,
        person=person,
        cost_cents=standard_cost(plant, order),
        premium_cents=premium(plant, order),
        ship_on=said.get("ship_on", ""),
        rows=tuple(row.number for row in rows),
    )


def _refuse(row: Row, fault: RowError, names: Mapping[str, str]) -> RefusedRow:
    value = row.said.get(fault.column) or row.cells.get(fault.column, "")
    column = as_said(names, fault.column)
    return RefusedRow(row=row.number, column=column, value=shown(value), reason=fault.reason)


def _with(number: int, order: str, other: int, names: Mapping[str, str]) -> RefusedRow:
    why = f"Row {other} of the same order is refused, so the order is refused whole."
    return RefusedRow(
        row=number, column=as_said(names, "order"), value=shown(order), reason=why, order=order
    )
