"""What the command line does with single orders: why, cancel, forget."""

from typing import Any

from controller.client import Client
from controller.commands import say


def say_why(client: Client, name: str, *, as_json: bool) -> int:
    """Say why a machine waits, or where an order is and what its date hangs on."""
    machines: Any = client.get("/api/machines")
    found = next((each for each in machines if each["id"] == name), None)
    if found is not None:
        what = f" {found['what']}." if found["what"] else ""
        return say(found, f"{name}: {found['word']}.{what} {found['why']}", as_json=as_json)
    order: Any = client.get(f"/api/orders/{name}/why")
    lines = [f"Order {name}, {order['carrier']} {order['due_at']}: {order['says']}"]
    if order["links"]:
        lines.append(f"{order['title']}:")
    lines += [f"  {_link(each)}" for each in order["links"]]
    return say(order, "\n".join(lines), as_json=as_json)


def _link(link: dict[str, Any]) -> str:
    detail = f" ({link['detail']})" if link["detail"] else ""
    minutes = f"{link['minutes']:+d} min" if link["minutes"] is not None else ""
    return f"{minutes:>8}  {link['says']}{detail}"


def cancel_order(client: Client, order: str, reason: str) -> int:
    """Take an order back; say what it cost and what still runs."""
    said: Any = client.post(f"/api/orders/{order}/cancel", {"reason": reason})
    return say(said, said["says"], as_json=False)


def forget_order(client: Client, order: str) -> int:
    """Erase the person of an order."""
    said: Any = client.post(f"/api/orders/{order}/forget", {})
    return say(said, said["says"], as_json=False)
