"""What `lotwright stock` shows: materials, the lots of one, and the orders that hold a lot."""

from typing import Any
from urllib.parse import quote

from controller.client import Client
from controller.commands import DONE, REFUSED, say, show, table
from plant_config import material as materials

_STANDS = {
    "enough": "Enough",
    "low": "Order now",
    "waits": "Comes later",
    "short": "Short",
}
_NO_STOCK = "This plant keeps no stock, so nothing runs out."


def show_stock(client: Client, material: str, lot: str, *, as_json: bool) -> int:
    """Show all materials, or the lots of one, or where one of its lots went."""
    if lot:
        return _lot(client, material, lot, as_json=as_json)
    if material:
        return _material(client, material, as_json=as_json)
    said: Any = client.get("/api/stock")
    rows = [
        (
            each["name"],
            each["label"],
            _amount(each, "on_hand"),
            _amount(each, "reserved"),
            _amount(each, "free"),
            ", ".join(f"{r['amount']} {r['at']}" for r in each["receipts"]),
            _STANDS[each["stand"]],
            each["why"],
        )
        for each in said["materials"]
    ]
    head = ("Material", "Name", "On hand", "Reserved", "Free", "Expected", "State", "Why")
    return table(said, head, rows, _NO_STOCK, as_json=as_json)


def _amount(material: dict[str, Any], field: str) -> str:
    return materials.said_units(material[field], material["unit"])


def _material(client: Client, material: str, *, as_json: bool) -> int:
    said: Any = client.get(f"/api/stock/{quote(material, safe='')}")
    rows = [
        (each["lot"], each["amount"] if each["quantity"] else "used up", each["note"])
        for each in said["lots"]
    ]
    none = f"No lot of {said['label']} is here."
    return table(said, ("Lot", "Left", "Note"), rows, none, as_json=as_json)


def _lot(client: Client, material: str, lot: str, *, as_json: bool) -> int:
    if not material:
        return say(
            {},
            "Name the material too: lotwright stock MATERIAL --lot LOT",
            as_json=False,
            code=REFUSED,
        )
    said: Any = client.get(f"/api/lots/{quote(material, safe='')}/{quote(lot, safe='')}")
    rows = [
        (
            each["order"],
            each["amount"],
            ", ".join(each["operations"]),
            f"left with {each['carrier']}" if each["left_s"] is not None else "here",
        )
        for each in said["recall"]
    ]
    if not as_json:
        show(f"Lot {said['lot']['lot']} of {said['label']}: {said['lot']['amount']} left.")
    head = ("Order", "Amount", "Parts", "Where it is")
    table(said, head, rows, "It is in no order yet.", as_json=as_json)
    return DONE
