"""Conditions at orders: projected late, or likely to be; a few by name, the others together."""

from collections.abc import Mapping

from controller.alarms.condition import Condition, Found
from controller.names import duration, time_of_day
from controller.state import State

AT_RISK_S = 300
"""Less to spare than this may go wrong (ui.md section 5)."""
NAMED = 12
"""Orders that are named for each kind; a flood of alarms tells nobody anything."""


def at_orders(state: State, now_s: int) -> Found:
    """Yield what holds for open orders, by cut-off."""
    if state.plan is None:
        return
    ends, late_ends = state.ends, state.late_ends
    late: list[tuple[int, str]] = []
    risk: list[tuple[int, str]] = []
    for name, opened in state.orders.items():
        if opened.packed_s is not None or opened.cancelled is not None:
            continue
        due_s, end_s = opened.order.due_s, ends.get(name)
        if now_s > due_s or (end_s is not None and end_s > due_s):
            late.append((due_s, name))
        elif end_s is not None and _near(due_s, end_s, late_ends.get(name)):
            risk.append((due_s, name))
    yield from _late(state, sorted(late), ends, now_s)
    yield from _at_risk(state, sorted(risk), ends)


def _near(due_s: int, end_s: int, late_end_s: int | None) -> bool:
    return due_s - end_s < AT_RISK_S or (late_end_s is not None and late_end_s > due_s)


def _late(state: State, late: list[tuple[int, str]], ends: Mapping[str, int], now_s: int) -> Found:
    for due_s, name in late[:NAMED]:
        at = time_of_day(state, due_s)
        by_s = max(ends.get(name, 0), now_s) - due_s
        says = f"Order {name} is {duration(by_s)} late for {at}."
        yield f"late:{name}", Condition(source=f"order {name}", priority="high", says=says)
    if len(late) > NAMED:
        says = f"More than {NAMED} orders are late."
        yield "late", Condition(source="orders", priority="high", says=says)


def _at_risk(state: State, risk: list[tuple[int, str]], ends: Mapping[str, int]) -> Found:
    for due_s, name in risk[:NAMED]:
        at, left_s = time_of_day(state, due_s), due_s - ends[name]
        says = f"Order {name} may miss {at}: {duration(left_s)} to spare."
        yield f"risk:{name}", Condition(source=f"order {name}", priority="low", says=says)
    if len(risk) > NAMED:
        says = f"More than {NAMED} orders are at risk."
        yield "risk", Condition(source="orders", priority="low", says=says)
