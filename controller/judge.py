"""A request becomes facts and a reply, or a refusal that says why; it decides nothing else."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from controller import events as e
from controller.alarms.judge import judge as judge_alarm
from controller.alarms.requests import AlarmRequest
from controller.amend.judge import judge as judge_amendment
from controller.amend.requests import AmendRequest
from controller.doubts.judge import judge as judge_doubt
from controller.floor.judge import judge as judge_floor
from controller.floor.requests import FloorRequest
from controller.identity.judge import judge as judge_identity
from controller.identity.matching import not_scanned
from controller.identity.requests import IdentityRequest
from controller.judged import Answered, Judged
from controller.names import local_time, time_of_day
from controller.orders import file_digest, impersonal, read_orders, take
from controller.requests import (
    BeginHandWork,
    ClearMachine,
    DecideDoubt,
    FinishHandWork,
    Imported,
    ImportOrders,
    LineRequest,
    Refusal,
    Request,
    SetClock,
    TakeOrders,
)
from controller.state import JobPhase, State
from controller.stock.judge import judge as judge_stock
from controller.stock.requests import StockRequest
from controller.wanted.requests import AcceptProposal, DiscardProposal, UndoWish
from drivers import JobState, Report

FASTEST = 5_000
"""Beyond this a plant minute is shorter than a round trip."""


def judge(
    state: State, request: Request, *, now_s: int, utc: datetime, actor: str = ""
) -> Answered:
    """Answer a request from the state alone; who asks matters where two persons must agree."""
    match request:
        case UndoWish(number=number):
            return _undo_wish(state, number)
        case AcceptProposal() | DiscardProposal():
            raise TypeError("proposals live with the loop, which answers for them")
        case _:
            pass
    if isinstance(request, FloorRequest):
        return judge_floor(state, request, now_s)
    if isinstance(request, AmendRequest):
        return judge_amendment(state, request)
    if isinstance(request, IdentityRequest):
        return judge_identity(state, request, now_s)
    if isinstance(request, StockRequest):
        return judge_stock(state, request, now_s)
    if isinstance(request, AlarmRequest):
        return judge_alarm(state, request, now_s)
    if isinstance(request, DecideDoubt):
        return judge_doubt(state, request, actor=actor)
    return _line(state, request, now_s, utc)


def outdated(state: State, expected: Mapping[str, int]) -> Refusal | None:
    """Refuse what was asked on an older state than today's; say who changed it, and when."""
    for name, seq in expected.items():
        revision = state.revisions.get(name)
        if revision is not None and revision.seq != seq:
            at = time_of_day(state, revision.at_s)
            what = name.replace(":", " ")
            who = revision.actor.removeprefix("person ")
            why = f"{what[:1].upper()}{what[1:]} was changed by {who} at {at}. Look again, then decide."
            return Refusal(kind="conflict", why=why, stale=True)
    return None


def _undo_wish(state: State, number: int) -> Answered:
    granted = state.wishes.get(number)
    if granted is None:
        return Refusal(kind="unknown", why=f"Wish {number} no longer counts.")
    return Judged(facts=(e.WishWithdrawn(number=number, why="taken back"),))


def _line(state: State, request: LineRequest, now_s: int, utc: datetime) -> Answered:
    match request:
        case ImportOrders():
            return _import(state, request, now_s)
        case TakeOrders():
            return take(state, request, now_s)
        case ClearMachine(machine=machine):
            return _clear(state, machine)
        case BeginHandWork() | FinishHandWork():
            return _hand_work(state, request)
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
        e.RowRefused(file=digest, row=row.row, column=row.column, reason=impersonal(row))
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
    unscanned = not_scanned(state, job, request.results)
    if unscanned is not None:
        return Refusal(kind="conflict", why=unscanned)
    report = Report(
        machine=request.machine,
        job_order=request.job_order,
        state=JobState.ENDED,
        results=request.results,
    )
    return Judged(facts=(e.JobReported(report=report),))
