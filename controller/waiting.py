"""Why a machine does not start what is planned on it: the dispatcher's predicates, a sentence each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, assert_never

from controller.names import duration, operation_name, order_of, time_of_day
from controller.room import no_room
from controller.state import Job, JobPhase, Phase, State
from controller.stock.allocation import allocate
from controller.stock.words import waits_for
from controller.transient import Transient
from controller.wanted.holds import Start, held_by_wish
from plant_config import Mode, changeover, initial_family, windows
from scheduler import Slot, postpone

REFUSED_FOR_S = 300
"""A machine that refused is not told again for this long; assumed, long enough for a person to look."""

ASKS_CONFIRM = "Each start is confirmed here. Press Start."
ASKS_START = "It starts when a person presses Start."


@dataclass(frozen=True, slots=True)
class Ask:
    """The question: may this machine start this batch now?"""

    state: State
    transient: Transient
    machine: str
    slot: Slot | None
    now_s: int


Predicate: TypeAlias = Callable[[Ask], str | None]


def why_not(ask: Ask) -> str | None:
    """Return the first reason against a start, or None when nothing is in the way."""
    for predicate in PREDICATES:
        reason = predicate(ask)
        if reason is not None:
            return reason
    return None


def next_slot(state: State, machine: str) -> Slot | None:
    """Return the first batch of the plan on this machine of which something is still to be given."""
    for slot in state.queues.get(machine, ()):
        left = tuple(name for name in slot.operations if _open(state, name))
        if left:
            return replace(slot, operations=left)
    return None


def _open(state: State, operation: str) -> bool:
    """Tell whether an operation waits to be given, and did when the plan was made."""
    work = state.work.get(operation)
    if work is None or work.phase is not Phase.OPEN or work.opened > state.planned:
        return False
    return order_of(state, operation).cancelled is None


def _no_link(ask: Ask) -> str | None:
    machine = ask.state.machines[ask.machine]
    if machine.linked:
        return None
    if machine.link_since_s == 0 and machine.boot is None:
        return "No link yet. Lotwright is trying to reach it."
    since = time_of_day(ask.state, machine.link_since_s)
    return f"No values since {since}. Lotwright is trying to reach it again."


def _not_asked_yet(ask: Ask) -> str | None:
    if ask.machine in ask.transient.reconciled:
        return None
    return "It is being asked what it holds; nothing starts before that."


def _orphan(ask: Ask) -> str | None:
    orphan = ask.state.machines[ask.machine].orphan
    if not orphan:
        return None
    return "It holds a job order that Lotwright did not give. Look at it, then press Cleared."


def _occupied(ask: Ask) -> str | None:
    machine = ask.state.machines[ask.machine]
    job = ask.state.jobs.get(machine.job_order)
    if job is None:
        return None
    label = job.intended.job.label
    if machine.failed:
        return f"{machine.failed.rstrip('.')}. Look at it, then press Cleared."
    if machine.needs_clear and job.phase is JobPhase.OVER:
        return f"Take off {label[:1].lower()}{label[1:]}, then press Cleared."
    if job.phase is JobPhase.DOUBT:
        return job.detail
    return f"It has {label[:1].lower()}{label[1:]}."


def _result_not_confirmed(ask: Ask) -> str | None:
    if ask.machine in ask.state.to_confirm.values():
        return "Its last result is being confirmed."
    return None


def _not_automatic(ask: Ask) -> str | None:
    mode = mode_of(ask.state, ask.machine)
    match mode:
        case Mode.AUTOMATIC:
            return None
        case Mode.WATCH:
            return "It is only watched; Lotwright starts nothing on it."
        case Mode.SUGGEST | Mode.CONFIRM:
            confirmed = ask.state.machines[ask.machine].confirmed
            if ask.slot is None or set(ask.slot.operations) <= set(confirmed):
                return None
            return ASKS_CONFIRM if mode is Mode.CONFIRM else ASKS_START
        case _:
            assert_never(mode)


def mode_of(state: State, machine: str) -> Mode:
    """Return how far Lotwright may act on a machine: as a person set it, else as the plant says."""
    return state.machines[machine].mode or state.plant.machines[machine].mode


def _out_of_service(ask: Ask) -> str | None:
    out = ask.state.machines[ask.machine].out
    if out is None:
        return None
    back = "" if out.until_s is None else f", expected back {time_of_day(ask.state, out.until_s)}"
    return f"Out of service: {out.reason}{back}."


def _held_by_wish(ask: Ask) -> str | None:
    if ask.slot is None or not ask.state.wishes:
        return None
    slot, setup_s = ask.slot, setup_needed(ask.state, ask.machine, ask.slot.family)
    start = Start(
        machine=ask.machine,
        slot=slot,
        now_s=ask.now_s,
        setup_s=setup_s,
        takes_s=setup_s + slot.end_s - slot.start_s,
    )
    return held_by_wish(ask.state, start)


def is_held_back(state: State, transient: Transient, now_s: int) -> bool:
    """Tell whether a machine should be working by now, and a wish holds back what is planned on it: a
    batch that came late runs into a closing, or into the time of a pinned one."""
    if not state.wishes:
        return False
    for machine in state.queues:
        slot = next_slot(state, machine)
        if slot is None or slot.setup_start_s > now_s:
            continue
        ask = Ask(state, transient, machine, slot, now_s)
        held = _held_by_wish(ask)
        # Another reason that comes first is not the plan's to mend.
        if held is not None and why_not(ask) == held:
            return True
    return False


def _refused(ask: Ask) -> str | None:
    machine = ask.state.machines[ask.machine]
    again_s = machine.refused_s + REFUSED_FOR_S
    if not machine.refused or ask.now_s >= again_s:
        return None
    again = time_of_day(ask.state, again_s)
    return f"It refused the last job order: {machine.refused.rstrip('.')}. Next try at {again}."


def _nothing_planned(ask: Ask) -> str | None:
    if ask.slot is not None:
        return None
    if ask.state.plan is None:
        return "No plan yet." if ask.state.orders else "No orders yet. Import a file of orders."
    return "Nothing is planned on it."


def _out_of_shift(ask: Ask) -> str | None:
    day = max(0, ask.now_s // 86_400)
    group = ask.state.plant.machines[ask.machine].group
    for begin_s, end_s in windows(ask.state.plant, group, day, 2):
        if begin_s <= ask.now_s < end_s:
            return None
        if ask.now_s < begin_s:
            return f"Out of shift until {time_of_day(ask.state, begin_s)}."
    return "Out of shift."


def _parts_missing(ask: Ask) -> str | None:
    if ask.slot is None:
        return None
    missing = tuple(_missing(ask.state, ask.slot))
    if not missing:
        return None
    name = operation_name(ask.state, missing[0])
    job = ask.state.jobs.get(ask.state.work[missing[0]].job_order)
    more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
    if job is None:
        return f"Waiting for {name}{more}, not begun yet."
    until = time_of_day(ask.state, job_end_s(job, ask.now_s))
    return f"Waiting for {name}{more}, on {job.intended.job.machine} until {until}."


def _material_missing(ask: Ask) -> str | None:
    if ask.slot is None:
        return None
    lacks = allocate(ask.state).lacks
    mine = [lack for name in ask.slot.operations for lack in lacks.get(name, ())]
    return waits_for(ask.state, mine) if mine else None


def _missing(state: State, slot: Slot) -> Iterator[str]:
    for operation in slot.operations:
        graph = state.orders[operation.partition("/")[0]].routing.graph
        for earlier in graph.predecessors(operation):
            if state.work[earlier].phase is not Phase.DONE:
                yield earlier


def _crew_busy(ask: Ask) -> str | None:
    if ask.slot is None:
        return None
    group = ask.state.plant.group_of(ask.machine)
    if not group.crew or not setup_needed(ask.state, ask.machine, ask.slot.family):
        return None
    busy = [
        name
        for name, machine in ask.state.machines.items()
        if ask.state.plant.machines[name].group == group.name
        and (job := ask.state.jobs.get(machine.job_order)) is not None
        and job.intended.setup_s > 0
        and ask.now_s < job.intended_s + job.intended.setup_s
        and job.phase is not JobPhase.OVER
    ]
    if len(busy) < group.crew:
        return None
    return f"Waiting for the changeover on {busy[0]} to end; one person does them."


def _no_room(ask: Ask) -> str | None:
    """Who confirmed a start decided."""
    confirmed = ask.state.machines[ask.machine].confirmed
    if ask.slot is None or set(ask.slot.operations) <= set(confirmed):
        return None
    return no_room(ask.state, ask.machine, ask.slot, ask.now_s)


def _waits_for_more(ask: Ask) -> str | None:
    """A half-full batch waits as long as no order is late because of it; who confirmed it decided."""
    if ask.slot is None or ask.state.plan is None:
        return None
    members = set(ask.slot.operations)
    if members <= set(ask.state.machines[ask.machine].confirmed):
        return None
    for operations, until_s, more in ask.state.plan.waits:
        if members == set(operations) and ask.now_s < until_s:
            at, spare = time_of_day(ask.state, until_s), duration(until_s - ask.now_s)
            return postpone.says(at, more, spare)
    return None


def setup_needed(state: State, machine: str, family: str) -> int:
    """Return the seconds of changeover from what a machine is set up for now."""
    group = state.plant.group_of(machine)
    rule = changeover(group, family_of(state, machine), family)
    return 0 if rule is None else rule.takes


def family_of(state: State, machine: str) -> str:
    """Return the family that a machine is set up for; the morning's until something ran."""
    return state.machines[machine].family or initial_family(state.plant.group_of(machine))


def job_end_s(job: Job, now_s: int) -> int:
    """Return when a job order is expected to end, never in the past; one that is held goes on now."""
    begin_s = job.intended_s if job.started_s is None else job.started_s
    rested_s = job.rested_s + (0 if job.held_s is None else now_s - job.held_s)
    return max(now_s + 1, begin_s + rested_s + job.intended.setup_s + job.intended.job.takes_s)


PREDICATES: tuple[Predicate, ...] = (
    _no_link,
    _not_asked_yet,
    _orphan,
    _occupied,
    _result_not_confirmed,
    _out_of_service,
    _refused,
    _nothing_planned,
    _out_of_shift,
    _parts_missing,
    _material_missing,
    _held_by_wish,
    _crew_busy,
    _no_room,
    _waits_for_more,
    _not_automatic,
)


def waiting_for(state: State, transient: Transient, machine: str, now_s: int) -> str:
    """Say in one sentence why a machine does not work; used by dispatch and by pages alike."""
    slot = next_slot(state, machine)
    reason = why_not(Ask(state, transient, machine, slot, now_s))
    if reason is not None:
        return reason
    assert slot is not None
    return f"Starts within {duration(60)}."
