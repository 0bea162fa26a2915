"""Status out: what is told, to whom, in which order, and what happens when nobody listens."""

import asyncio
import json
import random
from dataclasses import dataclass, field, replace
from itertools import pairwise

import gloves
import pytest

from controller import events as e
from controller.clock import LoopClock
from controller.fold import apply
from controller.journal import Draft, InlineJournal, Memory
from controller.outbox import Delivery, ExchangeBook, Stand
from controller.outbox.exchange import Exchange
from controller.outbox.follow import Audience, Telling, follow
from controller.outbox.retry import MOST_TRIES, Arrived, Never, NotYet, after, judged, pause_s
from controller.outbox.sending import Outbox
from controller.outbox.settings import KINDS, NOTICE_KINDS, ORDER_KINDS
from controller.state import State
from simulators.clock import run

SHOP = Audience(receiver="shop", kinds=frozenset(ORDER_KINDS))
MAIL = Audience(receiver="mail", kinds=frozenset(NOTICE_KINDS), gather_s=60)
TELLING = Telling(
    plant="Glove works", origin_utc=gloves.ORIGIN.isoformat(), audiences=(SHOP, MAIL), now=1000
)


def accepted(name="4127", due_s=gloves.NOON_S):
    order = gloves.order(name, "moss", due_s=due_s)
    return e.OrderAccepted(order=order, cost_cents=0, premium_cents=0)


def planned(number=1, late_ends=(), **ends):
    return e.PlanPublished(
        number=number,
        why="",
        slots=(),
        levels=(),
        bound=None,
        tiers=(),
        took_ms=1,
        answers=0,
        ends=tuple((name[1:], end_s) for name, end_s in ends.items()),
        late_ends=late_ends,
    )


def alarm(priority="urgent", about="machine P3"):
    return e.AlarmRaised(id=f"failed:{about}", source=about, priority=priority, says="It stopped.")


def told(*facts, book=None):
    """Follow facts one after the other and return (kind, data) for the shop and mail."""
    book = book or ExchangeBook()
    found = []
    for stamped in gloves.stamp((60 * at, fact) for at, fact in enumerate(facts)):
        followed = follow(book, (replace(stamped, hash=f"h{stamped.seq}"),), TELLING)
        book.apply(followed)
        found += [(each.kind, json.loads(each.body)["data"]) for each in followed.deliveries]
    return found


def test_an_order_is_told_from_acceptance_to_the_truck():
    news = told(
        accepted(),
        planned(_4127=gloves.NOON_S - 60, late_ends=(("4127", gloves.NOON_S - 10),)),
        e.OrderShipped(order="4127", carrier="Nord Parcel", on_time=True),
    )
    assert news == [
        (
            "order.accepted",
            {
                "order": "4127",
                "carrier": "Nord Parcel",
                "due_at": "2026-11-24T11:00:00+00:00",
            },
        ),
        (
            "order.promised",
            {
                "order": "4127",
                "due_at": "2026-11-24T11:00:00+00:00",
                "projected_at": "2026-11-24T10:59:00+00:00",
                "nine_in_ten_at": "2026-11-24T10:59:50+00:00",
                "in_time": True,
            },
        ),
        ("order.shipped", {"order": "4127", "carrier": "Nord Parcel", "on_time": True}),
    ]


def test_a_change_is_told_when_an_order_turns_late_or_in_time_again_and_not_otherwise():
    early, late = gloves.NOON_S - 600, gloves.NOON_S + 1
    news = told(
        accepted(),
        planned(1, _4127=early),
        planned(2, _4127=early - 60),
        planned(3, _4127=late),
        planned(4, _4127=late + 500),
        planned(5, _4127=early),
    )
    assert [(kind, data.get("in_time")) for kind, data in news[1:]] == [
        ("order.promised", True),
        ("order.changed", False),
        ("order.changed", True),
    ]


def test_nothing_is_told_of_an_order_that_was_taken_back_or_shipped():
    cancelled = e.OrderCancelled(order="4127", reason="Ada Berg called", sunk_cents=0)
    news = told(accepted(), cancelled, planned(_4127=gloves.NOON_S + 1))
    assert [kind for kind, _ in news] == ["order.accepted", "order.cancelled"]
    assert "Ada" not in json.dumps(news)


@pytest.mark.parametrize(
    ("priority", "goes"), [("urgent", 1), ("high", 1), ("low", 0), ("note", 0)]
)
def test_only_alarms_that_matter_go_out(priority, goes):
    assert len(told(alarm(priority))) == goes


