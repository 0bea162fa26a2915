"""The JSON that a web shop sends for an order becomes the lines of a table.

Source: Shopify Admin REST API, Order resource (id, name, line_items, shipping_address, ...)."""

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from controller.orders.cells import Sheet, UnreadableError, bounded

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

ORDER_NAMES = ("Order", "Customer", "Place", "Shipping", "Note")
"""Columns that hold for a whole order of the shop."""

LINE_NAMES = ("Line", "Title", "SKU", "Variant", "Quantity")
SHOP_NAMES = (*ORDER_NAMES, *LINE_NAMES)

FIELDS = {
    "Order": "order",
    "Customer": "customer",
    "Place": "place",
    "Shipping": "carrier",
    "Line": "line",
    "Title": "product",
    "Quantity": "quantity",
}
"""What the shop's names mean when nobody says otherwise; SKU, variant and note mean nothing."""

_MOST_ORDERS = 5_000
_VARIANT_PARTS = 3
"""A shop's variant has at most three options, joined by slashes."""


def looks_like_json(content: bytes) -> bool:
    """Tell whether a file is JSON by its first sign."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def parse_json(content: bytes) -> Json:
    """Read JSON. Raises UnreadableError."""
    try:
        said: Json = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableError("The JSON is not UTF-8.") from error
    except RecursionError as error:
        raise UnreadableError("The JSON is nested deeper than any order.") from error
    except ValueError as error:
        raise UnreadableError("The file is no complete JSON. Send it again.") from error
    return said


def shop_orders(said: Json) -> tuple[Mapping[str, Json], ...]:
    """Return the orders of a document: one, a list, or `{"orders": [...]}`. Raises UnreadableError."""
    if isinstance(said, dict) and isinstance(said.get("orders"), list):
        said = said["orders"]
    elif isinstance(said, dict) and isinstance(said.get("order"), dict):
        said = said["order"]
    found = said if isinstance(said, list) else [said]
    if len(found) > _MOST_ORDERS:
        raise UnreadableError(f"The file has {len(found):,} orders, {_MOST_ORDERS:,} are taken.")
    orders = [each for each in found if isinstance(each, dict) and _items(each)]
    if not orders or len(orders) != len(found):
        place = next((at for at, each in enumerate(found, 1) if each not in orders), 1)
        raise UnreadableError(
            f"Order {place} of the JSON has no line_items. A shop's order has id, name and line_items."
        )
    return tuple(orders)


def order_name(order: Mapping[str, Json]) -> str:
    """Return the order's number as people call it: `#1001` is 1001; else the shop's id."""
    return text(order.get("name")).removeprefix("#").strip() or text(order.get("id"))


def cancelled(order: Mapping[str, Json]) -> str:
    """Return why the shop took an order back; empty when it did not."""
    if not order.get("cancelled_at"):
        return ""
    return text(order.get("cancel_reason"))[:60] or "cancelled in the shop"


def read_shop(orders: tuple[Mapping[str, Json], ...]) -> Sheet:
    """Lay orders out as a table: a row for each line item, its properties as columns."""
    rows = [row for order in orders for row in _rows(order)]
    head = [*SHOP_NAMES, *(name for name in dict.fromkeys(n for r in rows for n in r) if name)]
    head = list(dict.fromkeys(head))
    lines = [tuple(row.get(name, "") for name in head) for row in rows]
    return Sheet(bounded((tuple(head), *lines)), shop=True)


def text(value: Json) -> str:
    """Write a value of the shop as text; what is no text, number or truth is left out."""
    match value:
        case None | dict() | list():
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def _items(order: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    items = order.get("line_items")
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _rows(order: Mapping[str, Json]) -> Iterator[dict[str, str]]:
    whole = {
        "Order": order_name(order),
        "Customer": _customer(order),
        "Place": text(_part(order, "shipping_address").get("city")),
        "Shipping": _shipping(order),
        "Note": text(order.get("note")),
    }
    for number, item in enumerate(_items(order), start=1):
        variant = text(item.get("variant_title"))
        row = whole | {
            "Line": str(number),
            "Title": text(item.get("title")),
            "SKU": text(item.get("sku")),
            "Variant": variant,
            "Quantity": text(item.get("quantity")),
        }
        for at, part in enumerate(variant.split(" / ")[:_VARIANT_PARTS], start=1):
            row |= {f"Variant {at}": part} if part else {}
        # A name of ours in a property must not overwrite what the shop itself says.
        yield row | {name: said for name, said in _properties(item) if name not in SHOP_NAMES}


def _properties(item: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the customer's choices; names with a leading underscore are the shop's own."""
    properties = item.get("properties")
    for each in properties if isinstance(properties, list) else []:
        name = text(each.get("name")) if isinstance(each, dict) else ""
        if name and not name.startswith("_") and isinstance(each, dict):
            yield name[:60], text(each.get("value"))


def _part(order: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    part = order.get(name)
    return part if isinstance(part, dict) else {}


def _customer(order: Mapping[str, Json]) -> str:
    address, customer = _part(order, "shipping_address"), _part(order, "customer")
    named = f"{text(customer.get('first_name'))} {text(customer.get('last_name'))}".strip()
    return text(address.get("name")) or named


def _shipping(order: Mapping[str, Json]) -> str:
    lines = order.get("shipping_lines")
    first = lines[0] if isinstance(lines, list) and lines else None
    return text(first.get("title")) or text(first.get("code")) if isinstance(first, dict) else ""
