"""Orders in, beside the loop: read and judge a file in a process of its own, then take it part by part."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from controller.child import ChildError, stream_from_child
from controller.desk import Desk, Person
from controller.names import local_time
from controller.orders.cells import UnreadableError
from controller.orders.line import RowError
from controller.orders.look import Asking, Looked, look, look_within_limits
from controller.orders.mapping import ColumnMap
from controller.orders.open_file import Upload
from controller.orders.read import Today, settle
from controller.orders.ready import Examined, Ready, refused_whole
from controller.orders.totals import in_order, joined
from controller.outbox import SavedMap
from controller.outbox.exchange import Exchange
from controller.requests import FileTotals, Imported, Refusal, TakeOrders
from plant_config import Plant

LookAt: TypeAlias = Callable[[Asking, Plant], Awaitable[Looked]]

_PART = 10
"""Orders that the loop takes at a time: about 3 ms."""

_ROWS = 200
"""Refused rows that it takes at a time."""

_READ_WITHIN_S = 600.0
_TOO_SLOW = "The file takes too long to read, or too much memory. Split it."


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a file; nothing was recorded."""

    looked: Looked
    imported: Imported


class UnknownMapError(Exception):
    """A column map was named that nobody saved; whoever named it can correct it."""


async def in_child(asking: Asking, plant: Plant) -> Looked:
    """Look at a file in a child process."""
    ready: list[Ready] = []

    def hear(part: object) -> None:
        assert isinstance(part, tuple)
        ready.extend(part)

    try:
        looked = await stream_from_child(
            look_within_limits, asking, plant, timeout=_READ_WITHIN_S, heard=hear
        )
        return replace(looked, examined=replace(looked.examined, ready=tuple(ready)))
    except ChildError:
        return Looked(examined=Examined(refused=(UnreadableError(_TOO_SLOW).row,)))


async def inline(asking: Asking, plant: Plant) -> Looked:
    """Look at a file right here, for virtual time and small desks."""
    return look(asking, plant)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes files of orders for a desk, with the column maps of its exchange."""

    desk: Desk
    exchange: Exchange
    look_at: LookAt = inline

    def map_named(self, name: str) -> ColumnMap | None:
        """Return a saved map; None for no name. Raises UnknownMapError."""
        if not name:
            return None
        saved = self.exchange.book.maps.get(name)
        if saved is None:
            raise UnknownMapError(f"There is no column map {name!r}. Save one on the import page.")
        return saved.column_map

    def maps(self) -> tuple[SavedMap, ...]:
        """Return the saved maps by name."""
        return tuple(sorted(self.exchange.book.maps.values(), key=lambda each: each.name))

    async def check(self, upload: Upload, chosen: ColumnMap | None) -> Checked:
        """Say what would become of a file, and record nothing."""
        looked = await self._look(upload, chosen, explain=True)
        examined = await self._without_other_words(looked.examined)
        state = self.desk.state
        first_day = local_time(state, 0).date()
        today = Today(state.plant, self.desk.now_s(), state.known_orders, first_day)
        left = examined.left_alone
        whole = Imported(accepted=(), repeated=(), refused=examined.refused, left_alone=left)
        for part in _slices(examined.ready):
            read = settle(part, today, examined.names)
            accepted = tuple(each.order.id for each in read.accepted)
            whole = joined(
                whole, Imported(accepted=accepted, repeated=read.repeated, refused=read.refused)
            )
            await asyncio.sleep(0)
        return Checked(looked, replace(whole, refused=in_order(whole.refused)))

    async def take(
        self, upload: Upload, chosen: ColumnMap | None, *, actor: str, station: str
    ) -> Imported | Refusal:
        """Take a file: good orders go in, bad rows come back with the reason."""
        looked = await self._look(upload, chosen, explain=False)
        examined = await self._without_other_words(looked.examined)
        digest = _digest(upload, chosen or looked.used)
        left = examined.left_alone
        whole = Imported(accepted=(), repeated=(), refused=(), left_alone=left)
        for asked in _parts(upload.name, digest, examined):
            before = None
            if asked.before is not None:
                before = FileTotals(
                    accepted=len(whole.accepted),
                    repeated=len(whole.repeated),
                    refused=len(whole.refused),
                )
            reply = await self.desk.ask(replace(asked, before=before), actor=actor, station=station)
            if isinstance(reply, Refusal):
                return reply
            assert isinstance(reply, Imported)
            whole = joined(whole, reply)
        return replace(whole, refused=in_order(whole.refused))

    async def _look(self, upload: Upload, chosen: ColumnMap | None, *, explain: bool) -> Looked:
        saved = tuple(each.column_map for each in self.maps())
        asking = Asking(upload=upload, saved=saved, chosen=chosen, explain=explain)
        return await self.look_at(asking, self.desk.state.plant)

    async def _without_other_words(self, examined: Examined) -> Examined:
        """Refuse a repeated order whose words have changed: no digest knows them, and they may be
        knitted by now."""
        ready: list[Ready] = []
        refused = list(examined.refused)
        for at, each in enumerate(examined.ready):
            if at % _PART == 0:
                await asyncio.sleep(0)
            name = each.order.id
            changed = name in self.desk.state.known_orders and _other_words(
                self.desk.person(name), each.person
            )
            if not changed:
                ready.append(each)
                continue
            why = f"Order {name} was taken before with another text. Give a change a number of its own."
            refused += refused_whole(each.rows, name, RowError("order", why), name, examined.names)
        return replace(examined, ready=tuple(ready), refused=in_order(refused))


def _other_words(before: Person, now: Person) -> bool:
    # An erased person has no words left to compare.
    return before != Person() and before.texts != now.texts


def _slices(ready: Sequence[Ready]) -> Iterator[Sequence[Ready]]:
    for first in range(0, len(ready), _PART):
        yield ready[first : first + _PART]


def _digest(upload: Upload, column_map: ColumnMap | None) -> str:
    """Name a file with what it was taken to mean, so that a better map is another try."""
    said = hashlib.sha256(upload.content)
    if column_map is not None:
        said.update(repr(replace(column_map, name="")).encode())
    return said.hexdigest()


def _parts(name: str, digest: str, examined: Examined) -> Sequence[TakeOrders]:
    """Cut a file into parts; the last one closes it."""
    ready, refused = examined.ready, examined.refused
    count = max(1, -(-len(ready) // _PART), -(-len(refused) // _ROWS))
    return [
        TakeOrders(
            name=name,
            digest=digest,
            ready=ready[at * _PART : (at + 1) * _PART],
            refused=refused[at * _ROWS : (at + 1) * _ROWS],
            names=examined.names,
            before=FileTotals() if at == count - 1 else None,
        )
        for at in range(count)
    ]
