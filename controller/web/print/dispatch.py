"""What a machine does next, on paper: the list to work by while the network is down."""

from dataclasses import dataclass

from controller.identity.codes import code_of
from controller.identity.matching import scans_at
from controller.identity.parts import labels_of
from controller.names import order_of, subject_name
from controller.state import Job, JobPhase, Phase, State
from controller.web.naming import counted, customer, made_by_slot, member_name
from controller.web.print.qr import Symbol, symbol
from controller.web.scene import Scene, is_station, job_at, order_id
from controller.web.station_facts import details, spec_of
from controller.web.times import clock_text, day_text, second_text
from controller.web.words import joined, plain

MOST = 12
"""Rows of a sheet; a shift's worth at a bench, and what fits on one page."""
_NAMED = 8
"""Parts of a plate that a row names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One start."""

    start: str
    order: str
    """The order, or how many parts of how many orders."""
    symbol: Symbol | None
    """Of the part that is made, where it is one."""
    who: str
    tote: str
    special: str
    cut_off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The list of one machine, a page each."""

    machine: str
    kind: str
    special: str
    """Head of the column of what is special."""
    rows: tuple[Row, ...]
    plan: int
    day: str
    printed: str
    joins: bool
    page: int
    pages: int


def sheets(scene: Scene, machines: list[str]) -> tuple[Sheet, ...]:
    """Return a sheet for each machine."""
    state = scene.state
    return tuple(
        Sheet(
            machine=machine,
            kind=state.plant.group_of(machine).label,
            special="Compound or material" if not is_station(state, machine) else "Special",
            rows=rows(scene, machine),
            plan=state.plan.number if state.plan is not None else 0,
            day=day_text(state, scene.now_s),
            printed=second_text(state, scene.now_s),
            joins=scans_at(state, machine),
            page=page,
            pages=len(machines),
        )
        for page, machine in enumerate(machines, start=1)
    )


def rows(scene: Scene, machine: str) -> tuple[Row, ...]:
    """Return what is at hand there, then the next starts."""
    job = job_at(scene.state, machine)
    found: list[Row] = []
    if job is not None and job.phase is not JobPhase.OVER:
        doubt = job.phase is JobPhase.DOUBT
        operations = tuple(
            member.operation
            for member in job.intended.job.members
            if order_id(member.operation) in scene.state.orders
        )
        if operations:
            found.append(_row(scene, machine, "ask first" if doubt else "now", operations))
    for slot in scene.slots_of.get(machine, ()):
        left = tuple(name for name in slot.operations if _open(scene.state, name))
        if left:
            start = clock_text(scene.state, slot.start_s, scene.now_s)
            found.append(_row(scene, machine, start, left))
    return tuple(found[:MOST])


def _open(state: State, operation: str) -> bool:
    work = state.work.get(operation)
    return work is not None and work.phase is Phase.OPEN


def _row(scene: Scene, machine: str, start: str, operations: tuple[str, ...]) -> Row:
    state = scene.state
    orders = list(dict.fromkeys(order_id(name) for name in operations))
    due_s = min(state.orders[order].order.due_s for order in orders)
    single = len(operations) == 1
    first = operations[0]
    return Row(
        start=start,
        order=_short(state, first) if single else counted(len(operations), "part"),
        symbol=symbol(_code(state, first)) if single else None,
        who=_who(scene, first) if single else _which(state, operations),
        tote=state.orders[orders[0]].tote if len(orders) == 1 else "",
        special=_special(state, machine, operations),
        cut_off=clock_text(state, due_s, scene.now_s),
    )


def _short(state: State, operation: str) -> str:
    opened = order_of(state, operation)
    return subject_name(state.plant, opened, opened.routing.operations[operation].subject)


def _code(state: State, operation: str) -> str:
    first = labels_of(state, operation)[-1]
    return code_of(first, state.work[first].attempt)


def _who(scene: Scene, operation: str) -> str:
    buyer = customer(scene.desk, order_id(operation))
    return plain(joined([(buyer,) if buyer else (), spec_of(scene.state, operation)], ", "))


def _which(state: State, operations: tuple[str, ...]) -> str:
    named = ", ".join(_short(state, name) for name in operations[:_NAMED])
    more = f" and {len(operations) - _NAMED} more" if len(operations) > _NAMED else ""
    return named + more


def _special(state: State, machine: str, operations: tuple[str, ...]) -> str:
    """Ask first where something it needs is in doubt; else what tells it from others."""
    for operation in operations:
        for earlier in order_of(state, operation).routing.graph.predecessors(operation):
            job = _doubted(state, earlier)
            if job is not None:
                label = job.intended.job.label
                return f"ask first: {label[:1].lower()}{label[1:]}"
    own = plain(details(state, operations[0]))
    waits = _waits(state, operations)
    said = own or (made_by_slot(state, machine, operations) if len(operations) > 1 else "")
    return ", ".join(part for part in (said, waits) if part)


def _doubted(state: State, operation: str) -> Job | None:
    work = state.work[operation]
    job = state.jobs.get(work.job_order)
    return job if job is not None and job.phase is JobPhase.DOUBT else None


def _waits(state: State, operations: tuple[str, ...]) -> str:
    for operation in operations:
        for earlier in order_of(state, operation).routing.graph.predecessors(operation):
            if state.work[earlier].phase is not Phase.DONE:
                return f"after {member_name(state, earlier)}"
    return ""
