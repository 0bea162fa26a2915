"""A finished plate is emptied part by part: each into its order's tote, the bad ones aside."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from controller import events as e
from controller.identity import facts as f
from controller.identity import requests as r
from controller.identity.answers import FOREIGN, belongs, capital, refused
from controller.identity.codes import (
    Code,
    ForeignCode,
    LeftCode,
    OrderCode,
    PartCode,
    ToteCode,
    shown_code,
)
from controller.identity.parts import labels_of, part_name, part_now
from controller.judged import Answered, Judged
from controller.requests import Refusal
from controller.state import Job, JobPhase, Phase, State
from drivers import Member


class Lies(StrEnum):
    """How a part lies on a machine that is being emptied."""

    READY = "ready"
    """Good, for its tote."""
    ASIDE = "aside"
    """Its order was cancelled."""
    BAD = "bad"
    """Scrap, or not finished; it is made again."""
    TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPlate:
    """One part on a machine that is being emptied."""

    operation: str
    attempt: int
    order: str
    lies: Lies
    name: str
    tote: str


def on_plate(state: State, job: Job) -> tuple[OnPlate, ...]:
    """Return what lies, or lay, on a machine, in the order of its batch."""
    return tuple(_part(state, job, member) for member in job.intended.job.members)


def _part(state: State, job: Job, member: Member) -> OnPlate:
    order = member.operation.partition("/")[0]
    opened, work = state.orders.get(order), state.work.get(member.operation)
    again = work is not None and work.attempt != member.attempt
    if again:
        lies = Lies.BAD
    elif member.operation in job.scanned:
        lies = Lies.TAKEN
    elif opened is None or opened.cancelled is not None:
        lies = Lies.ASIDE
    else:
        lies = Lies.READY
    return OnPlate(
        operation=member.operation,
        attempt=member.attempt,
        order=order,
        lies=lies,
        name=part_name(state, member.operation) if opened is not None else f"a part of {order}",
        tote=opened.tote if opened is not None and lies is not Lies.ASIDE else "",
    )


def left_on(state: State, job: Job) -> tuple[OnPlate, ...]:
    """Return the parts that still go into totes, or aside."""
    return tuple(part for part in on_plate(state, job) if part.lies in {Lies.READY, Lies.ASIDE})


def take(state: State, request: r.TakePart) -> Answered:
    """Put the part into its tote that the page points at."""
    job = state.jobs.get(request.job_order)
    if job is None or job.intended.job.machine != request.machine or job.phase is not JobPhase.OVER:
        return _gone(request.machine)
    for part in on_plate(state, job):
        if part.operation == request.operation:
            return _take(state, job, part)
    return Refusal(kind="unknown", why=f"{job.intended.job.label} has no such part.")


def take_by_code(state: State, job: Job, code: Code, request: r.ScanPart) -> Answered:
    """Put the part into its tote whose label, or whose tote, was scanned."""
    parts = on_plate(state, job)
    match code:
        case PartCode():
            for part in parts:
                if _labelled(state, part, code):
                    return _take(state, job, part)
            found = part_now(state, code.operation, code.attempt)
            label = job.intended.job.label
            why = f"This is {found.name}, {belongs(found)}. It is not from {label[:1].lower()}{label[1:]}."
            return refused(request, code.operation, why)
        case ToteCode(tote=tote):
            return _into(state, job, tote, request)
        case OrderCode(order=order):
            why = f"This is order {order}, not a part. Scan the part's label or its tote."
            return refused(request, order, why)
        case LeftCode(order=order):
            for part in parts:
                if part.order == order and part.lies is Lies.ASIDE:
                    return _take(state, job, part)
            return refused(request, order, f"Order {order} is no longer open. Put this part aside.")
        case ForeignCode():
            why = (
                f"{shown_code(request.code)} is no code of Lotwright's. Scan the part or its tote."
            )
            return refused(request, "", why, kept=FOREIGN)
        case _:
            assert_never(code)


def _labelled(state: State, part: OnPlate, code: PartCode) -> bool:
    """Tell whether a label is on a part: its own, or the one that it got first."""
    if code.operation == part.operation:
        return code.attempt == part.attempt
    if part.order not in state.orders or code.operation not in labels_of(state, part.operation):
        return False
    return state.work[code.operation].attempt == code.attempt


def _into(state: State, job: Job, tote: str, request: r.ScanPart) -> Answered:
    """A tote says where a part went: the part that the page points at, else its order's first one."""
    left = left_on(state, job)
    shown = next((part for part in left if part.operation == request.operation), None)
    if shown is not None and shown.tote and shown.tote != tote:
        order = state.totes.get(tote)
        carries = f"carries order {order}" if order else "is empty"
        why = f"Tote {tote} {carries}. {capital(shown.name)} belongs into tote {shown.tote}."
        return refused(request, tote, why)
    into = [part for part in left if part.tote == tote]
    chosen = shown if shown in into else next(iter(into), None)
    if chosen is None:
        label = job.intended.job.label
        why = f"Nothing on {label[:1].lower()}{label[1:]} belongs into tote {tote}."
        return refused(request, tote, why)
    return _take(state, job, chosen)


