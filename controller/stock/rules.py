"""What follows for material: the opening stock, and what machines used.

Use is recorded when a job order is over, not when it is told, since only then is it known. Until then
what it takes along counts as issued (`allocation.issued`), which is read off the job orders themselves
and so can neither be forgotten nor counted twice. Between the report that ends a job order and the
record of its use nothing else can happen: the rule stands before every rule that lets a job order or
an order go, and after a crash the rules are asked before anything is heard. The fact names its job
order, and the fold refuses a second one.
"""

from collections.abc import Iterator

from controller import events as e
from controller.state import JobPhase, State
from controller.step import Rule, Step
from controller.stock.allocation import allocate
from controller.stock.consumption import use_of
from controller.transient import Transient
from controller.waiting import next_slot


def take_opening_stock(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """A journal begins with what the plant's stock file says; all of it is recorded at once, or none."""
    opening = state.plant.stock
    if opening is None or state.store.kept:
        return
    for lot in opening.lots:
        yield Step(
            e.LotReceived(
                material=lot.material, lot=lot.lot, quantity=lot.quantity, note="opening stock"
            )
        )
    for each in opening.expected:
        yield Step(
            e.LotExpected(
                material=each.material,
                reference=each.reference,
                quantity=each.quantity,
                at_s=each.after,
            )
        )


def record_use(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """What a finished or aborted batch used up leaves the store, once."""
    if not state.store.kept:
        return
    for name, job in state.jobs.items():
        if job.phase is JobPhase.OVER and name not in state.store.accounted:
            facts = use_of(state, job)
            yield from map(Step, facts)
            if facts:
                return  # the next one sees what this one left


def is_held_up(state: State, now_s: int) -> bool:
    """Tell whether a machine should be working by now, and what is planned on it lacks material."""
    lacks = allocate(state).lacks
    if not lacks:
        return False
    slots = (next_slot(state, machine) for machine in state.queues)
    return any(
        slot is not None
        and slot.setup_start_s <= now_s
        and any(name in lacks for name in slot.operations)
        for slot in slots
    )


RULES: tuple[Rule, ...] = (take_opening_stock, record_use)
