"""decide(state, transient, now) -> steps: an ordered tuple of small rules, pure and total."""

from collections.abc import Iterator

from controller import events as e
from controller.alarms.rules import RULES as ALARM_RULES
from controller.amend.rules import drop_cancelled_orders
from controller.dispatch import intend
from controller.effects import (
    AskHeld,
    AskPlan,
    ConfirmJob,
    LookUp,
    StartJob,
    SubmitJob,
    key,
)
from controller.floor.rules import take_back_what_nobody_began, tell_commands
from controller.identity.rules import RULES as IDENTITY_RULES
from controller.state import JobPhase, Phase, State
from controller.step import Rule, Step
from controller.stock.rules import RULES as STOCK_RULES
from controller.stock.rules import is_held_up
from controller.transient import Transient
from controller.waiting import Ask, is_held_back, next_slot, setup_needed, why_not
from controller.wanted.rules import withdraw_what_is_over
from drivers import JobState
from plant_config import cut_offs, due_of

REPLAN_S = 1_800
"""A plan older than this is looked at again, so that projections follow what really happened; assumed."""
HELD_UP_S = 300
"""A machine waits at most so long for missing material before others take its turn; assumed."""
HELD_BACK_S = 60
"""A plan that puts work where a wish holds it back is not asked for again sooner; assumed."""
ABSENT_S = 300
"""After nothing was recorded for so long, a controller that comes back plans anew as soon as all machines
answer, or after as long again without those that do not; assumed."""
REPLAN_REAL_S = 15
"""But not more often than this in real time, or a fast day would do nothing but plan."""
LATE_S, LATE_REAL_S = 600, 5
"""The same two where an order would be late that is not due yet: a part that was spoilt leaves hours in which
a search may still find the way that a first one missed; assumed."""
FILE_REAL_S = 5
"""Real seconds that the plan waits for the rest of a file of orders: what its first orders begin on an
empty floor takes the place of others that are due earlier."""


def decide(state: State, transient: Transient, now_s: int) -> tuple[Step, ...]:
    """Return what follows from what is known. The first rule with a fact to record ends the round, since
    the others judge by a state in which it is not folded yet; effects alone do not."""
    steps: list[Step] = []
    for rule in RULES:
        found = [step for step in rule(state, transient, now_s) if _wanted(transient, step, now_s)]
        steps += found
        if any(step.event is not None for step in found):
            break
    return tuple(steps)


def _wanted(transient: Transient, step: Step, now_s: int) -> bool:
    if step.effect is None:
        return True
    name = key(step.effect)
    return name not in transient.flying and now_s >= transient.not_before.get(name, now_s)


def ask_every_machine(state: State, transient: Transient, _now_s: int) -> Iterator[Step]:
    """R7: a machine says what it holds before it is told anything."""
    for name, machine in state.machines.items():
        if machine.linked and name not in transient.reconciled:
            yield Step(effect=AskHeld(name))


def look_up_what_is_unknown(state: State, transient: Transient, _now_s: int) -> Iterator[Step]:
    """R5: a job order that was sent, or may have been, is asked about and never sent again."""
    for name, job in state.jobs.items():
        told = job.intended.job
        machine = state.machines[told.machine]
        if not machine.linked or f"submit:{name}" in transient.flying:
            continue
        if job.phase in {JobPhase.OVER, JobPhase.DOUBT}:
            continue
        asked_since = job.phase is not JobPhase.UNKNOWN and name in transient.checked
        if not asked_since:
            yield Step(effect=LookUp(told))
        elif job.state is JobState.NOT_ALLOWED_TO_START:
            yield Step(effect=StartJob(told))


def confirm_results(state: State, transient: Transient, _now_s: int) -> Iterator[Step]:
    """R8: a machine keeps its result until it is told that it is durable here."""
    for job_order, machine in state.to_confirm.items():
        if state.machines[machine].linked:
            yield Step(effect=ConfirmJob(machine, job_order))
    for machine, job_order in sorted(transient.forget):
        if state.machines[machine].linked and job_order not in state.to_confirm:
            yield Step(effect=ConfirmJob(machine, job_order))


