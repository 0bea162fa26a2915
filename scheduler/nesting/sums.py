"""Which parts fit together by size alone; the sum of sizes is a bound where outlines are known."""

from collections.abc import Iterable

FILL_LIMIT_PERCENT = 100
"""Share of a capacity that may be filled. Full: where no outlines are known, a plant states its
capacity net of what nesting loses."""


def fits(sizes: Iterable[int], capacity: int) -> bool:
    """Say whether parts go together on one plate; a capacity of 0 holds one part of any size."""
    sizes = tuple(sizes)
    if capacity == 0:
        return len(sizes) <= 1
    return 100 * sum(sizes) <= FILL_LIMIT_PERCENT * capacity


def fill(sizes: Iterable[int], capacity: int) -> int:
    """Return how full a plate is in per cent, rounded down; a machine for one part is full."""
    return 100 * sum(sizes) // capacity if capacity else 100
