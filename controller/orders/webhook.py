"""A web shop's webhook: believed by the signature over its body, answered once for each body."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from controller.amend.requests import CancelOrder
from controller.orders.cells import UnreadableError
from controller.orders.intake import Intake, UnknownMapError
from controller.orders.open_file import Upload
from controller.orders.shop import Json, cancelled, order_name, parse_json, shop_orders, text
from controller.outbox import Heard, PutHeard
from controller.outbox.book import REMEMBER_S
from controller.requests import Imported, Refusal

_SLACK_S = 3600
_OLD = "The order in this webhook was last changed more than a week ago, so it may be a replay."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the shop gets."""

    status: int
    said: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ShopDoor:
    """Where the shop's webhooks come in; without a secret it is shut."""

    intake: Intake
    secret: str = field(default="", repr=False)
    mapping: str = ""
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One webhook at a time, so that a doubled one finds the first one's answer."""

    async def hear(self, body: bytes, signature: str) -> Answer:
        """Take a webhook in. What is not signed leaves no trace."""
        if not self.secret:
            return _no(404, "No web shop is connected. Name its secret in integrations.yaml.")
        if not signed(body, signature, self.secret):
            return _no(401, "The signature is not that of the web shop. Nothing was recorded.")
        key = hashlib.sha256(body).hexdigest()
        exchange = self.intake.exchange
        async with self.busy:
            if (heard := exchange.book.heard.get(key)) is not None:
                return Answer(heard.status, json.loads(heard.answer))
            answer = await self._take(body)
            if answer.status == 200:  # noqa: PLR2004
                said = json.dumps(answer.said)
                now = exchange.now()
                await exchange.keep(PutHeard(Heard(key=key, at=now, status=200, answer=said)))
            return answer

    async def _take(self, body: bytes) -> Answer:
        try:
            orders = shop_orders(parse_json(body))
            chosen = self.intake.map_named(self.mapping)
        except UnreadableError as error:
            return _no(422, error.row.reason)
        except UnknownMapError as error:
            return _no(503, str(error))
        if any(self._old(order) for order in orders):
            return _no(409, _OLD)
        back = [order for order in orders if cancelled(order)]
        if back:
            return Answer(200, {"cancelled": [await self._cancel(order) for order in back]})
        name = f"shop order {order_name(orders[0])}"[:60]
        taken = await self.intake.take(Upload(name, body), chosen, actor="shop", station="")
        return _taken(taken)

    async def _cancel(self, order: Mapping[str, Json]) -> Mapping[str, object]:
        """The body says so, not the topic: only the body is signed."""
        name = order_name(order)
        asked = CancelOrder(order=name, reason=f"web shop: {cancelled(order)}")
        reply = await self.intake.desk.ask(asked, actor="shop", station="")
        why = reply.why if isinstance(reply, Refusal) else ""
        return {"order": name, "cancelled": not why, "why": why}

    def _old(self, order: Mapping[str, Json]) -> bool:
        """Older than what is remembered of webhooks; an order without a time is taken as new."""
        said = text(order.get("updated_at")) or text(order.get("created_at"))
        try:
            changed = datetime.fromisoformat(said).timestamp() if said else None
        except (ValueError, OverflowError):
            return False
        now = self.intake.exchange.now()
        return changed is not None and changed < now - REMEMBER_S + _SLACK_S


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether a signature is right, in the same time for each wrong one.

    Source: Shopify, X-Shopify-Hmac-Sha256 is the base64 HMAC-SHA256 of the raw body."""
    right = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(right, signature.strip().encode("utf-8", "replace"))


def _no(status: int, why: str) -> Answer:
    kind = {404: "unknown", 409: "conflict", 422: "wrong"}.get(status, "refused")
    return Answer(status, {"why": why, "kind": kind})


def _taken(taken: Imported | Refusal) -> Answer:
    if isinstance(taken, Refusal):
        return _no(409, taken.why)
    refused = [
        {"row": row.row, "column": row.column, "reason": row.reason} for row in taken.refused
    ]
    said: dict[str, object] = {
        "accepted": taken.accepted,
        "repeated": taken.repeated,
        "refused": refused,
    }
    if taken.left_alone:
        said["left_alone"] = [
            {"row": each.row, "order": each.order, "item": each.item, "reason": each.reason}
            for each in taken.left_alone
        ]
    return Answer(200, said)
