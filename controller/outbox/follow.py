"""What the journal says becomes what other systems are told; a pure step from event to deliveries."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from controller import events as e
from controller.outbox.book import Delivery, ExchangeBook, Followed, Told
from controller.outbox.exchange import digest

Said: TypeAlias = "str | int | bool | None"

LOUD = ("urgent", "high")
"""Priorities of alarms that go out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is told of what, and how long their news are gathered."""

    receiver: str
    kinds: frozenset[str]
    gather_s: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell, before it is known to whom."""

    kind: str
    about: str
    data: Mapping[str, Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What telling depends on besides the event."""

    plant: str
    origin_utc: str
    audiences: tuple[Audience, ...]
    now: int
    """UTC seconds."""


def follow(book: ExchangeBook, events: tuple[e.Stamped, ...], telling: Telling) -> Followed:
    """Return what events (at least one) cause, with the cursor behind them."""
    told = dict(book.told)
    closed: set[str] = set()
    deliveries: list[Delivery] = []
    for stamped in events:
        for news in _news(stamped, told, closed, telling):
            deliveries += deliver(news, stamped, telling)
    changed = tuple(each for name, each in told.items() if book.told.get(name) != each)
    return Followed(events[-1].seq, tuple(deliveries), changed, tuple(sorted(closed)))


def deliver(news: News, stamped: e.Stamped, telling: Telling) -> Iterator[Delivery]:
    """Address news to everybody who wants such."""
    # The hash names the event in its chain, so another journal's event 17 is another one.
    event = digest(stamped.hash, str(stamped.seq), news.kind, news.about)
    body = envelope(news, event, stamped.utc, telling.plant, stamped.seq)
    yield from addressed(news, event, body, telling)


def envelope(news: News, event: str, utc: str, plant: str, seq: int) -> str:
    """Write news as the JSON that receivers get."""
    said = {
        "id": event,
        "kind": news.kind,
        "at": utc,
        "plant": plant,
        "seq": seq,
        "data": dict(news.data),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def addressed(news: News, event: str, body: str, telling: Telling) -> Iterator[Delivery]:
    """Make a delivery for each audience of the news."""
    for audience in telling.audiences:
        if news.kind in audience.kinds:
            yield Delivery(
                id=digest(event, audience.receiver),
                event=event,
                receiver=audience.receiver,
                kind=news.kind,
                about=news.about,
                body=body,
                made=telling.now,
                due=telling.now + audience.gather_s,
            )


def _news(
    stamped: e.Stamped, told: dict[str, Told], closed: set[str], telling: Telling
) -> Iterator[News]:
    match stamped.event:
        case e.OrderAccepted(order=order):
            told[order.id] = Told(order=order.id, due_s=order.due_s)
            due = _utc(telling, order.due_s)
            yield News(
                "order.accepted",
                f"order {order.id}",
                {"order": order.id, "carrier": order.cut_off, "due_at": due},
            )
        case e.PlanPublished() as plan:
            yield from _projected(plan, told, telling)
        case e.OrderShipped(order=name, carrier=carrier, on_time=on_time):
            _close(name, told, closed)
            yield News(
                "order.shipped",
                f"order {name}",
                {"order": name, "carrier": carrier, "on_time": on_time},
            )
        case e.OrderCancelled(order=name):
            _close(name, told, closed)
            yield News("order.cancelled", f"order {name}", {"order": name})
        case e.AlarmRaised() as alarm if alarm.priority in LOUD:
            said: dict[str, Said] = {"alarm": alarm.id, "source": alarm.source}
            said |= {"priority": alarm.priority, "says": alarm.says}
            yield News("alarm.raised", alarm.source, said)
        case _:
            pass


def _close(name: str, told: dict[str, Told], closed: set[str]) -> None:
    told.pop(name, None)
    closed.add(name)


def _projected(plan: e.PlanPublished, told: dict[str, Told], telling: Telling) -> Iterator[News]:
    """The first plan with an order is its promise; later ones are told when it turns late, or in time
    again."""
    nine_in_ten = dict(plan.late_ends)
    for name, end_s in plan.ends:
        known = told.get(name)
        if known is None:
            continue
        late = end_s > known.due_s
        if known.promised and known.late == late:
            continue
        told[name] = replace(known, promised=True, late=late)
        nine_s = nine_in_ten.get(name)
        data: dict[str, Said] = {
            "order": name,
            "due_at": _utc(telling, known.due_s),
            "projected_at": _utc(telling, end_s),
            "nine_in_ten_at": None if nine_s is None else _utc(telling, nine_s),
            "in_time": not late,
        }
        kind = "order.changed" if known.promised else "order.promised"
        yield News(kind, f"order {name}", data)


def _utc(telling: Telling, at_s: int) -> str:
    return (datetime.fromisoformat(telling.origin_utc) + timedelta(seconds=at_s)).isoformat()