def test_an_event_has_the_same_id_for_all_receivers_and_another_one_in_another_journal():
    both = replace(TELLING, audiences=(SHOP, replace(SHOP, receiver="erp")))
    (stamped,) = gloves.stamp([(0, accepted())])
    one, two = follow(ExchangeBook(), (stamped,), both).deliveries
    assert one.event == two.event
    assert one.id != two.id
    other = follow(ExchangeBook(), (replace(stamped, hash="other"),), both).deliveries[0]
    assert other.event != one.event


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, Arrived) for status in (200, 204)),
        *((status, Never) for status in (301, 400, 401, 404)),
        *((status, NotYet) for status in (408, 429, 500, 503)),
    ],
)
def test_what_a_status_means(status, kind):
    assert isinstance(judged(status), kind)


def test_pauses_double_to_an_hour_and_all_tries_take_about_a_day():
    chance = random.Random(1)
    pauses = [pause_s(tries, chance) for tries in range(1, MOST_TRIES)]
    assert 4 <= pauses[0] <= 6
    assert all(pause <= 3600 * 1.2 for pause in pauses)
    assert 18 * 3600 < sum(pauses) < 30 * 3600
    assert len({pause_s(5, chance) for _ in range(20)}) > 5


def test_a_receiver_that_asks_for_quiet_gets_it():
    delivery = Delivery(
        id="1", event="e", receiver="shop", kind="k", about="", body="{}", made=0, due=0
    )
    tried = after(delivery, NotYet("busy", after_s=900), 100, random.Random(1))
    assert (tried.due, tried.tries, tried.says) == (1000, 1, "busy")


@dataclass
class Wall:
    """A receiver that answers as it is told to, and remembers what it was sent and when."""

    answers: list = field(default_factory=list)
    most: int = 1
    heard: list = field(default_factory=list)
    takes_s: float = 0.0

    async def send(self, deliveries, now):
        await asyncio.sleep(self.takes_s)
        self.heard.append((now, [json.loads(each.body) for each in deliveries]))
        return self.answers.pop(0) if self.answers else Arrived()

    async def close(self):
        pass

    @property
    def kinds(self):
        return [said["kind"] for _, batch in self.heard for said in batch]


@dataclass
class SmallDesk:
    """As much of a desk as an outbox needs, over a journal that survives a crash."""

    journal: InlineJournal
    state: State = field(default_factory=lambda: State(gloves.PLANT))
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self):
        for stamped in await self.journal.read():
            apply(self.state, stamped)
        if not self.state.seq:
            await self.record(
                e.PlantOpened(plant="gloves", digest="d", origin_utc=gloves.ORIGIN.isoformat())
            )

    async def record(self, *facts):
        drafts = [
            Draft(event=fact, at_s=self.state.at_s, utc="2026-11-24T05:00:00+00:00")
            for fact in facts
        ]
        for stamped in await self.journal.append(drafts):
            apply(self.state, stamped)
        self.bell.set()

    async def touched(self):
        while True:
            await self.bell.wait()
            self.bell.clear()
            yield frozenset()

    async def events(self, after=0):
        return await self.journal.read(after)


@dataclass
class Life:
    """One life of a controller's outbox."""

    desk: SmallDesk
    exchange: Exchange
    working: asyncio.Task

    async def end(self):
        self.working.cancel()
        await asyncio.gather(self.working, return_exceptions=True)


async def begin(memory, audiences=(SHOP,), **posts):
    journal = InlineJournal(memory)
    desk = SmallDesk(journal)
    await desk.open()
    exchange = Exchange(journal, LoopClock(gloves.ORIGIN).utc)
    outbox = Outbox(desk, exchange, audiences, posts, random.Random(7))
    opened = asyncio.Event()
    opened.set()
    return Life(desk, exchange, asyncio.create_task(outbox.work(opened)))


def test_what_happens_is_told_once_and_then_forgotten():
    async def scene():
        shop = Wall()
        life = await begin(Memory(), shop=shop)
        await life.desk.record(accepted("1"), accepted("2"))
        await asyncio.sleep(5)
        assert [said["data"]["order"] for _, (said,) in shop.heard] == ["1", "2"]
        assert life.exchange.book.deliveries == {}
        assert not life.working.done()
        await life.end()

    run(scene())


def test_a_receiver_that_fails_is_tried_again_with_the_same_id_until_it_has_it():
    async def scene():
        shop = Wall([NotYet("It answered 500."), NotYet("away", away=True), Arrived()])
        life = await begin(Memory(), shop=shop)
        await life.desk.record(accepted())
        await asyncio.sleep(60)
        assert len(shop.heard) == 3
        assert len({said["id"] for _, (said,) in shop.heard}) == 1
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(shop.heard)]
        assert 4 <= gaps[0] <= 7
        assert 8 <= gaps[1] <= 13
        await life.end()

    run(scene())


