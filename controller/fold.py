"""One event at a time becomes state: `apply` says what happened, and nothing else changes it."""

from collections.abc import Iterable
from typing import assert_never

import networkx as nx

from controller import events as e
from controller.alarms.fold import fold as fold_alarm
from controller.amend.fold import fold as fold_amendment
from controller.doubts.fold import VERDICTS
from controller.doubts.fold import fold as fold_doubt
from controller.floor.fold import fold as fold_floor
from controller.identity.fold import fold as fold_identity
from controller.invariant import invariant
from controller.names import order_of
from controller.state import (
    Job,
    JobPhase,
    KeptAnswer,
    MachineState,
    OpenOrder,
    Phase,
    Revision,
    State,
    Work,
)
from controller.stock.fold import fold as fold_stock
from controller.wanted.fold import fold as fold_wish
from drivers import Command, JobState, Report, Submit, UnitResult, Verdict, move, over
from plant_config import order_digest, route
from scheduler import Slot

_KEYS = 20_000
"""Answers kept for repeated requests: days of a busy plant."""
_REMEMBERED = 32
"""Closed job orders remembered for each machine; a device ring holds 16 (reliability.md R8)."""


def apply(state: State, stamped: e.Stamped) -> frozenset[str]:
    """Fold one event in place and return what it touched, as `machine:P3`, `order:4127`, `clock`, `day`."""
    state.seq, state.at_s = stamped.seq, stamped.at_s
    answered = state.demand <= state.planned
    touched = _fold(state, stamped)
    if answered and state.demand > state.planned:
        state.unplanned_s = state.at_s
    for name in touched:
        state.revisions[name] = Revision(seq=stamped.seq, actor=stamped.actor, at_s=stamped.at_s)
    return touched


def _fold(state: State, stamped: e.Stamped) -> frozenset[str]:
    event = stamped.event
    if isinstance(event, e.FloorFact):
        return fold_floor(state, event, actor=stamped.actor)
    if isinstance(event, e.AmendFact):
        return fold_amendment(state, event, actor=stamped.actor)
    if isinstance(event, e.WantedFact):
        return fold_wish(state, event, actor=stamped.actor)
    if isinstance(event, e.IdentityFact):
        return fold_identity(state, event)
    if isinstance(event, e.DoubtFact):
        return fold_doubt(state, event, actor=stamped.actor)
    if isinstance(event, e.StockFact):
        return fold_stock(state, event)
    if isinstance(event, e.AlarmFact):
        return fold_alarm(state, event, actor=stamped.actor)
    return _line(state, stamped, event)


def _line(state: State, stamped: e.Stamped, event: e.LineFact) -> frozenset[str]:
    match event:
        case e.PlantOpened() | e.ControllerStarted() | e.ClockSet() | e.DayClosed():
            return _plant_wide(state, event)
        case e.FileImported() | e.RowRefused():
            if isinstance(event, e.FileImported):
                state.files.add(event.digest)
            return frozenset({"orders"})
        case e.OrderAccepted() | e.OrderPacked() | e.OrderShipped():
            return _order(state, event)
        case e.PlanPublished():
            state.previous, state.plan = state.plan, event
            state.plan_s, state.planned = stamped.at_s, event.answers
            state.ends, state.late_ends = dict(event.ends), dict(event.late_ends)
            state.queues = _queues(state, event.slots)
            return frozenset({"plan"})
        case (
            e.JobIntended()
            | e.JobAnswered()
            | e.JobReported()
            | e.JobProvenUnmade()
            | e.JobDoubted()
            | e.DoubtDecided()
            | e.JobConfirmed()
        ):
            return _job(state, event)
        case (
            e.MachineCleared()
            | e.LinkRestored()
            | e.LinkLost()
            | e.OrphanFound()
            | e.OrphanSettled()
        ):
            return _machine(state, event)
        case e.RequestKept():
            state.answered[event.key] = KeptAnswer(
                request=event.request, seq=stamped.seq, says=event.says
            )
            if len(state.answered) > _KEYS:
                del state.answered[next(iter(state.answered))]
            return frozenset()
        case _:
            assert_never(event)


def _plant_wide(
    state: State, event: e.PlantOpened | e.ControllerStarted | e.ClockSet | e.DayClosed
) -> frozenset[str]:
    match event:
        case e.PlantOpened():
            state.origin_utc = event.origin_utc
            state.machines = {name: MachineState() for name in state.plant.machines}
        case e.ControllerStarted():
            for name in state.plant.machines:
                state.machines.setdefault(name, MachineState()).linked = False
        case e.ClockSet():
            state.clock = (event.utc, event.plant_s, event.speed)
            return frozenset({"clock"})
        case e.DayClosed():
            state.closed_days += 1
        case _:
            assert_never(event)
    return frozenset({"day"})


def _queues(state: State, slots: Iterable[Slot]) -> dict[str, tuple[Slot, ...]]:
    queues: dict[str, list[Slot]] = {name: [] for name in state.plant.machines}
    for slot in slots:
        if slot.machine in queues:
            queues[slot.machine].append(slot)
    return {name: tuple(queue) for name, queue in queues.items()}


