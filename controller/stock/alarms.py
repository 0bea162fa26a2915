"""Conditions of material that somebody should know: missing, to be ordered, overdue, to be counted."""

from controller.alarms.condition import Condition, Found
from controller.names import duration
from controller.state import State
from controller.stock.allocation import allocate
from controller.stock.words import amount, label


def at_stock(state: State, now_s: int) -> Found:
    """Yield what holds for materials; nothing where no stock is kept."""
    if state.store.kept:
        yield from _running_out(state)
        yield from _to_be_counted(state)
        yield from _overdue(state, now_s)


def _running_out(state: State) -> Found:
    allocation = allocate(state)
    for material in state.plant.materials.values():
        name, source = material.name, f"material {material.name}"
        free = allocation.free.get(name)
        if many := allocation.waiting.get(name, 0):
            orders = "1 order waits" if many == 1 else f"{many} orders wait"
            says = f"{label(state, name)} is missing: {orders}, and no receipt covers it."
            yield f"missing:{name}", Condition(source=source, priority="high", says=says)
        elif free is not None and free < material.reorder_at:
            at = amount(state, name, material.reorder_at)
            says = f"{label(state, name)} is to be ordered: less than {at} will be left."
            yield f"reorder:{name}", Condition(source=source, priority="low", says=says)


def _to_be_counted(state: State) -> Found:
    for each in state.store.surprises.values():
        more = amount(state, each.material, each.quantity)
        says = f"{each.machine} used {more} more {label(state, each.material)} than the store had."
        source = f"material {each.material}"
        yield f"count:{each.material}", Condition(source=source, priority="low", says=says)


def _overdue(state: State, now_s: int) -> Found:
    for receipt in state.store.expected.values():
        if receipt.at_s + LATE_S <= now_s:
            quantity = amount(state, receipt.material, receipt.quantity)
            late = duration(now_s - receipt.at_s - (now_s - receipt.at_s) % LATE_S)
            what = f"{quantity} of {label(state, receipt.material)}"
            says = f"{what} ({receipt.reference}) should have come more than {late} ago."
            source = f"material {receipt.material}"
            yield (
                f"overdue:{receipt.reference}",
                Condition(source=source, priority="low", says=says),
            )


LATE_S = 3_600
"""A receipt that is this late is somebody's business; assumed."""
