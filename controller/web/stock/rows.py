"""How each material stands, and each lot: values for pages, API and command line alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from controller.names import local_time
from controller.state import State
from controller.stock.allocation import allocate, reserved, wanted_until
from controller.stock.state import Lack, Lot
from controller.stock.words import amount, label, waits_for
from controller.web.stock.bodies import (
    LotLine,
    LotNow,
    MaterialNow,
    RecallLine,
    ReceiptLine,
    Stand,
    StockNow,
    UseLine,
)
from controller.web.stock.traces import LotKey, Traces, contained
from controller.web.times import clock_text
from plant_config import Material


@dataclass(frozen=True, slots=True)
class _Needs:
    """What open orders need, looked up once for all materials."""

    reserved: Mapping[str, int]
    until: Mapping[str, int]
    lacks: Mapping[str, tuple[Lack, ...]]
    """Material -> what operations lack of it now."""


def stock_now(state: State, now_s: int) -> StockNow:
    """Look at every material, in the plant's order."""
    if state.plant.stock is None:
        return StockNow(kept=False, materials=())
    needs = _needs(state)
    return StockNow(
        kept=True,
        materials=tuple(
            _material(state, each, needs, now_s) for each in state.plant.materials.values()
        ),
    )


def _needs(state: State) -> _Needs:
    lacks: dict[str, list[Lack]] = {}
    for each in allocate(state).lacks.values():
        for lack in each:
            lacks.setdefault(lack.material, []).append(lack)
    return _Needs(
        reserved(state), wanted_until(state), {name: tuple(each) for name, each in lacks.items()}
    )


def _material(state: State, material: Material, needs: _Needs, now_s: int) -> MaterialNow:
    store, name = state.store, material.name
    on_hand = store.on_hand(name)
    wanted = needs.reserved.get(name, 0)
    receipts = tuple(_receipts(state, name, now_s))
    expected = sum(each.quantity for each in receipts)
    free = on_hand + expected - wanted
    stand = _stand(material, free, needs.lacks.get(name, ()))
    revision = state.revisions.get(f"stock:{name}")
    return MaterialNow(
        name=name,
        label=material.shown,
        unit=material.unit,
        on_hand=on_hand,
        reserved=wanted,
        expected=expected,
        free=free,
        reorder_at=material.reorder_at,
        lot_size=material.lot_size,
        lead_time_s=material.lead_time,
        stand=stand,
        why=_why(state, material, stand, free, needs, now_s),
        needed_by_s=needs.until.get(name),
        lots=tuple(lot_line(state, lot) for lot in reversed(store.lots_of(name))),
        receipts=receipts,
        revision=0 if revision is None else revision.seq,
        changed_by="" if revision is None else revision.actor.removeprefix("person "),
        changed_s=None if revision is None else revision.at_s,
    )


def _stand(material: Material, free: int, lacks: Iterable[Lack]) -> Stand:
    lacks = tuple(lacks)
    if any(not lack.reference for lack in lacks):
        return "short"
    if material.reorder_at and free < material.reorder_at:
        return "low"
    return "waits" if lacks else "enough"


def _why(
    state: State, material: Material, stand: Stand, free: int, needs: _Needs, now_s: int
) -> str:
    """Say what to do, and for what."""
    name, surprise = material.name, state.store.surprises.get(material.name)
    said: list[str] = []
    if stand in {"short", "waits"}:
        said.append(waits_for(state, needs.lacks[name]).replace("Waiting for ", "Orders wait for "))
    if stand in {"short", "low"}:
        said.append(_order_now(state, material, free, needs, now_s))
    if surprise is not None:
        more = amount(state, name, surprise.quantity)
        said.append(
            f"{surprise.machine or 'A machine'} used {more} more than the store had. Count it."
        )
    return " ".join(said)


def _order_now(state: State, material: Material, free: int, needs: _Needs, now_s: int) -> str:
    name = material.name
    left = amount(state, name, state.store.on_hand(name))
    wanted = needs.reserved.get(name, 0)
    if wanted:
        by = _day(state, needs.until.get(name, now_s), now_s)
        reason = f"{left} left, {amount(state, name, wanted)} needed by {by}"
    else:
        reason = f"{left} left, the reorder point is {amount(state, name, material.reorder_at)}"
    size = material.lot_size
    lots = -(-(material.reorder_at - free) // size) if size and free < material.reorder_at else 0
    much = f" Order {amount(state, name, max(1, lots) * size)}." if size else ""
    return f"Order now: {reason}.{much}"


def _day(state: State, at_s: int, now_s: int) -> str:
    due, today = local_time(state, at_s), local_time(state, now_s)
    days = (due.date() - today.date()).days
    if days <= 0:
        return f"{due:%H:%M} today" if at_s > now_s else "now"
    if days == 1:
        return f"tomorrow {due:%H:%M}"
    return f"{due:%A}" if days < 7 else f"{due:%-d %b}"  # noqa: PLR2004 a week


def _receipts(state: State, material: str, now_s: int) -> Iterable[ReceiptLine]:
    expected = sorted(state.store.expected.values(), key=lambda each: each.at_s)
    for each in expected:
        if each.material == material:
            yield ReceiptLine(
                reference=each.reference,
                quantity=each.quantity,
                amount=amount(state, material, each.quantity),
                at_s=each.at_s,
                at=clock_text(state, each.at_s, now_s),
                overdue=each.at_s <= now_s,
            )


def lot_line(state: State, lot: Lot) -> LotLine:
    """Show a lot."""
    return LotLine(
        lot=lot.lot,
        quantity=lot.quantity,
        amount=amount(state, lot.material, lot.quantity),
        received=lot.received,
        used=lot.used,
        corrected=lot.corrected,
        received_s=lot.received_s,
        note=lot.note,
    )


def known_lot(state: State, traces: Traces, key: LotKey) -> Lot | None:
    """Return a lot, also one that was used up so long ago that only the journal knows it."""
    lot = state.store.lots.get(key)
    if lot is not None or key not in traces.changes:
        return lot
    changes, uses = traces.changes[key], traces.uses.get(key, [])
    received = sum(change.quantity for change in changes if change.received)
    used = sum(use.quantity for use in uses)
    return Lot(
        material=key[0],
        lot=key[1],
        quantity=0,
        received_s=changes[0].at_s,
        received=received,
        used=used,
        corrected=used - received,
    )


def lot_now(state: State, traces: Traces, lot: Lot) -> LotNow:
    """Show a lot with where it went."""
    key = (lot.material, lot.lot)
    revision = state.revisions.get(f"stock:{lot.material}")
    return LotNow(
        material=lot.material,
        label=label(state, lot.material),
        lot=lot_line(state, lot),
        uses=tuple(
            UseLine(
                operation=use.operation,
                order=use.operation.partition("/")[0],
                machine=use.machine,
                label=use.label,
                at_s=use.at_s,
                quantity=use.quantity,
                amount=amount(state, lot.material, use.quantity),
                verdict=use.verdict,
                reported=use.reported,
                note=traces.notes.get(use.job_order, ""),
            )
            for use in reversed(traces.uses.get(key, []))
        ),
        recall=tuple(
            RecallLine(
                order=row.order,
                operations=row.operations,
                quantity=row.quantity,
                amount=amount(state, lot.material, row.quantity),
                left_s=row.left_s,
                carrier=row.carrier,
            )
            for row in contained(traces, state, key)
        ),
        revision=0 if revision is None else revision.seq,
    )