def _order(state: State, event: e.OrderAccepted | e.OrderPacked | e.OrderShipped) -> frozenset[str]:
    match event:
        case e.OrderAccepted(order=order):
            routing = route(order, state.plant)
            state.orders[order.id] = OpenOrder(order, routing, state.at_s)
            state.work |= {name: Work(opened=state.seq) for name in routing.operations}
            state.known_orders[order.id] = order_digest(order)
            state.accepted += 1
            state.demand = state.seq
        case e.OrderPacked(order=name):
            state.orders[name].packed_s = state.at_s
            state.begun.add(name)
            state.packed += 1
        case e.OrderShipped(order=name):
            opened = state.orders.pop(name)
            for operation in opened.routing.operations:
                del state.work[operation]
            state.totes.pop(opened.tote, None)
            state.begun.discard(name)
            state.shipped += 1
        case _:
            assert_never(event)
    return frozenset({f"order:{event.order if isinstance(event.order, str) else event.order.id}"})


def _job(
    state: State,
    event: (
        e.JobIntended
        | e.JobAnswered
        | e.JobReported
        | e.JobProvenUnmade
        | e.JobDoubted
        | e.DoubtDecided
        | e.JobConfirmed
    ),
) -> frozenset[str]:
    match event:
        case e.JobIntended():
            _intend(state, event)
            return _touched(state, event.job.id)
        case e.JobReported(report=report):
            return _report(state, report)
        case e.JobConfirmed():
            state.to_confirm.pop(event.job_order, None)
            return frozenset({f"machine:{event.machine}"})
        case e.JobAnswered() | e.JobProvenUnmade() | e.JobDoubted() | e.DoubtDecided():
            touched = _touched(state, event.job_order)
            _learn(state, state.jobs[event.job_order], event)
            return touched
        case _:
            assert_never(event)


def _intend(state: State, event: e.JobIntended) -> None:
    job = event.job
    state.jobs[job.id] = Job(event, state.at_s)
    machine = state.machines[job.machine]
    invariant(not machine.job_order, f"R1: {job.machine} was told before it was free.")
    machine.job_order, machine.refused, machine.confirmed = job.id, "", ()
    group = state.plant.machines[job.machine].group
    state.batches[group] = state.batches.get(group, 0) + 1
    for member in job.members:
        work = state.work[member.operation]
        fresh = work.phase is Phase.OPEN and work.attempt == member.attempt
        invariant(
            fresh, f"R3: {member.operation} would be made without a verdict on the last time."
        )
        work.phase, work.job_order, work.machine = Phase.GIVEN, job.id, job.machine
        state.begun.add(member.operation.partition("/")[0])


def _learn(
    state: State,
    job: Job,
    event: e.JobAnswered | e.JobProvenUnmade | e.JobDoubted | e.DoubtDecided,
) -> None:
    match event:
        case e.JobAnswered(answer=answer):
            if answer.outcome is Submit.REJECTED:
                machine = state.machines[job.intended.job.machine]
                machine.refused, machine.refused_s = answer.detail or "no reason given", state.at_s
                machine.refusals += 1
                _give_back(state, job)
            elif job.phase in {JobPhase.INTENDED, JobPhase.UNKNOWN}:
                unknown = answer.outcome is Submit.UNKNOWN
                job.phase = JobPhase.UNKNOWN if unknown else JobPhase.ACCEPTED
        case e.JobProvenUnmade():
            _give_back(state, job)
        case e.JobDoubted(why=why):
            job.phase, job.detail, job.signatures = JobPhase.DOUBT, why, ()
            state.demand = state.seq
        case e.DoubtDecided(verdict=verdict):
            said = VERDICTS[verdict]
            if said is not Verdict.NOT_MADE:
                state.machines[job.intended.job.machine].family = job.intended.job.family
            members = job.intended.job.members
            job.results = tuple(UnitResult(member.operation, said) for member in members)
            _judge(state, job, [(member.operation, said) for member in members])
            _finish(state, job, failed="")
            state.demand = state.seq
        case _:
            assert_never(event)


def _report(state: State, report: Report) -> frozenset[str]:
    job = state.jobs.get(report.job_order)
    if job is None or job.phase is JobPhase.OVER:
        return frozenset({f"machine:{report.machine}"})
    touched = _touched(state, report.job_order)
    machine = state.machines[report.machine]
    _follow_command(machine, report)
    if report.count is not None:
        machine.count = report.count
    job.state = report.state if job.state is None else move(job.state, report.state)
    job.detail = report.detail
    match report.state:
        case JobState.NOT_ALLOWED_TO_START | JobState.ALLOWED_TO_START:
            job.phase = JobPhase.ACCEPTED
        case JobState.RUNNING | JobState.INTERRUPTED:
            _hold(state, job, held=report.state is JobState.INTERRUPTED)
            job.started_s = state.at_s if job.started_s is None else job.started_s
            machine.family, machine.refusals = job.intended.job.family or machine.family, 0
        case JobState.ENDED | JobState.ABORTED:
            machine.family = job.intended.job.family or machine.family
            job.results, job.used = report.results, report.used
            _judge(state, job, [(r.operation, r.verdict) for r in report.results])
            called_off = report.state is JobState.ABORTED and _only_offered(state, job)
            failed = report.state is JobState.ABORTED and not called_off
            _finish(state, job, failed=(report.detail or "no reason given") if failed else "")
            machine.needs_clear = machine.needs_clear and not called_off
        case _:
            assert_never(report.state)
    return touched


