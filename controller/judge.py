"""A request becomes facts and a reply, or a refusal that says why; it decides nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, assert_never

from controller import events as e
from controller.desk import Person
from controller.names import local_time
from controller.orders import file_digest, read_orders
from controller.requests import (
    BeginHandWork,
    ClearMachine,
    DecideDoubt,
    FinishHandWork,
    Imported,
    ImportOrders,
    Refusal,
    RefusedRow,
    Request,
    SetClock,
)
from controller.state import JobPhase, State
from drivers import JobState, Report

FASTEST = 5_000
"""Beyond this a plant minute is shorter than a round trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a request comes to: facts to record, the reply, and what goes to the erasable tables first."""

    facts: tuple[e.Event, ...] = ()
    reply: Imported | None = None
    """None: the reply is the sequence number of the last fact."""
    people: Mapping[str, Person] = field(default_factory=dict[str, Person])
    refused: tuple[tuple[str, RefusedRow], ...] = ()


Answered: TypeAlias = Judged | Refusal


def judge(state: State, request: Request, *, now_s: int, utc: datetime) -> Answered:
    """Answer a request from the state alone."""
    match request:
        case ImportOrders():
            return _import(state, request, now_s)
        case ClearMachine(machine=machine):
            return _clear(state, machine)
        case BeginHandWork() | FinishHandWork():
            return _hand_work(state, request)
        case DecideDoubt():
            return _decide_doubt(state, request)
        case SetClock(speed=speed):
            if not 0 <= speed <= FASTEST:
                return Refusal(kind="wrong", why=f"A speed of {speed} is not from 0 to {FASTEST}.")
            return Judged(facts=(e.ClockSet(utc=utc.isoformat(), plant_s=now_s, speed=speed),))
        case _:
            assert_never(request)


def _import(state: State, request: ImportOrders, now_s: int) -> Answered:
    digest = file_digest(request.content)
    first_day = local_time(state, 0).date()
    read = read_orders(request.content, state.plant, now_s, state.known_orders, first_day=first_day)
    reply = Imported(
        accepted=tuple(each.order.id for each in read.accepted),
        repeated=read.repeated,
        refused=read.refused,
    )
    if digest in state.files:
        return Judged(reply=reply)
    accepted = tuple(
        e.OrderAccepted(
            order=each.order,
            cost_cents=each.cost_cents,
            premium_cents=each.premium_cents,
            file=digest,
        )
        for each in read.accepted
    )
    refused = tuple(
        e.RowRefused(file=digest, row=row.row, column=row.column, reason=_impersonal(row))
        for row in read.refused
    )
    imported = e.FileImported(
        digest=digest,
        name=request.name,
        accepted=len(read.accepted),
        refused=len(read.refused),
        repeated=len(read.repeated),
    )
    return Judged(
        facts=(*accepted, *refused, imported),
        reply=reply,
        people={each.order.id: each.person for each in read.accepted},
        refused=tuple((request.name, row) for row in read.refused),
    )


def _impersonal(row: RefusedRow) -> str:
    """Keep the refused value, which may be a name or a text of the customer, out of the journal."""
    return row.reason.replace(row.value, "…") if row.value else row.reason


def _clear(state: State, machine: str) -> Answered:
    known = state.machines.get(machine)
    if known is None:
        return Refusal(kind="unknown", why=f"There is no machine {machine!r} in this plant.")
    if known.orphan:
        return Judged(facts=(e.OrphanSettled(machine=machine, job_order=known.orphan),))
    if not known.needs_clear:
        return Refusal(kind="conflict", why=f"{machine} has nothing to take off.")
    return Judged(facts=(e.MachineCleared(machine=machine),))


def _hand_work(state: State, request: BeginHandWork | FinishHandWork) -> Answered:
    job = state.jobs.get(request.job_order)
    if job is None or job.intended.job.machine != request.machine:
        return Refusal(kind="unknown", why=f"{request.machine} does not show this work any more.")
    if state.plant.machines[request.machine].link.kind != "station":
        return Refusal(kind="wrong", why=f"{request.machine} is a machine, not a hand station.")
    if job.phase is JobPhase.OVER:
        return Refusal(kind="conflict", why=f"{job.intended.job.label} is already finished.")
    if isinstance(request, BeginHandWork):
        if job.phase is JobPhase.RUNNING:
            return Refusal(kind="conflict", why=f"{job.intended.job.label} is already begun.")
        state_now = JobState.RUNNING
        report = Report(machine=request.machine, job_order=request.job_order, state=state_now)
        return Judged(facts=(e.JobReported(report=report),))
    asked = {member.operation for member in job.intended.job.members}
    said = {result.operation for result in request.results}
    if asked != said:
        missing = ", ".join(sorted(asked - said)) or "nothing"
        return Refusal(kind="wrong", why=f"Each part needs a verdict; missing: {missing}.")
    report = Report(
        machine=request.machine,
        job_order=request.job_order,
        state=JobState.ENDED,
        results=request.results,
    )
    return Judged(facts=(e.JobReported(report=report),))


def _decide_doubt(state: State, request: DecideDoubt) -> Answered:
    job = state.jobs.get(request.job_order)
    if job is None:
        return Refusal(kind="unknown", why="There is no such job order any more.")
    if job.phase is not JobPhase.DOUBT:
        return Refusal(kind="conflict", why=f"{job.intended.job.label} is not in doubt.")
    if not request.reason.strip():
        return Refusal(kind="wrong", why="A decision needs a reason, so that others can follow it.")
    return Judged(
        facts=(
            e.DoubtDecided(
                job_order=request.job_order, verdict=request.verdict, reason=request.reason
            ),
        )
    )
