"""The exchange with other systems, put together: intake, shop, inbox, outbox."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from controller.clock import ClockPort, RealClock
from controller.desk import Desk
from controller.orders.folder import Folder
from controller.orders.intake import Intake, LookAt, in_child
from controller.orders.webhook import ShopDoor
from controller.outbox.exchange import Exchange, ExchangeStore, Unkept
from controller.outbox.follow import Audience
from controller.outbox.mail import GATHER_S, MailPost
from controller.outbox.post import HttpPost, Post
from controller.outbox.sending import Outbox
from controller.outbox.settings import Integrations, Opened

_log = structlog.get_logger("lotwright.exchange")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What pages and webhooks need of the exchange."""

    intake: Intake
    door: ShopDoor
    receivers: tuple[str, ...] = ()

    @property
    def exchange(self) -> Exchange:
        """Return the book."""
        return self.intake.exchange


def bare(desk: Desk) -> Traffic:
    """Return the traffic of a desk that has no integrations and keeps nothing."""
    intake = Intake(desk, Exchange(Unkept(), RealClock().utc))
    return Traffic(intake, ShopDoor(intake))


@contextlib.asynccontextmanager
async def trading(
    opened: Opened,
    desk: Desk,
    folded: asyncio.Event,
    store: ExchangeStore,
    clock: ClockPort,
    *,
    look_at: LookAt = in_child,
) -> AsyncIterator[Traffic]:
    """Follow the journal, deliver, and look into the inbox while the service runs."""
    exchange = Exchange(store, clock.utc)
    intake = Intake(desk, exchange, look_at)
    found = opened.integrations
    mapping = found.shop.mapping if found.shop is not None else ""
    posts = posts_of(opened, desk.state.plant.label)
    chance = random.Random(secrets.randbits(64))  # noqa: S311 it spreads pauses
    outbox = Outbox(desk, exchange, audiences_of(found), posts, chance)
    working = [_watched(asyncio.create_task(outbox.work(folded)))]
    if found.inbox is not None:
        folder = Folder(found.inbox.folder, intake, found.inbox.mapping)
        working.append(_watched(asyncio.create_task(_after(folded, folder))))
    try:
        yield Traffic(intake, ShopDoor(intake, opened.shop_secret, mapping), tuple(posts))
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


def audiences_of(found: Integrations) -> tuple[Audience, ...]:
    """Return who is told of what."""
    told = tuple(
        Audience(receiver=each.name, kinds=frozenset(each.events)) for each in found.receivers
    )
    if found.mail is None:
        return told
    mail = found.mail
    return (*told, Audience(receiver=mail.name, kinds=frozenset(mail.events), gather_s=GATHER_S))


def posts_of(opened: Opened, plant: str) -> dict[str, Post]:
    """Return a way to each receiver."""
    found = opened.integrations
    posts: dict[str, Post] = {
        each.name: HttpPost(each.url, opened.secrets[each.name]) for each in found.receivers
    }
    if found.mail is not None:
        password = opened.secrets.get(found.mail.name, "")
        posts[found.mail.name] = MailPost(found.mail, password, plant)
    return posts


async def _after(folded: asyncio.Event, folder: Folder) -> None:
    await folded.wait()
    await folder.work()


def _watched(task: "asyncio.Task[None]") -> "asyncio.Task[None]":
    """A fault here is written down and ends this task only; the plant goes on."""
    task.add_done_callback(_note)
    return task


def _note(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("exchange ended", exc_info=error)