def _only_offered(state: State, job: Job) -> bool:
    """Tell whether it is hand work that a station showed and nobody began: that it was called off is no
    failure of anything."""
    at_hands = state.plant.machines[job.intended.job.machine].link.kind == "station"
    return at_hands and job.started_s is None


def _hold(state: State, job: Job, *, held: bool) -> None:
    job.phase = JobPhase.HELD if held else JobPhase.RUNNING
    if held and job.held_s is None:
        job.held_s = state.at_s
    elif not held and job.held_s is not None:
        job.rested_s, job.held_s = job.rested_s + state.at_s - job.held_s, None


_REACHES = {
    Command.PAUSE: JobState.INTERRUPTED,
    Command.RESUME: JobState.RUNNING,
    Command.ABORT: JobState.ABORTED,
}
"""What a job order becomes when its machine has followed a command."""


def _follow_command(machine: MachineState, report: Report) -> None:
    pending = machine.command
    if pending is None or pending.job_order != report.job_order:
        return
    if over(report.state) or report.state is _REACHES.get(pending.command):
        machine.command = None


def _judge(state: State, job: Job, verdicts: Iterable[tuple[str, Verdict]]) -> None:
    said = dict(verdicts)
    for member in job.intended.job.members:
        work = state.work[member.operation]
        match said.get(member.operation, Verdict.NOT_MADE):
            case Verdict.GOOD:
                work.phase, work.ended_s = Phase.DONE, state.at_s
            case Verdict.SCRAP:
                job.scrapped += 1
                _lose(state, member.operation)
            case Verdict.NOT_MADE:
                _open_again(state, member.operation)


def _lose(state: State, operation: str) -> None:
    """Scrap destroys what went into it too: every operation upstream has to be done again."""
    _open_again(state, operation)
    for earlier in nx.ancestors(order_of(state, operation).routing.graph, operation):
        _open_again(state, earlier)


def _open_again(state: State, operation: str) -> None:
    work = state.work[operation]
    state.work[operation] = Work(attempt=work.attempt + 1, opened=state.seq)
    if order_of(state, operation).cancelled is None:
        state.demand = state.seq


def _give_back(state: State, job: Job) -> None:
    for member in job.intended.job.members:
        _open_again(state, member.operation)
    machine = state.machines[job.intended.job.machine]
    machine.job_order, machine.command = "", None
    _remember(state, job)


def _finish(state: State, job: Job, *, failed: str) -> None:
    job.phase, job.ended_s = JobPhase.OVER, state.at_s
    machine = state.machines[job.intended.job.machine]
    machine.failed, machine.command = failed, None
    machine.needs_clear = (
        bool(failed) or not state.plant.group_of(job.intended.job.machine).clears_itself
    )
    if failed:
        state.demand = state.seq


def _remember(state: State, job: Job) -> None:
    told = job.intended.job
    del state.jobs[told.id]
    state.closed[told.machine] = (*state.closed.get(told.machine, ()), told.id)[-_REMEMBERED:]


def _machine(
    state: State,
    event: e.MachineCleared | e.LinkRestored | e.LinkLost | e.OrphanFound | e.OrphanSettled,
) -> frozenset[str]:
    machine = state.machines[event.machine]
    match event:
        case e.MachineCleared():
            job = state.jobs.get(machine.job_order)
            if job is not None:
                state.to_confirm[machine.job_order] = event.machine
                _remember(state, job)
            if machine.failed:
                state.demand = state.seq
            machine.job_order, machine.needs_clear, machine.failed = "", False, ""
        case e.LinkRestored():
            machine.linked, machine.link_since_s = True, state.at_s
            machine.boot = event.boot
            machine.count = machine.count if event.count is None else event.count
        case e.LinkLost():
            machine.linked, machine.link_since_s = False, state.at_s
        case e.OrphanFound():
            machine.orphan = event.job_order
        case e.OrphanSettled():
            machine.orphan = ""
        case _:
            assert_never(event)
    return frozenset({f"machine:{event.machine}"})


def _touched(state: State, job_order: str) -> frozenset[str]:
    job = state.jobs.get(job_order)
    if job is None:
        return frozenset()
    orders = {f"order:{m.operation.partition('/')[0]}" for m in job.intended.job.members}
    return frozenset({f"machine:{job.intended.job.machine}", *orders})
