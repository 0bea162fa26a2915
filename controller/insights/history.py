"""The journal, folded into what figures ask for: orders, runs of machines, plans and mishaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from controller import events as e
from drivers import JobState, UnitResult, Verdict

_BEGAN = frozenset({JobState.RUNNING, JobState.INTERRUPTED, JobState.ENDED})


@dataclass(slots=True)
class Run:
    """A job order from intent to end, as far as the journal knows it."""

    intended: e.JobIntended
    intended_s: int
    began_s: int | None = None
    ended_s: int | None = None
    aborted: str | None = None
    """Why the machine stopped by itself; None when it did not."""
    results: tuple[UnitResult, ...] = ()
    doubted: bool = False
    decided: str = ""

    @property
    def happened(self) -> bool:
        """Tell whether the machine did anything, so that its setup and its batch count."""
        return self.began_s is not None or self.decided.startswith("made")

    def count(self, verdict: Verdict) -> int:
        """Count the members with this verdict."""
        return sum(result.verdict is verdict for result in self.results)


@dataclass(slots=True)
class History:
    """What one journal says, without a plant; built by `read_history` and then only read."""

    origin_utc: str = ""
    events: int = 0
    last_s: int = 0
    accepted: dict[str, e.OrderAccepted] = field(default_factory=dict[str, e.OrderAccepted])
    packed_s: dict[str, int] = field(default_factory=dict[str, int])
    cancelled: dict[str, tuple[int, e.OrderCancelled]] = field(
        default_factory=dict[str, tuple[int, e.OrderCancelled]]
    )
    """Order -> (second, what it was taken back with)."""
    shipped: dict[str, bool] = field(default_factory=dict[str, bool])
    """Order -> whether its carrier took it in time."""
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    plans: list[tuple[int, e.PlanPublished]] = field(
        default_factory=list[tuple[int, e.PlanPublished]]
    )
    starts_s: list[int] = field(default_factory=list[int])
    losses: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """(second, machine) for each time a link was lost."""
    closed_s: list[int] = field(default_factory=list[int])
    refused_rows: int = 0
    condemned: dict[str, int] = field(default_factory=dict[str, int])
    """Operation -> how often a person took back that it was good."""


def read_history(events: Iterable[e.Stamped]) -> History:
    """Fold a journal once, in order."""
    history = History()
    for stamped in events:
        history.events += 1
        history.last_s = stamped.at_s
        _take(history, stamped.at_s, stamped.event)
    return history


def scrap_by_operation(runs: Iterable[Run]) -> Mapping[str, int]:
    """Count how often each operation was reported or decided as scrap."""
    spoilt: dict[str, int] = {}
    for run in runs:
        lost = [r.operation for r in run.results if r.verdict is Verdict.SCRAP]
        if run.decided == "made_scrap":
            lost = [member.operation for member in run.intended.job.members]
        for operation in lost:
            spoilt[operation] = spoilt.get(operation, 0) + 1
    return spoilt


def _condemn(history: History, event: e.PartScrapped | e.FinishUndone) -> None:
    taken = (event.operation,) if isinstance(event, e.PartScrapped) else event.operations
    for operation in taken:
        history.condemned[operation] = history.condemned.get(operation, 0) + 1


def _take(history: History, at_s: int, event: e.Event) -> None:
    match event:
        case e.PlantOpened(origin_utc=origin):
            history.origin_utc = origin
        case e.ControllerStarted():
            history.starts_s.append(at_s)
        case e.OrderAccepted() | e.OrderPacked() | e.OrderShipped() | e.OrderCancelled():
            _order(history, at_s, event)
        case e.PlanPublished():
            history.plans.append((at_s, event))
        case e.LinkLost(machine=machine):
            history.losses.append((at_s, machine))
        case e.RowRefused():
            history.refused_rows += 1
        case e.DayClosed():
            history.closed_s.append(at_s)
        case e.JobIntended():
            history.runs[event.job.id] = Run(event, at_s)
        case e.JobReported() | e.JobDoubted() | e.DoubtDecided():
            _job(history, at_s, event)
        case _:
            _aside(history, event)


def _aside(history: History, event: e.Event) -> None:
    if isinstance(event, e.PartScrapped | e.FinishUndone):
        _condemn(history, event)


def _order(
    history: History,
    at_s: int,
    event: e.OrderAccepted | e.OrderPacked | e.OrderShipped | e.OrderCancelled,
) -> None:
    match event:
        case e.OrderAccepted(order=order):
            history.accepted[order.id] = event
        case e.OrderPacked(order=name):
            history.packed_s[name] = at_s
        case e.OrderShipped(order=name, on_time=on_time):
            history.shipped[name] = on_time
        case e.OrderCancelled(order=name):
            history.cancelled[name] = at_s, event
        case _:
            assert_never(event)


def _job(history: History, at_s: int, event: e.JobReported | e.JobDoubted | e.DoubtDecided) -> None:
    name = event.report.job_order if isinstance(event, e.JobReported) else event.job_order
    run = history.runs.get(name)
    if run is None or run.ended_s is not None:
        # An orphan, or a machine that repeats itself after its job order is over.
        return
    match event:
        case e.JobDoubted():
            run.doubted = True
        case e.DoubtDecided(verdict=verdict):
            run.decided, run.ended_s = verdict, at_s
        case e.JobReported(report=report):
            if report.state in _BEGAN and run.began_s is None:
                run.began_s = at_s
            if report.state in (JobState.ENDED, JobState.ABORTED):
                run.ended_s, run.results = at_s, report.results
            if report.state is JobState.ABORTED:
                run.aborted = report.detail or "it gave no reason"
