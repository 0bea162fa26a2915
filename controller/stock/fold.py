"""Receipts, counts and use become state."""

from dataclasses import replace
from typing import assert_never

from controller.state import State
from controller.stock import facts as f
from controller.stock.state import Expected, Lot


def fold(state: State, fact: f.StockFact) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    store = state.store
    match fact:
        case f.LotReceived():
            store.kept = True
            key = (fact.material, fact.lot)
            before = store.lots.get(key)
            store.lots[key] = Lot(
                material=fact.material,
                lot=fact.lot,
                quantity=fact.quantity + (0 if before is None else before.quantity),
                received_s=state.at_s if before is None else before.received_s,
            )
            state.demand = state.seq
            return frozenset({f"stock:{fact.material}"})
        case f.LotExpected():
            store.kept = True
            store.expected[fact.reference] = Expected(
                material=fact.material,
                reference=fact.reference,
                quantity=fact.quantity,
                at_s=fact.at_s,
            )
            state.demand = state.seq
            return frozenset({f"stock:{fact.material}"})
        case f.ExpectationEnded():
            gone = store.expected.pop(fact.reference, None)
            state.demand = state.seq
            return frozenset() if gone is None else frozenset({f"stock:{gone.material}"})
        case f.LotCounted():
            key = (fact.material, fact.lot)
            store.lots[key] = replace(store.lots[key], quantity=fact.quantity)
            state.demand = state.seq
            return frozenset({f"stock:{fact.material}"})
        case f.LotUsed():
            for _operation, material, lot, quantity in fact.uses:
                known = store.lots[material, lot]
                store.lots[material, lot] = replace(known, quantity=known.quantity - quantity)
            return frozenset(f"stock:{material}" for _, material, _, _ in fact.uses)
        case _:
            assert_never(fact)
