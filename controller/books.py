"""What the closing card needs beside the journal: the as-made ledger and the day as it would have gone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeAlias

from controller.events import OrderAccepted, OrderCancelled, Stamped
from controller.insights import ClosingCard, Comparison, MadeEntry, close, parse_made
from plant_config import Order, Plant

Compare: TypeAlias = Callable[[Plant, tuple[Order, ...]], Awaitable[Comparison | None]]
"""Plans a day otherwise; slow, so it runs in a child process. None when it could not be done in time."""


class Books:
    """Keeps the comparison once it is made, since the same orders give the same one."""

    def __init__(self, plant: Plant, ledger: Path | None, compare: Compare) -> None:
        self._plant = plant
        self._ledger = ledger
        self._compare = compare
        self._compared: tuple[frozenset[str], Comparison | None] = (frozenset(), None)
        self._busy = asyncio.Lock()

    async def closing(self, events: tuple[Stamped, ...], *, verified: bool | None) -> ClosingCard:
        """Fold the journal into the closing card of the day."""
        comparison = await self._comparison(events)
        made = await asyncio.to_thread(self._made)
        return await asyncio.to_thread(
            close, events, self._plant, made, comparison, verified=verified
        )

    async def _comparison(self, events: Iterable[Stamped]) -> Comparison | None:
        facts = [stamped.event for stamped in events]
        back = {fact.order for fact in facts if isinstance(fact, OrderCancelled)}
        accepted = (fact.order for fact in facts if isinstance(fact, OrderAccepted))
        orders = tuple(order for order in accepted if order.id not in back)
        wanted = frozenset(order.id for order in orders)
        async with self._busy:
            if orders and self._compared[0] != wanted:
                self._compared = (wanted, await self._compare(self._plant, orders))
            return self._compared[1]

    def _made(self) -> tuple[MadeEntry, ...] | None:
        if self._ledger is None or not self._ledger.exists():
            return None
        with self._ledger.open(encoding="utf-8") as lines:
            return parse_made(lines)
