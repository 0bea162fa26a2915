"""The word for where an order stands, and the one sentence that says why."""

from dataclasses import dataclass

from controller.names import capital, time_of_day
from controller.state import JobPhase, OpenOrder, State
from controller.stock.words import why_without
from controller.waiting import job_end_s
from controller.web.orders.facts import Facts
from controller.web.orders.spans import batch_name
from controller.web.orders.traces import short_part
from controller.web.scene import AT_RISK_S, is_station
from controller.web.times import clock_text
from plant_config import Plant

STANDS = {
    "doubt": "In doubt",
    "late": "Late",
    "risk": "At risk",
    "wait": "Waiting",
    "work": "In work",
    "plan": "Not started",
    "packed": "Packed",
    "cancelled": "Cancelled",
}
"""The one word for each state of an open order (ui.md section 5), in the order of the tabs."""
LOOKS = {"work": "run", "packed": "done", "cancelled": "plan"}
"""State -> class in the style sheet, where it is not the same."""
ICONS = {"work": "run", "cancelled": "close"}
"""State -> icon, where it is not called the same."""
KINDS = {
    "doubt": "nobody knows what was made",
    "lost": "parts are made again",
    "failed": "a machine failed",
    "link": "a machine sends no values",
    "material": "material is missing",
    "person": "a person is asked",
    "running": "a machine works on it",
    "turn": "it waits for its turn",
    "start": "it starts later",
    "unplanned": "it is not planned",
    "done": "it is packed",
    "cancelled": "it was taken back",
}
"""Why an order is where it is; a filter of the list."""


_SHORT = 24
"""Letters of a reason that fit into the sentence."""


@dataclass(frozen=True, slots=True)
class Why:
    """The sentence, and its kind for the filter."""

    kind: str
    says: str


def stand_of(
    facts: Facts, opened: OpenOrder, end_s: int | None, by9_s: int | None, now_s: int
) -> str:
    """Return the state of an open order; of several that hold, the first of the table."""
    due_s = opened.order.due_s
    if opened.cancelled is not None:
        return "cancelled"
    if opened.packed_s is not None:
        return "packed" if opened.packed_s <= due_s else "late"
    if facts.doubted:
        return "doubt"
    if now_s > due_s or (end_s is not None and end_s > due_s):
        return "late"
    if end_s is not None and (due_s - end_s < AT_RISK_S or (by9_s or 0) > due_s):
        return "risk"
    if facts.running:
        return "work"
    return "wait" if facts.begun else "plan"


def why_of(state: State, opened: OpenOrder, facts: Facts, now_s: int) -> Why:
    """Say in one sentence where an order is, or what it waits for."""
    if opened.cancelled is not None:
        return _cancelled(state, opened, facts)
    if opened.packed_s is not None:
        return Why("done", f"Packed at {clock_text(state, opened.packed_s, now_s)}.")
    return (
        _doubted(state, facts)
        or _again(state, opened, facts, now_s)
        or _trouble(state, facts)
        or _running(state, opened, facts, now_s)
        or _material(state, opened)
        or _ahead(state, opened, facts, now_s)
    )


def _cancelled(state: State, opened: OpenOrder, facts: Facts) -> Why:
    assert opened.cancelled is not None
    at = time_of_day(state, opened.cancelled.at_s)
    runs = f" {capital(_parts(state.plant, opened, facts))} still runs." if facts.given else ""
    return Why("cancelled", f"Taken back at {at}, “{opened.cancelled.reason}”.{runs}")


def _parts(plant: Plant, opened: OpenOrder, facts: Facts) -> str:
    first = short_part(plant, opened, facts.given[0])
    more = f" and {len(facts.given) - 1} more" if len(facts.given) > 1 else ""
    on = f" on {facts.machines[0]}" if facts.machines else ""
    return f"{first}{on}{more}"


def _doubted(state: State, facts: Facts) -> Why | None:
    job = state.jobs.get(facts.doubted)
    if job is None:
        return None
    told = job.intended.job
    label = f"{told.label[:1].lower()}{told.label[1:]}"
    return Why("doubt", f"Nobody knows if {label} was made on {told.machine}.")


def _again(state: State, opened: OpenOrder, facts: Facts, now_s: int) -> Why | None:
    lost = facts.lost
    if lost is None:
        return None
    part = capital(short_part(state.plant, opened, lost.operation))
    reason = f" ({lost.reason.rstrip('.')})" if 0 < len(lost.reason) <= _SHORT else ""
    shared = batch_name(state.plant, lost.machine, lost.label)
    failed = f"{part} was lost{f' with {shared}' if shared else ''} on {lost.machine}{reason}"
    return Why("lost", f"{failed}; {_remade(state, facts, lost.operation, now_s)}.")


def _remade(state: State, facts: Facts, operation: str, now_s: int) -> str:
    work = state.work[operation]
    job = state.jobs.get(work.job_order)
    if job is not None and job.phase is not JobPhase.OVER:
        return f"remade on {job.intended.job.machine} until {_ends(state, operation, now_s)}"
    slot = facts.again
    if slot is None:
        return "it is not planned again yet"
    return f"remade on {slot.machine} from {clock_text(state, max(slot.start_s, now_s), now_s)}"


def _ends(state: State, operation: str, now_s: int) -> str:
    job = state.jobs.get(state.work[operation].job_order)
    return "" if job is None else clock_text(state, job_end_s(job, now_s), now_s)


def _trouble(state: State, facts: Facts) -> Why | None:
    for name in facts.machines:
        machine = state.machines[name]
        if machine.failed:
            return Why("failed", f"{name} stopped: {machine.failed.rstrip('.')}.")
        if not machine.linked:
            since = time_of_day(state, machine.link_since_s)
            return Why("link", f"{name} has sent no values since {since}.")
    return None


def _running(state: State, opened: OpenOrder, facts: Facts, now_s: int) -> Why | None:
    if not facts.given:
        return None
    operation = facts.given[0]
    job = state.jobs.get(state.work[operation].job_order)
    if job is None:
        return None
    machine = job.intended.job.machine
    if is_station(state, machine) and job.phase is JobPhase.ACCEPTED:
        label = job.intended.job.label
        return Why("person", f"{machine} asks to begin {label[:1].lower()}{label[1:]}.")
    if job.phase is JobPhase.HELD:
        return Why("failed", f"{machine} is held with it.")
    said = capital(_parts(state.plant, opened, facts))
    return Why("running", f"{said} until {_ends(state, operation, now_s)}.")


def _material(state: State, opened: OpenOrder) -> Why | None:
    says = why_without(state, opened.order.id)
    return Why("material", says) if says else None


def _ahead(state: State, opened: OpenOrder, facts: Facts, now_s: int) -> Why:
    slot = facts.next_slot
    if slot is None:
        return Why("unplanned", "Not planned yet.")
    at = clock_text(state, slot.start_s, now_s)
    if not facts.begun:
        return Why("start", f"Starts {at} on {slot.machine}.")
    part = capital(short_part(state.plant, opened, facts.next_operation))
    if slot.start_s <= now_s:
        return Why("turn", f"{part} waits for {slot.machine}.")
    return Why("turn", f"{part} waits for its turn on {slot.machine} at {at}.")
