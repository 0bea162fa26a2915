"""What a customer asked for, and the derived ids of everything that follows from it."""

import hashlib
import json
from dataclasses import dataclass

from plant_config.product import Spec


@dataclass(frozen=True, slots=True)
class Line:
    """A spec and a quantity; `number` counts from 1 within its order."""

    number: int
    spec: Spec
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A customer's commitment. Seconds count from the plan's origin; the customer's name, address
    and texts are not here: they stay in an erasable table, found by the order's id."""

    id: str
    lines: tuple[Line, ...]
    release_s: int
    due_s: int
    """The cut-off that it has to make: packed by then is in time."""
    cut_off: str
    """The carrier of that cut-off."""
    weight: int = 1
    price_cents: int = 0
    late_cents: int = 0
    """Margin lost when its cut-off is missed."""


def unit_id(order: str, line: int, unit: int) -> str:
    """Name one physical piece: `4127/1.2`."""
    return f"{order}/{line}.{unit}"


def assembly_id(order: str, line: int, first: int, last: int) -> str:
    """Name pieces that come together: `4127/1.1-2`; a single piece keeps its own name."""
    return unit_id(order, line, first) if first == last else f"{order}/{line}.{first}-{last}"


def operation_id(subject: str, step: str) -> str:
    """Name one step on one subject: `4127/1.2/knit`."""
    return f"{subject}/{step}"


def order_digest(order: Order) -> str:
    """Return a digest of what was asked for; it tells a repeated order from a changed one."""
    lines = [
        [line.number, line.spec.product, line.spec.options, line.quantity] for line in order.lines
    ]
    said = json.dumps([order.id, lines, order.cut_off], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
