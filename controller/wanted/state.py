"""Wishes that count."""

from dataclasses import dataclass

from scheduler import wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedWish:
    """A wish with who was granted it, when."""

    number: int
    wish: wishes.Wish
    why: str
    by: str
    at_s: int
    seq: int = 0
    """Number of the event that granted it."""
