"""Orders that can be made become accepted orders, repeated ones, and refused rows."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from controller.desk import Person
from controller.orders.line import RowError, ship_day
from controller.orders.ready import Ready, examine, refused_whole
from controller.orders.table import read_table
from controller.requests import RefusedRow
from plant_config import Order, Plant, due_of, order_digest

_DAY_S = 86_400


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
class Today:
    """What taking an order depends on besides its rows."""

    plant: Plant
    now_s: int
    known: Mapping[str, str]
    """Each order id that was ever accepted -> its `order_digest`."""
    first_day: date | None = None
    """The local date of plan day 0, for the column `ship_on`."""


def read_orders(
    content: str,
    plant: Plant,
    now_s: int,
    known: Mapping[str, str],
    *,
    first_day: date | None = None,
) -> Read:
    """Judge a CSV file. Bad content never raises: it is refused by row and column, with a reason."""
    examined = examine(read_table(content, plant), plant)
    today = Today(plant, now_s, known, first_day)
    read = settle(examined.ready, today, examined.names)
    refused = sorted((*examined.refused, *read.refused), key=lambda row: row.row)
    return Read(read.accepted, read.repeated, tuple(refused))


def settle(ready: Iterable[Ready], today: Today, names: Mapping[str, str]) -> Read:
    """Say of each order whether it is new, and when it is due."""
    accepted: list[Accepted] = []
    repeated: list[str] = []
    refused: list[RefusedRow] = []
    for each in ready:
        match _settled(each, today):
            case Accepted() as taken:
                accepted.append(taken)
            case str() as order:
                repeated.append(order)
            case RowError() as fault:
                name = each.order.id
                value = each.ship_on if fault.column == "ship_on" else name
                refused += refused_whole(each.rows, name, fault, value, names)
    return Read(tuple(accepted), tuple(repeated), tuple(refused))


def file_digest(content: str) -> str:
    """Return the digest by which a file counts once, whatever its name."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _settled(ready: Ready, today: Today) -> Accepted | str | RowError:
    order = replace(ready.order, release_s=today.now_s)
    if order.id in today.known:
        if today.known[order.id] == order_digest(order):
            return order.id
        why = (
            f"Order {order.id} was taken before with other content. "
            "Give a change a number of its own."
        )
        return RowError("order", why)
    try:
        order = replace(order, due_s=_due(order.cut_off, ready.ship_on, today))
    except RowError as fault:
        return fault
    return Accepted(order, ready.person, ready.cost_cents, ready.premium_cents)


def _due(leaves_with: str, ship_on: str, today: Today) -> int:
    day = ship_day(ship_on, today.first_day)
    due_s = due_of(today.plant, leaves_with, today.now_s, day)
    if ship_on and due_s // _DAY_S != day:
        raise RowError("ship_on", f"{leaves_with} has left on {ship_on}.")
    return due_s
