"""The journal's tail, folded by whoever looks; others get their turn meanwhile."""

import asyncio
from typing import Protocol

from controller.desk import Desk
from controller.events import Stamped

_YIELD_EVERY = 200


class Fold(Protocol):
    """What is kept beside the state, fed from the journal; nothing else depends on it."""

    seq: int
    """Of the last event that it knows."""

    def fold(self, stamped: Stamped) -> None:
        """Take one event in."""
        ...


async def catch_up(fold: Fold, desk: Desk) -> None:
    """Fold what was recorded since the last look."""
    if desk.state.seq == fold.seq:
        return
    for number, stamped in enumerate(await desk.events(fold.seq), start=1):
        # Two may look at once: what the other one folded meanwhile is passed over.
        if stamped.seq > fold.seq:
            fold.seq = stamped.seq
            fold.fold(stamped)
        if number % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
