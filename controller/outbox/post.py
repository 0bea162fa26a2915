"""How deliveries leave: as signed HTTP requests."""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from controller.outbox.book import Delivery
from controller.outbox.retry import Came, NotYet, judged

WITHIN_S = 15.0
"""Real seconds for one try, whatever the receiver does with them."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DIGITS = 5


class Post(Protocol):
    """A way to one receiver."""

    @property
    def most(self) -> int:
        """Return how many deliveries go at once."""
        ...

    async def send(self, deliveries: Sequence[Delivery], now: int) -> Came:
        """Try to deliver; never raises for what the receiver does."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature that a receiver checks: over the time of sending, a dot, and the body."""
    signed = str(timestamp).encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class HttpPost:
    """Owns the connections to one receiver."""

    most = 1

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret
        parts = urlsplit(url)
        # Loopback must never go through a proxy that the environment names; certificates are only
        # read where TLS is spoken.
        self._client = httpx.AsyncClient(
            trust_env=parts.hostname not in _LOOPBACK,
            verify=parts.scheme == "https",
            timeout=WITHIN_S,
            follow_redirects=False,
        )

    async def send(self, deliveries: Sequence[Delivery], now: int) -> Came:
        """Post one delivery; only the status of the answer is read."""
        (delivery,) = deliveries
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Lotwright",
            "X-Lotwright-Event": delivery.kind,
            "X-Lotwright-Event-Id": delivery.event,
            "X-Lotwright-Timestamp": str(now),
            "X-Lotwright-Signature": signature(self._secret, now, body),
        }
        try:
            async with (
                asyncio.timeout(WITHIN_S),
                self._client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                return judged(answer.status_code, _seconds(answer.headers.get("retry-after", "")))
        except (TimeoutError, httpx.TimeoutException):
            return NotYet(f"It did not answer within {WITHIN_S:.0f} s.", away=True)
        except (httpx.HTTPError, OSError) as error:
            return NotYet(f"It cannot be reached ({type(error).__name__}).", away=True)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _seconds(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else 0
