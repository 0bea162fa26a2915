"""The lives of orders, fed from the journal when somebody looks; others get their turn meanwhile."""

import asyncio
from dataclasses import dataclass, field

from controller.desk import Desk
from controller.insights.genealogy import Life, Lives
from controller.insights.tracing import take
from controller.names import step_label, subject_name
from controller.state import OpenOrder
from plant_config import Plant, route

_STRIDE = 50
"""Facts that are folded before others get their turn."""


@dataclass(slots=True)
class Traces:
    """One for each application; nothing else depends on it."""

    lives: Lives = field(default_factory=Lives)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def catch_up(self, desk: Desk) -> Lives:
        """Fold what was recorded since the last look."""
        async with self._turn:
            if desk.state.seq > self.lives.seq:
                for number, stamped in enumerate(await desk.events(self.lives.seq), start=1):
                    if stamped.seq <= self.lives.seq:
                        continue
                    for _ in take(self.lives, stamped):
                        await asyncio.sleep(0)
                    if number % _STRIDE == 0:
                        await asyncio.sleep(0)
        return self.lives


def opened_of(life: Life, plant: Plant) -> OpenOrder:
    """Return an order that left as it was while it was open, so that its parts have names."""
    return OpenOrder(
        order=life.order,
        routing=route(life.order, plant),
        accepted_s=life.accepted_s,
        packed_s=life.packed_s,
        tote=life.tote,
    )


def part_name(plant: Plant, opened: OpenOrder, operation: str) -> str:
    """Name what an operation makes: `midsole 4131 R`; an operation of another routing by its id."""
    done = opened.routing.operations.get(operation)
    if done is None:
        return operation
    label = step_label(plant, opened, operation).lower()
    return f"{label} {subject_name(plant, opened, done.subject)}"


def short_part(plant: Plant, opened: OpenOrder, operation: str) -> str:
    """Name a part where its order is clear: `midsole R`, `packing`."""
    whole = part_name(plant, opened, operation)
    order = opened.order.id
    return whole.replace(f" {order} ", " ").removesuffix(f" {order}")
