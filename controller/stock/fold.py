"""Receipts, counts and use become state."""

from dataclasses import replace
from typing import assert_never

from controller.invariant import invariant
from controller.state import State
from controller.stock import facts as f
from controller.stock.state import Expected, Lot, Store, Surprise

_EMPTY_LOTS = 20
"""Used-up lots of a material that stay in the state; the journal has them all."""


def fold(state: State, fact: f.StockFact) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    store = state.store
    match fact:
        case f.LotReceived():
            _receive(state, fact)
        case f.LotExpected():
            store.kept = True
            store.announced += 1
            store.expected[fact.reference] = Expected(
                material=fact.material,
                reference=fact.reference,
                quantity=fact.quantity,
                at_s=fact.at_s,
            )
        case f.ExpectationEnded():
            gone = store.expected.pop(fact.reference, None)
            state.demand = state.seq
            return frozenset({"stock"}) if gone is None else _touched(gone.material)
        case f.LotCounted():
            _count(state, fact)
        case f.LotUsed():
            _use(state, fact)
            return _touched(*(material for _, material, _, _ in fact.uses))
        case _:
            assert_never(fact)
    state.demand = state.seq
    return _touched(fact.material)


def _touched(*materials: str) -> frozenset[str]:
    return frozenset({"stock", *(f"stock:{material}" for material in materials)})


def _receive(state: State, fact: f.LotReceived) -> None:
    store, key = state.store, (fact.material, fact.lot)
    store.kept = True
    store.surprises.pop(fact.material, None)
    known = store.lots.get(key)
    if known is None:
        _forget_empty_lots(store, fact.material)
        known = Lot(material=fact.material, lot=fact.lot, quantity=0, received_s=state.at_s)
    store.lots[key] = replace(
        known,
        quantity=known.quantity + fact.quantity,
        received=known.received + fact.quantity,
        note=fact.note or known.note,
    )


def _forget_empty_lots(store: Store, material: str) -> None:
    empty = [lot for lot in store.lots_of(material) if not lot.quantity]
    for lot in empty[:-_EMPTY_LOTS]:
        del store.lots[lot.material, lot.lot]


def _count(state: State, fact: f.LotCounted) -> None:
    store, key = state.store, (fact.material, fact.lot)
    known = store.lots.get(key)
    if known is None:
        known = Lot(material=fact.material, lot=fact.lot, quantity=0, received_s=state.at_s)
    more = fact.quantity - known.quantity
    store.lots[key] = replace(known, quantity=fact.quantity, corrected=known.corrected + more)
    job = state.jobs.get(fact.job_order)
    if fact.job_order:
        store.surprises[fact.material] = Surprise(
            material=fact.material,
            lot=fact.lot,
            quantity=more,
            machine="" if job is None else job.intended.job.machine,
            at_s=state.at_s,
        )
    else:
        store.surprises.pop(fact.material, None)


def _use(state: State, fact: f.LotUsed) -> None:
    store = state.store
    invariant(fact.job_order not in store.accounted, f"{fact.job_order} used its material once.")
    for _operation, material, lot, quantity in fact.uses:
        known = store.lots[material, lot]
        invariant(known.quantity >= quantity, f"Lot {lot} of {material} holds less than was used.")
        store.lots[material, lot] = replace(
            known, quantity=known.quantity - quantity, used=known.used + quantity
        )
    store.accounted = {name for name in store.accounted if name in state.jobs} | {fact.job_order}
    if fact.reported:
        store.moved += 1
