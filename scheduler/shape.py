"""What a part covers of a plate, seen from above, and the plate: whole micrometres."""

from dataclasses import dataclass, field
from typing import TypeAlias

Ring: TypeAlias = tuple[tuple[int, int], ...]
"""Corners of a closed line; the last one is linked to the first."""

PLATE_UM = 10_000_000
"""Longest side of a plate: ten metres, so that a wrong unit is noticed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A part's outline, then its holes. Parts may lie in holes of others, and be turned, not mirrored."""

    rings: tuple[Ring, ...]
    doubled_um2: int = field(init=False, repr=False, compare=False)
    """Twice its area, holes left out."""
    outer_um2: int = field(init=False, repr=False, compare=False)
    """The area within its outline, holes too."""
    key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        outer, *holes = (abs(_doubled(ring)) for ring in self.rings)
        object.__setattr__(self, "doubled_um2", outer - sum(holes))
        object.__setattr__(self, "outer_um2", outer // 2)
        object.__setattr__(self, "key", hash(self.rings))

    def __hash__(self) -> int:
        """Return what was worked out once: shapes are looked up more often than made."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """What parts lie on: a rectangle. Parts keep the gap from each other and may touch its border."""

    width_um: int
    depth_um: int
    gap_um: int = 0


def _doubled(ring: Ring) -> int:
    """Return twice the area within, negative where the corners go round clockwise."""
    ends = zip(ring, (*ring[1:], *ring[:1]), strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in ends)