def clear_what_clears_itself(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """A machine that drops its product into a tote needs nobody, unless it failed."""
    for name, machine in state.machines.items():
        job = state.jobs.get(machine.job_order)
        if job is not None and job.phase is JobPhase.OVER and not machine.needs_clear:
            yield Step(e.MachineCleared(machine=name))


def pack_finished_orders(state: State, _transient: Transient, _now_s: int) -> Iterator[Step]:
    """An order is packed when its last operation is good."""
    work = state.work
    for name, opened in state.orders.items():
        # Most are not even begun, and need no closer look; there may be many orders.
        if name not in state.begun or opened.packed_s is not None:
            continue
        if work[opened.last].phase is not Phase.DONE:
            continue
        operations = opened.routing.operations
        if opened.cancelled is None and all(work[each].phase is Phase.DONE for each in operations):
            yield Step(e.OrderPacked(order=name))


def ship_at_the_cut_off(state: State, _transient: Transient, now_s: int) -> Iterator[Step]:
    """The carrier takes what is packed for it when it leaves."""
    for name, opened in state.orders.items():
        if name not in state.begun or opened.packed_s is None:
            continue
        order = opened.order
        leaves_s = due_of(state.plant, order.cut_off, opened.packed_s - 1)
        if leaves_s <= now_s:
            on_time = opened.packed_s <= order.due_s
            yield Step(e.OrderShipped(order=name, carrier=order.cut_off, on_time=on_time))


def close_the_day(state: State, _transient: Transient, now_s: int) -> Iterator[Step]:
    """A day is over when its last carrier has left."""
    begin_s = state.closed_days * 86_400
    todays = cut_offs(state.plant, begin_s, begin_s + 86_400)
    if todays and state.accepted + state.cancelled and now_s >= todays[-1][0]:
        yield Step(e.DayClosed(due=state.accepted, shipped=state.shipped))


def plan_what_is_wanted(state: State, transient: Transient, now_s: int) -> Iterator[Step]:
    """What is wanted changed, or the plan is old."""
    if not any(
        opened.packed_s is None and opened.cancelled is None for opened in state.orders.values()
    ):
        return
    if state.demand > max(state.planned, transient.plan_asked):
        since_s, (_, _, speed) = transient.file_since_s, state.clock
        if since_s is not None and now_s < since_s + FILE_REAL_S * max(1, speed):
            return
        yield Step(effect=AskPlan(state.demand, "what is wanted changed", quick=True))
        return
    if transient.improvable and "plan:quick" not in transient.flying:
        yield Step(effect=AskPlan(state.demand, "a better plan than the quick one"))
        return
    if transient.back_s is not None:
        if may_plan(state, transient.back_s, now_s):
            yield Step(effect=AskPlan(state.demand, "the controller was away", quick=True))
        return
    yield from _plan_again(state, transient, now_s)


def _plan_again(state: State, transient: Transient, now_s: int) -> Iterator[Step]:
    """Nothing that is wanted changed, but time went by."""
    _, _, speed = state.clock
    asked_s = max(state.plan_s, transient.plan_asked_s)
    if now_s >= asked_s + max(REPLAN_S, REPLAN_REAL_S * speed):
        yield Step(effect=AskPlan(state.demand, "the plan was old"))
    elif now_s >= asked_s + max(LATE_S, LATE_REAL_S * speed) and is_late(state, now_s):
        yield Step(effect=AskPlan(state.demand, "an order would be late"))
    elif now_s >= asked_s + max(HELD_UP_S, REPLAN_REAL_S * speed) and is_held_up(state, now_s):
        yield Step(effect=AskPlan(state.demand, "material is missing", quick=True))
    elif now_s >= asked_s + max(HELD_BACK_S, REPLAN_REAL_S * speed) and is_held_back(
        state, transient, now_s
    ):
        yield Step(effect=AskPlan(state.demand, "a wish holds work back", quick=True))


def is_late(state: State, now_s: int) -> bool:
    """Say whether an order would be late that is not due yet, in a plan that is not known to be the best."""
    plan = state.plan
    if plan is None or (plan.bound is not None and dict(plan.levels)["cents"] <= plan.bound):
        return False
    return any(
        now_s < opened.order.due_s < state.ends.get(name, 0)
        for name, opened in state.orders.items()
        if opened.packed_s is None and opened.cancelled is None
    )


def may_plan(state: State, back_s: int, now_s: int) -> bool:
    """Say whether enough is known of the machines since the controller came back."""
    return now_s >= back_s + ABSENT_S or all(each.linked for each in state.machines.values())


def dispatch(state: State, transient: Transient, now_s: int) -> Iterator[Step]:
    """Give each machine the next batch of its plan when nothing is in the way."""
    crews: dict[str, int] = {}
    for machine in state.plant.machines:
        slot = next_slot(state, machine)
        if slot is None or why_not(Ask(state, transient, machine, slot, now_s)) is not None:
            continue
        group = state.plant.group_of(machine)
        if group.crew and setup_needed(state, machine, slot.family):
            if crews.get(group.name, 0):
                continue  # the next round sees the first one's changeover as folded
            crews[group.name] = 1
        intended = intend(state, machine, slot, transient.epoch)
        yield Step(intended, SubmitJob(intended.job))


RULES: tuple[Rule, ...] = (
    ask_every_machine,
    look_up_what_is_unknown,
    confirm_results,
    tell_commands,
    take_back_what_nobody_began,
    *STOCK_RULES,
    clear_what_clears_itself,
    pack_finished_orders,
    ship_at_the_cut_off,
    drop_cancelled_orders,
    close_the_day,
    withdraw_what_is_over,
    plan_what_is_wanted,
    dispatch,
    *IDENTITY_RULES,
    *ALARM_RULES,
)