@pytest.mark.parametrize("die_at", [0.05, 0.21, 0.25, 0.5, 3.0, 6.0])
def test_a_crash_loses_nothing_and_doubles_only_what_was_on_its_way(die_at):
    async def scene():
        memory, shop = Memory(), Wall([NotYet("500")], takes_s=0.1)
        life = await begin(memory, shop=shop)
        await life.desk.record(accepted("1"))
        await asyncio.sleep(die_at)
        await life.end()
        life = await begin(memory, shop=shop)
        await life.desk.record(accepted("2"))
        await asyncio.sleep(120)
        ids = {said["id"]: said["data"]["order"] for _, (said,) in shop.heard}
        assert sorted(ids.values()) == ["1", "2"]
        assert life.exchange.book.deliveries == {}
        await life.end()

    run(scene())


def test_what_orders_were_told_survives_a_crash_too():
    async def scene():
        memory, shop = Memory(), Wall()
        life = await begin(memory, shop=shop)
        await life.desk.record(accepted(), planned(1, _4127=gloves.NOON_S - 60))
        await asyncio.sleep(5)
        await life.end()
        life = await begin(memory, shop=shop)
        await life.desk.record(planned(2, _4127=gloves.NOON_S - 90))
        await life.desk.record(planned(3, _4127=gloves.NOON_S + 90))
        await asyncio.sleep(5)
        assert shop.kinds == ["order.accepted", "order.promised", "order.changed"]
        await life.end()

    run(scene())


def test_what_is_refused_for_good_is_not_tried_again_and_people_hear_of_it():
    async def scene():
        shop, mail = Wall([Never("It answered 404.")]), Wall(most=50)
        life = await begin(Memory(), (SHOP, MAIL), shop=shop, mail=mail)
        await life.desk.record(accepted())
        await asyncio.sleep(90_000)
        assert len(shop.heard) == 1
        (failed,) = life.exchange.book.deliveries.values()
        assert (failed.stand, failed.says) == (Stand.FAILED, "It answered 404.")
        assert mail.kinds == ["delivery.failed"]
        (said,) = mail.heard[0][1]
        assert said["data"]["receiver"] == "shop"
        await life.end()

    run(scene())


def test_a_receiver_that_is_away_is_given_up_after_about_a_day():
    async def scene():
        shop = Wall([NotYet("away", away=True)] * 1000)
        life = await begin(Memory(), shop=shop)
        await life.desk.record(accepted())
        await asyncio.sleep(16 * 3600)
        assert [each.stand for each in life.exchange.book.deliveries.values()] == [Stand.WAITING]
        await asyncio.sleep(14 * 3600)
        assert [each.stand for each in life.exchange.book.deliveries.values()] == [Stand.FAILED]
        assert len(shop.heard) <= MOST_TRIES
        await life.end()

    run(scene())


def test_a_person_has_it_tried_again_or_drops_it():
    async def scene():
        shop = Wall([Never("404"), Never("404"), Arrived()])
        life = await begin(Memory(), shop=shop)
        await life.desk.record(accepted("1"), accepted("2"))
        await asyncio.sleep(5)
        one, two = life.exchange.book.deliveries
        assert await life.exchange.try_again(one)
        assert await life.exchange.drop(two)
        await asyncio.sleep(5)
        assert len(shop.heard) == 3
        assert life.exchange.book.deliveries == {}
        assert not await life.exchange.try_again(one)
        assert not await life.exchange.drop(one)
        await life.end()

    run(scene())


def test_a_slow_receiver_holds_up_no_other():
    async def scene():
        slow, quick = Wall(takes_s=30.0), Wall()
        both = (SHOP, replace(SHOP, receiver="erp"))
        life = await begin(Memory(), both, shop=slow, erp=quick)
        await life.desk.record(*(accepted(str(n)) for n in range(10)))
        await asyncio.sleep(3)
        assert len(quick.heard) == 10
        assert slow.heard == []
        await life.end()

    run(scene())


def test_a_burst_of_alarms_is_one_mail():
    async def scene():
        mail = Wall(most=50)
        life = await begin(Memory(), (MAIL,), mail=mail)
        await life.desk.record(alarm(about="machine P1"))
        await asyncio.sleep(30)
        await life.desk.record(alarm(about="machine P2"), alarm(about="machine P3"))
        await asyncio.sleep(200)
        assert [len(batch) for _, batch in mail.heard] == [3]
        await life.desk.record(alarm(about="machine P4"))
        await asyncio.sleep(200)
        assert [len(batch) for _, batch in mail.heard] == [3, 1]
        await life.end()

    run(scene())


def test_a_new_receiver_is_not_told_what_happened_before_it_was_there():
    async def scene():
        memory = Memory()
        life = await begin(memory, ())
        await life.desk.record(accepted("1"))
        await asyncio.sleep(5)
        await life.end()
        shop = Wall()
        life = await begin(memory, shop=shop)
        await life.desk.record(planned(1, _1=gloves.NOON_S - 60))
        await asyncio.sleep(5)
        assert shop.kinds == ["order.promised"]
        await life.end()

    run(scene())


def test_the_names_of_events_are_known_to_the_settings():
    assert set(KINDS) == set(ORDER_KINDS) | set(NOTICE_KINDS)
