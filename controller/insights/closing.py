"""The journal of a day becomes its closing card."""

from collections.abc import Iterable
from typing import TypeAlias

from controller.events import OrderAccepted, Stamped
from controller.insights.card import (
    Cancelled,
    ClosingCard,
    Departure,
    Money,
    Repairs,
    Variety,
)
from controller.insights.comparison import Comparison
from controller.insights.day import Batches, Changeovers, Cycle, Day, add_up, curve, nouns
from controller.insights.history import History, Run, read_history, scrap_by_operation
from controller.insights.made import MadeEntry, count_made
from controller.insights.sentence import what_went_wrong
from controller.names import wall_clock
from plant_config import Plant, Routing, route


def close(
    events: Iterable[Stamped],
    plant: Plant,
    made: Iterable[MadeEntry] | None = None,
    comparison: Comparison | None = None,
    *,
    verified: bool | None = None,
) -> ClosingCard:
    """Fold the journal into the card of its last closed day, or of the open one when none is."""
    history = read_history(events)
    span = _span(history)
    orders = _due(history, span)
    routings = {name: route(accepted.order, plant) for name, accepted in orders.items()}
    runs = [run for run in history.runs.values() if span[0] < run.intended_s <= span[1]]
    day = _day(history, plant, orders, runs)
    count = None
    if made is not None:
        by_hand = scrap_by_operation(history.runs.values())
        count = count_made(made, routings, plant, by_hand, history.condemned)
    return ClosingCard(
        plant=plant.label,
        date=_date(history, plant, span[1]),
        origin_utc=history.origin_utc,
        timezone=plant.timezone,
        closed_s=history.closed_s[-1] if history.closed_s else None,
        events=history.events,
        verified=verified,
        shipped=sum(name in history.shipped for name in orders),
        sentence=what_went_wrong(history, plant, tuple(orders), span),
        day=day,
        first_come=None if comparison is None else comparison.first_come,
        departures=_departures(history, orders),
        made=count,
        repairs=_repairs(history, span),
        refused_rows=history.refused_rows,
        cancelled=_cancelled(history, span),
        noun=_noun(plant, orders),
        quantity=_quantity(orders),
        variety=None if comparison is None else _variety(comparison),
        money=None if comparison is None else _money(plant, orders, comparison),
    )


_Orders: TypeAlias = dict[str, OrderAccepted]


def _span(history: History) -> tuple[int, int]:
    """Return (after, up to) in seconds of the day that the card is about."""
    before_s, *_ = (*history.closed_s[-2:-1], -1)
    return before_s, history.closed_s[-1] if history.closed_s else 2**62


def _due(history: History, span: tuple[int, int]) -> _Orders:
    return {
        name: accepted
        for name, accepted in history.accepted.items()
        if span[0] < accepted.order.due_s <= span[1] and name not in history.cancelled
    }


def _cancelled(history: History, span: tuple[int, int]) -> Cancelled:
    taken = [event for at_s, event in history.cancelled.values() if span[0] < at_s <= span[1]]
    return Cancelled(count=len(taken), sunk_cents=sum(event.sunk_cents for event in taken))


def _day(history: History, plant: Plant, orders: _Orders, runs: list[Run]) -> Day:
    packed = {name: history.packed_s[name] for name in orders if name in history.packed_s}
    on_time = [name for name, at_s in packed.items() if at_s <= orders[name].order.due_s]
    return Day(
        due=len(orders),
        on_time=len(on_time),
        packed=curve(packed),
        last_packed_s=max(packed.values(), default=None) if len(packed) == len(orders) else None,
        batches=_batches(history, plant, runs),
        changeovers=_changeovers(runs),
    )


def _batches(history: History, plant: Plant, runs: list[Run]) -> tuple[Batches, ...]:
    routings: dict[str, Routing] = {}
    cycles: list[Cycle] = []
    noun_of = nouns(plant)
    for run in runs:
        job = run.intended.job
        group = plant.group_of(job.machine)
        if not run.happened or group.name not in noun_of:
            continue
        filled = 0
        for member in job.members:
            owner = member.operation.partition("/")[0]
            if owner not in routings:
                routings[owner] = route(history.accepted[owner].order, plant)
            filled += routings[owner].operations[member.operation].size
        cycles.append(Cycle(group.name, filled, group.batch.capacity, _took_s(run)))
    return add_up(cycles, noun_of)


def _took_s(run: Run) -> int:
    """Return how long the cycle took without its setup, which a machine reports as running too."""
    if run.began_s is None or run.ended_s is None:
        return 0
    return max(0, run.ended_s - run.began_s - run.intended.setup_s)


def _changeovers(runs: list[Run]) -> Changeovers:
    made = [run.intended for run in runs if run.happened and run.intended.setup_says]
    return Changeovers(
        count=len(made),
        takes_s=sum(intended.setup_s for intended in made),
        cents=sum(intended.setup_cents for intended in made),
        cleaning_s=sum(intended.setup_s for intended in made if intended.cleaning),
    )


def _departures(history: History, orders: _Orders) -> tuple[Departure, ...]:
    asked: dict[tuple[int, str], list[str]] = {}
    for name, accepted in orders.items():
        asked.setdefault((accepted.order.due_s, accepted.order.cut_off), []).append(name)
    never = 2**62
    return tuple(
        Departure(
            carrier=carrier,
            at_s=at_s,
            due=len(names),
            on_time=sum(history.packed_s.get(name, never) <= at_s for name in names),
        )
        for (at_s, carrier), names in sorted(asked.items())
    )


def _repairs(history: History, span: tuple[int, int]) -> Repairs:
    later = [plan for at_s, plan in history.plans if span[0] < at_s <= span[1] and plan.number > 1]
    return Repairs(count=len(later), longest_ms=max((plan.took_ms for plan in later), default=0))


def _date(history: History, plant: Plant, until_s: int) -> str:
    if not history.origin_utc:
        return ""
    at_s = min(until_s, history.last_s)
    day = wall_clock(history.origin_utc, plant.timezone, at_s)
    return f"{day:%A} {day.day} {day:%B %Y}"


def _noun(plant: Plant, orders: _Orders) -> str:
    made = {line.spec.product for accepted in orders.values() for line in accepted.order.lines}
    said = {plant.products[product].noun for product in made}
    return said.pop() if len(said) == 1 else "piece"


def _quantity(orders: _Orders) -> int:
    return sum(line.quantity for accepted in orders.values() for line in accepted.order.lines)


def _variety(comparison: Comparison) -> Variety:
    return Variety(
        different_s=comparison.different.hours_s,
        alike_s=comparison.alike.hours_s,
        permille=comparison.variety_permille,
    )


def _money(plant: Plant, orders: _Orders, comparison: Comparison) -> Money:
    premium_cents = sum(accepted.premium_cents for accepted in orders.values())
    return Money(
        currency=plant.rates.currency,
        premium_cents=round(premium_cents / (_quantity(orders) or 1)),
        extra_cents=comparison.extra_cents,
        source=plant.rates.source,
    )
