"""How often somebody may ask, and how long to wait after wrong passwords; pure but for its own counts."""

from dataclasses import dataclass, field

_MOST_KEYS = 10_000
"""Strangers cannot fill the memory: beyond this the oldest are forgotten."""


@dataclass(slots=True)
class Buckets:
    """A token bucket for each key."""

    rate: float
    burst: int
    kept: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def take(self, key: str, now: float) -> float:
        """Take one; returns 0, or the seconds until there is one again."""
        left, at = self.kept.pop(key, (float(self.burst), now))
        left = min(float(self.burst), left + (now - at) * self.rate)
        enough = left >= 1
        self.kept[key] = (left - 1 if enough else left, now)
        _forget_oldest(self.kept)
        return 0.0 if enough else (1 - left) / self.rate


@dataclass(slots=True)
class BackOff:
    """Waits that double with each failure after some free ones, up to a longest."""

    free: int
    longest_s: int
    kept: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def wait_s(self, key: str, now: int) -> int:
        """Return the seconds until the next attempt counts."""
        _, until = self.kept.get(key, (0, now))
        return max(0, until - now)

    def failed(self, key: str, now: int) -> None:
        """Count a failure."""
        count = self.kept.pop(key, (0, 0))[0] + 1
        over = min(count - self.free, 20)
        self.kept[key] = (count, now + min(2**over, self.longest_s) if over >= 0 else now)
        _forget_oldest(self.kept)

    def passed(self, key: str) -> None:
        """Forget the failures."""
        self.kept.pop(key, None)


def _forget_oldest(kept: dict[str, tuple[float, float]] | dict[str, tuple[int, int]]) -> None:
    while len(kept) > _MOST_KEYS:
        del kept[next(iter(kept))]
