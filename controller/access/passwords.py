"""Passwords as argon2id hashes, computed beside the event loop and two at a time."""

import asyncio
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from controller.access.keys import plain_password

_ARGON = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Source: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, two passes, one lane."""
_DECOY = _ARGON.hash("nobody has this password")
"""Verified for users who do not exist, so that the time taken tells nothing."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and verifies; many attempts at once cost time, not memory."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self.turns:
            return await asyncio.to_thread(_ARGON.hash, plain_password(password))

    async def matches(self, kept: str, password: str) -> bool:
        """Tell whether a password is the kept one; nothing kept matches nothing."""
        async with self.turns:
            right = await asyncio.to_thread(_verify, kept or _DECOY, plain_password(password))
        return right and bool(kept)


def _verify(kept: str, password: str) -> bool:
    try:
        return _ARGON.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