def _take(state: State, job: Job, part: OnPlate) -> Answered:
    machine = job.intended.job.machine
    match part.lies:
        case Lies.TAKEN:
            where = f"in tote {part.tote}" if part.tote else "put aside"
            return _no(f"{capital(part.name)} is already {where}.")
        case Lies.BAD:
            return _no(
                f"{capital(part.name)} is scrap; it is made again. Put it into the scrap box."
            )
        case Lies.READY | Lies.ASIDE:
            pass
        case _:
            assert_never(part.lies)
    taken = f.PartTaken(
        machine=machine, job_order=job.intended.job.id, operation=part.operation, tote=part.tote
    )
    where = f"into tote {part.tote}" if part.tote else "aside"
    says = f"{capital(part.name)} went {where}."
    rest = [other for other in on_plate(state, job) if other.lies is not Lies.TAKEN]
    if len(rest) == 1 and not state.machines[machine].failed:
        facts = (taken, e.MachineCleared(machine=machine))
        return Judged(facts=facts, says=f"{says} {machine} is cleared.")
    return Judged(facts=(taken,), says=says)


def scrap(state: State, request: r.ScrapPart) -> Answered:
    """Have a part made again that a person found bad, unless something was already begun with it."""
    job = state.jobs.get(request.job_order)
    if job is None or job.intended.job.machine != request.machine or job.phase is not JobPhase.OVER:
        return _gone(request.machine)
    part = next((x for x in on_plate(state, job) if x.operation == request.operation), None)
    if part is None:
        return Refusal(kind="unknown", why=f"{job.intended.job.label} has no such part.")
    if not request.reason.strip():
        return Refusal(kind="wrong", why="Scrap needs a reason, so that others know it.")
    if part.lies is Lies.BAD:
        return _no(f"{capital(part.name)} is already scrap; it is made again.")
    opened = state.orders.get(part.order)
    if opened is None or opened.cancelled is not None:
        return _no(f"Order {part.order} is cancelled; nothing of it is made again.")
    for later in opened.routing.graph.successors(part.operation):
        if state.work[later].phase is not Phase.OPEN:
            name = part_name(state, later)
            return _no(f"{capital(part.name)} is already needed for {name}. Scrap it there.")
    fact = f.PartScrapped(
        machine=request.machine,
        job_order=request.job_order,
        operation=part.operation,
        reason=request.reason.strip(),
    )
    return Judged(facts=(fact,), says=f"{capital(part.name)} is scrap and is made again.")


def _gone(machine: str) -> Refusal:
    return Refusal(
        kind="unknown", why=f"{machine} is already cleared of it. Look at the page again."
    )


def _no(why: str) -> Refusal:
    return Refusal(kind="conflict", why=why)
