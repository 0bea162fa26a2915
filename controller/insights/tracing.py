"""The journal becomes the life of each order: a fold beside the state that gives way to others."""

from collections.abc import Iterator

from controller import events as e
from controller.insights.genealogy import Kind, Life, Lives, order_id, tell
from controller.insights.tracing_work import take_work
from scheduler import Slot

KEPT_S = 7 * 86_400
"""Plant seconds for which an order that left can still be looked at; assumed."""
KEPT = 5_000
"""Orders that left and can still be looked at; more are forgotten, the oldest first."""
_MOVED_S = 300
"""A plan that changes an order's slack by less is not worth a line."""
_STRIDE = 400
"""Slots that are read before others get their turn."""


def take(lives: Lives, stamped: e.Stamped) -> Iterator[None]:
    """Fold one fact; yields where others may have their turn."""
    lives.seq = stamped.seq
    match stamped.event:
        case e.PlanPublished():
            yield from _planned(lives, stamped, stamped.event)
        case (
            e.OrderAccepted()
            | e.OrderPacked()
            | e.OrderShipped()
            | e.OrderCancelled()
            | e.OrderDropped()
            | e.PersonErased()
            | e.ToteAssigned()
            | e.WishGranted()
            | e.WishWithdrawn()
        ):
            _order(lives, stamped)
        case _:
            take_work(lives, stamped)


def _order(lives: Lives, stamped: e.Stamped) -> None:
    event = stamped.event
    if isinstance(event, e.OrderAccepted):
        _accepted(lives, stamped, event)
        return
    if isinstance(event, e.WishGranted | e.WishWithdrawn):
        _wish(lives, stamped, event)
        return
    name = getattr(event, "order", "")
    life = lives.of.get(name)
    if life is None:
        return
    match event:
        case e.OrderPacked():
            life.packed_s = stamped.at_s
            tell(life, stamped, Kind.PACKED, slack_s=life.order.due_s - stamped.at_s)
        case e.OrderShipped(carrier=carrier, on_time=on_time):
            life.shipped_s, life.on_time = stamped.at_s, on_time
            tell(life, stamped, Kind.SHIPPED, detail=carrier)
            _leave(lives, life, stamped.at_s)
        case e.OrderCancelled(reason=reason, sunk_cents=sunk):
            life.sunk_cents = sunk
            life.cancelled = tell(life, stamped, Kind.CANCELLED, detail=reason, good=event.running)
        case e.OrderDropped():
            tell(life, stamped, Kind.DROPPED)
            _leave(lives, life, stamped.at_s)
        case e.PersonErased():
            life.erased_s = stamped.at_s
            tell(life, stamped, Kind.ERASED)
        case e.ToteAssigned(tote=tote):
            life.tote = tote
            tell(life, stamped, Kind.TOTE, detail=tote)
        case _:
            pass


def _accepted(lives: Lives, stamped: e.Stamped, event: e.OrderAccepted) -> None:
    life = Life(
        order=event.order,
        cost_cents=event.cost_cents,
        accepted_s=stamped.at_s,
        accepted_by=stamped.actor,
    )
    lives.of[event.order.id] = life
    lives.unplanned.add(event.order.id)
    tell(life, stamped, Kind.ACCEPTED)


def _leave(lives: Lives, life: Life, at_s: int) -> None:
    """What left long ago, or before many others, is forgotten."""
    name = life.order.id
    life.left_s = at_s
    life.first.clear()
    lives.unplanned.discard(name)
    lives.gone[name] = at_s
    while lives.gone:
        oldest, left_s = next(iter(lives.gone.items()))
        if len(lives.gone) <= KEPT and at_s - left_s <= KEPT_S:
            return
        del lives.gone[oldest]
        lives.of.pop(oldest, None)


def _wish(lives: Lives, stamped: e.Stamped, event: e.WishGranted | e.WishWithdrawn) -> None:
    if isinstance(event, e.WishGranted):
        operations = getattr(event.wish, "operations", ())
        order = getattr(event.wish, "order", "") or next(iter(operations), "").partition("/")[0]
        if order:
            lives.wishes[event.number] = order, event.why
    order, words = lives.wishes.get(event.number, ("", ""))
    life = lives.of.get(order)
    if life is None:
        return
    if isinstance(event, e.WishGranted):
        tell(life, stamped, Kind.WISHED, detail=words)
    else:
        del lives.wishes[event.number]
        tell(life, stamped, Kind.UNWISHED, detail=f"{words}: {event.why}")


def _planned(lives: Lives, stamped: e.Stamped, plan: e.PlanPublished) -> Iterator[None]:
    """Keep the first plan of each order, and say when a later one changes its slack."""
    ends, fresh = dict(plan.ends), frozenset(lives.unplanned)
    count_ends = not plan.ends
    if fresh or count_ends:
        for number, slot in enumerate(plan.slots, start=1):
            _read_slot(lives, slot, fresh, ends if count_ends else None)
            if number % _STRIDE == 0:
                yield
    for number, (name, end_s) in enumerate(ends.items(), start=1):
        _follow(lives, stamped, plan, name, end_s)
        if number % _STRIDE == 0:
            yield


def _read_slot(
    lives: Lives, slot: Slot, fresh: frozenset[str], ends: dict[str, int] | None
) -> None:
    for operation in slot.operations:
        name = order_id(operation)
        if name in fresh and (life := lives.of.get(name)) is not None:
            life.first[operation] = slot
        if ends is not None:
            ends[name] = max(ends.get(name, 0), slot.end_s)


def _follow(lives: Lives, stamped: e.Stamped, plan: e.PlanPublished, name: str, end_s: int) -> None:
    life = lives.of.get(name)
    if life is None or life.packed_s is not None or life.cancelled is not None:
        return
    slack_s = life.order.due_s - end_s
    if life.had_s is None:
        lives.unplanned.discard(name)
        life.had_s = life.slack_s = slack_s
        tell(life, stamped, Kind.PLANNED, plan=plan.number, slack_s=slack_s)
    elif life.slack_s is not None and abs(slack_s - life.slack_s) >= _MOVED_S:
        tell(
            life,
            stamped,
            Kind.MOVED,
            plan=plan.number,
            detail=plan.why,
            was_s=life.slack_s,
            slack_s=slack_s,
        )
        life.slack_s = slack_s
