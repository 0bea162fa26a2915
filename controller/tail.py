"""The journal's last events as they were folded, so that pages need not read and decode them again."""

from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from controller.events import Stamped

KEPT = 20_000
"""Days of a plant; what is older is read from the journal."""


@dataclass(slots=True)
class Tail:
    """Events in order, the newest last; the oldest go."""

    kept: deque[Stamped] = field(default_factory=lambda: deque[Stamped](maxlen=KEPT))

    def add(self, stamped: Stamped) -> None:
        """Take the next event in."""
        self.kept.append(stamped)

    def after(self, seq: int) -> tuple[Stamped, ...] | None:
        """Return what follows a sequence number; None when some of it is no longer kept."""
        if not self.kept or self.kept[0].seq > seq + 1:
            return None
        wanted = self.kept[-1].seq - seq
        if wanted <= 0:
            return ()
        return tuple(islice(reversed(self.kept), wanted))[::-1]
