"""A wish's answer: the plan as it would be, what that changes, and what it costs; nothing counts yet."""

from dataclasses import dataclass

from scheduler import Slot, difference, wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An incumbent of the search: real milliseconds since the start, and its level of money."""

    at_ms: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Open until somebody accepts or discards it, or the plan moves on so far that it must be asked anew."""

    number: int
    by: str
    """Who asked, as the journal names them."""
    at_s: int
    wish: wishes.Wish
    why: str
    """The wish in one sentence: `Order 4131 first`."""
    before: difference.Sums
    after: difference.Sums
    moved: tuple[difference.Shift, ...]
    newly_late: tuple[str, ...]
    slots: tuple[Slot, ...]
    levels: tuple[tuple[str, int], ...]
    bound: int | None
    tiers: tuple[str, ...]
    curve: tuple[Step, ...]
    took_ms: int
    plan: int
    """Number of the published plan that it was compared with."""
    orders: tuple[str, ...]
    answers: int
    """Sequence number up to which it knows what is wanted."""
