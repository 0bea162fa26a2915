"""Facts about planners' wishes."""

from dataclasses import dataclass
from typing import TypeAlias

from scheduler import wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class WishGranted:
    """From now on every plan keeps to it; its proposal was accepted."""

    number: int
    wish: wishes.Wish
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishWithdrawn:
    """It no longer counts: taken back by a person, or over by itself."""

    number: int
    why: str


WantedFact: TypeAlias = WishGranted | WishWithdrawn
