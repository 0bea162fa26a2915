"""The journal's tail for pages: what happened last, what was decided, what has left."""

from collections import deque
from dataclasses import dataclass, field

from controller import events as e
from controller.desk import Desk
from controller.doubts.words import said
from controller.names import capital, duration
from controller.web.floor_words import floor_line
from controller.web.naming import counted
from controller.web.recent_alarms import RecentAlarms
from controller.web.recent_day import RecentDay
from controller.web.scene import order_id
from controller.web.tail import catch_up
from drivers import JobState, Report, Verdict

KEPT = 12
"""Lines kept for each machine; the drawer shows the last few."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, in the floor's words."""

    at_s: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A doubt that a person settled."""

    at_s: int
    machine: str
    label: str
    verdict: str
    reason: str
    actor: str


@dataclass(slots=True)
class Recent:
    """A small fold beside the state, fed from the journal; nothing else depends on it."""

    seq: int = 0
    of_machine: dict[str, deque[Line]] = field(default_factory=dict[str, "deque[Line]"])
    evidence: dict[str, list[tuple[int, int, str]]] = field(
        default_factory=dict[str, "list[tuple[int, int, str]]"]
    )
    """Job order -> (plant second, event number, words), until it is decided or over."""
    doubted_s: dict[str, int] = field(default_factory=dict[str, int])
    signed: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Job order -> (who, verdict) that waits for a second person."""
    decided: deque[Decision] = field(default_factory=lambda: deque[Decision](maxlen=KEPT))
    shipped: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    """(carrier, due second) -> orders that left with it."""
    due_of: dict[str, int] = field(default_factory=dict[str, int])
    jobs: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Job order -> (machine, label) of those not yet cleared."""
    alarms: RecentAlarms = field(default_factory=RecentAlarms)
    day: RecentDay = field(default_factory=RecentDay)

    async def catch_up(self, desk: Desk) -> None:
        """Fold what was recorded since the last look."""
        await catch_up(self, desk)

    def fold(self, stamped: e.Stamped) -> None:
        """Take one event in."""
        _fold(self, stamped)


def _fold(recent: Recent, stamped: e.Stamped) -> None:
    event = stamped.event
    recent.day.fold(stamped)
    match event:
        case e.OrderAccepted(order=order):
            recent.due_of[order.id] = order.due_s
        case e.OrderShipped(order=order_name, carrier=carrier):
            key = (carrier, recent.due_of.pop(order_name, -1))
            recent.shipped[key] = recent.shipped.get(key, 0) + 1
        case e.JobIntended(job=job):
            recent.jobs[job.id] = (job.machine, job.label)
            orders = len({order_id(member.operation) for member in job.members})
            setup = f", after {duration(event.setup_s)} setup" if event.setup_s else ""
            says = f"Told to make {_lower(job.label)} for {counted(orders, 'order')}{setup}"
            _add(recent, job.machine, stamped, says, job.id)
        case e.JobAnswered(job_order=job_order, answer=answer):
            detail = f": {answer.detail}" if answer.detail else ""
            says = f"Answer to {_label(recent, job_order)}: {answer.outcome.value}{detail}"
            _add(recent, _machine(recent, job_order), stamped, says, job_order)
        case e.JobReported(report=report):
            _reported(recent, stamped, report)
        case e.JobDoubted(job_order=job_order, why=why):
            recent.doubted_s[job_order] = stamped.at_s
            recent.signed.pop(job_order, None)
            _add(recent, _machine(recent, job_order), stamped, f"In doubt: {why}", job_order)
        case e.VerdictSigned():
            _signed(recent, stamped, event)
        case e.DoubtDecided():
            _decided(recent, stamped, event)
        case e.JobProvenUnmade(job_order=job_order, evidence=evidence):
            says = f"{capital(_label(recent, job_order))} was never started: {evidence}"
            _add(recent, _machine(recent, job_order), stamped, says)
            _forget(recent, job_order)
        case _:
            recent.alarms.fold(stamped)
            _of_machine(recent, stamped)


def _of_machine(recent: Recent, stamped: e.Stamped) -> None:
    event = stamped.event
    match event:
        case e.MachineCleared(machine=machine):
            _add(recent, machine, stamped, f"Cleared by {stamped.actor.removeprefix('person ')}")
            for job_order in [name for name, (where, _) in recent.jobs.items() if where == machine]:
                _forget(recent, job_order)
        case e.LinkLost(machine=machine, detail=detail):
            _linked(recent, machine, stamped, f"Link lost: {detail}" if detail else "Link lost")
        case e.LinkRestored(machine=machine, boot=boot):
            said = "Link is up" if boot is None else f"Link is up, boot {boot}"
            _linked(recent, machine, stamped, said)
        case e.OrphanFound(machine=machine):
            _add(recent, machine, stamped, "Holds a job order that Lotwright did not give")
        case e.OrphanSettled(machine=machine):
            _add(recent, machine, stamped, "The unknown job order was taken off")
        case _:
            if (line := floor_line(stamped)) is not None:
                _add(recent, *line)


def _reported(recent: Recent, stamped: e.Stamped, report: Report) -> None:
    label = _label(recent, report.job_order)
    bad = sum(result.verdict is Verdict.SCRAP for result in report.results)
    says = {
        JobState.RUNNING: f"Started {label}",
        JobState.INTERRUPTED: f"Held {label}",
        JobState.ENDED: f"Finished {label}" + (f", {bad} scrap" if bad else ""),
        JobState.ABORTED: f"Aborted {label}" + (f": {report.detail}" if report.detail else ""),
    }.get(report.state)
    if says is not None:
        _add(recent, report.machine, stamped, says, report.job_order)


def _signed(recent: Recent, stamped: e.Stamped, event: e.VerdictSigned) -> None:
    actor = stamped.actor.removeprefix("person ")
    first = recent.signed.get(event.job_order)
    says = f"{capital(actor)} said {said(event.verdict)}, “{event.reason}”"
    if event.withdraws and first is not None:
        says += f"; {capital(first[0])}'s {said(first[1])} is withdrawn"
    recent.signed[event.job_order] = (actor, event.verdict)
    _add(recent, _machine(recent, event.job_order), stamped, says, event.job_order)


def _decided(recent: Recent, stamped: e.Stamped, event: e.DoubtDecided) -> None:
    machine, label = recent.jobs.get(event.job_order, ("", event.job_order[:8]))
    verdict = said(event.verdict)
    actor = stamped.actor.removeprefix("person ")
    first = recent.signed.pop(event.job_order, None)
    if first is not None and first[1] == event.verdict and first[0] != actor:
        actor = f"{first[0]} and {capital(actor)}"
    recent.decided.appendleft(
        Decision(
            at_s=stamped.at_s,
            machine=machine,
            label=label,
            verdict=verdict,
            reason=event.reason,
            actor=actor,
        )
    )
    _add(recent, machine, stamped, f"{actor} decided: {_lower(label)} {verdict}, “{event.reason}”")
    recent.evidence.pop(event.job_order, None)
    recent.doubted_s.pop(event.job_order, None)


def _linked(recent: Recent, machine: str, stamped: e.Stamped, says: str) -> None:
    """A change of the link is evidence about everything that the machine was told."""
    _add(recent, machine, stamped, says)
    for job_order, (where, _) in recent.jobs.items():
        if where == machine and job_order in recent.evidence:
            recent.evidence[job_order].append((stamped.at_s, stamped.seq, says))


def _add(recent: Recent, machine: str, stamped: e.Stamped, says: str, job_order: str = "") -> None:
    recent.of_machine.setdefault(machine, deque(maxlen=KEPT)).appendleft(Line(stamped.at_s, says))
    if job_order:
        recent.evidence.setdefault(job_order, []).append((stamped.at_s, stamped.seq, says))


def _forget(recent: Recent, job_order: str) -> None:
    recent.jobs.pop(job_order, None)
    recent.evidence.pop(job_order, None)


def _machine(recent: Recent, job_order: str) -> str:
    return recent.jobs.get(job_order, ("", ""))[0]


def _label(recent: Recent, job_order: str) -> str:
    return _lower(recent.jobs.get(job_order, ("", "an unknown job order"))[1])


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
