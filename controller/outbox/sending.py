"""The outbox at work: it follows the journal and delivers, beside the loop and never in its way."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from controller.desk import Desk
from controller.journal import JournalError
from controller.outbox.book import Delivery, DropDelivery, ExchangeWriting, PutDelivery, Stand
from controller.outbox.exchange import Exchange, digest
from controller.outbox.follow import Audience, News, Telling, addressed, envelope, follow
from controller.outbox.post import Post
from controller.outbox.retry import Arrived, Came, NotYet, after

_log = structlog.get_logger("lotwright.outbox")

_LOOK_S = 0.2
"""Real seconds in which events are gathered before they are looked at."""

_IDLE_S = 60.0
"""A sleeper looks at the wall clock this often."""

_DISK_S = 5.0
_PART = 500
"""Events that are followed at a time."""


class Opening(Protocol):
    """Tells when the journal is folded."""

    async def wait(self) -> object:
        """Wait for it."""
        ...


class Outbox:
    """Owns a way to each receiver and the tasks that use it."""

    def __init__(
        self,
        desk: Desk,
        exchange: Exchange,
        audiences: Sequence[Audience],
        posts: Mapping[str, Post],
        chance: random.Random,
    ) -> None:
        self._desk = desk
        self._exchange = exchange
        self._audiences = tuple(audiences)
        self._posts = posts
        self._chance = chance
        self._news = asyncio.Event()
        self._woken = {name: asyncio.Event() for name in posts}
        exchange.wakes.append(self.wake)

    async def work(self, opened: Opening) -> None:
        """Follow and deliver until cancelled."""
        await opened.wait()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._follow())
                for name in self._posts:
                    tasks.create_task(self._serve(name))
        finally:
            for post in self._posts.values():
                await post.close()

    def wake(self) -> None:
        """Look again at what is due: a person wants another try."""
        for event in self._woken.values():
            event.set()

    async def _listen(self) -> None:
        async for _ in self._desk.touched():
            self._news.set()

    async def _follow(self) -> None:
        while True:
            self._news.clear()
            while self._exchange.book.seq < self._desk.state.seq:
                await self._follow_on()
            await self._news.wait()
            await asyncio.sleep(_LOOK_S)

    async def _follow_on(self) -> None:
        events = await self._desk.events(self._exchange.book.seq)
        for first in range(0, len(events), _PART):
            part = events[first : first + _PART]
            followed = follow(self._exchange.book, part, self._telling())
            if followed.deliveries or followed.told or followed.closed:
                await self._keep(followed)
                self.wake()
            else:
                # Nothing came of them, so another look after a crash does no harm.
                self._exchange.book.seq = followed.seq
            await asyncio.sleep(0)

    async def _serve(self, receiver: str) -> None:
        """Deliver to one receiver, one try after the other; others do not wait for it."""
        rests_until = 0
        while True:
            self._woken[receiver].clear()
            now = self._exchange.now()
            batch = self._due(receiver, now) if now >= rests_until else []
            if not batch:
                await self._sleep(receiver, now, rests_until)
                continue
            came = await self._posts[receiver].send(batch, now)
            done = await self._note(batch, came)
            away = isinstance(came, NotYet) and came.away
            rests_until = done if away else 0

    def _due(self, receiver: str, now: int) -> list[Delivery]:
        """Return what goes now: when something is due, what is gathered goes with it."""
        waiting = self._waiting(receiver)
        if not any(each.due <= now for each in waiting):
            return []
        most = self._posts[receiver].most
        if most == 1:
            waiting = [each for each in waiting if each.due <= now]
        return sorted(waiting, key=lambda each: (each.due, each.made))[:most]

    def _waiting(self, receiver: str) -> list[Delivery]:
        return [
            each
            for each in self._exchange.book.deliveries.values()
            if each.receiver == receiver and each.stand is Stand.WAITING
        ]

    async def _sleep(self, receiver: str, now: int, rests_until: int) -> None:
        dues = [each.due for each in self._waiting(receiver)]
        until = max(min(dues, default=now + int(_IDLE_S)), rests_until)
        try:
            async with asyncio.timeout(max(0.05, min(_IDLE_S, until - now))):
                await self._woken[receiver].wait()
        except TimeoutError:
            return

    async def _note(self, batch: Sequence[Delivery], came: Came) -> int:
        """Keep what a try came to; return when the first of them is due again."""
        now = self._exchange.now()
        writings: list[ExchangeWriting] = []
        due = now
        for each in batch:
            if each.id not in self._exchange.book.deliveries:
                continue  # a person dropped it meanwhile
            if isinstance(came, Arrived):
                writings.append(DropDelivery(each.id))
                continue
            tried = after(each, came, now, self._chance)
            due = max(due, tried.due)
            writings.append(PutDelivery(tried))
            if tried.stand is Stand.FAILED:
                writings += self._told_of_failure(tried, now)
        says = "" if isinstance(came, Arrived) else came.why
        _log.info("delivery", receiver=batch[0].receiver, count=len(batch), says=says or "arrived")
        await self._keep(*writings)
        if any(isinstance(each, PutDelivery) and each.delivery.tries == 0 for each in writings):
            self.wake()
        return due

    def _told_of_failure(self, failed: Delivery, now: int) -> list[ExchangeWriting]:
        """Others hear of what could not be delivered, unless it was just such a message."""
        if failed.kind == "delivery.failed":
            return []
        data = {
            "event": failed.event,
            "receiver": failed.receiver,
            "kind": failed.kind,
            "about": failed.about,
            "why": failed.says,
        }
        news = News("delivery.failed", failed.about, data)
        event = digest(failed.id, str(failed.made), "failed")
        telling = self._telling()
        others = tuple(each for each in telling.audiences if each.receiver != failed.receiver)
        utc = self._exchange.moment().isoformat()
        body = envelope(news, event, utc, telling.plant, self._desk.state.seq)
        found = addressed(news, event, body, replace(telling, audiences=others, now=now))
        return [PutDelivery(each) for each in found]

    def _telling(self) -> Telling:
        state = self._desk.state
        return Telling(
            plant=state.plant.label,
            origin_utc=state.origin_utc,
            audiences=self._audiences,
            now=self._exchange.now(),
        )

    async def _keep(self, *writings: ExchangeWriting) -> None:
        """Keep on trying: what is sent and not noted is sent again after a restart."""
        while True:
            try:
                await self._exchange.keep(*writings)
            except JournalError as error:
                _log.warning("outbox not kept", why=str(error))
                await asyncio.sleep(_DISK_S)
            else:
                return
