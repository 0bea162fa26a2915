"""What the machines say against what the journal says: answers and findings become facts."""

from collections.abc import Iterator
from typing import assert_never

from controller import events as e
from controller.state import Job, JobPhase, State
from controller.transient import Transient
from drivers import Finding, JobState, Knowledge, Report, over
from drivers import reachable as could_go


def heard(state: State, report: Report) -> Iterator[e.Event]:
    """Turn a report into a fact when it says something new and possible."""
    job = state.jobs.get(report.job_order)
    if job is None or job.phase is JobPhase.OVER:
        return
    if job.state is not None and not could_go(job.state, report.state):
        return
    if job.state is report.state and not over(report.state):
        return
    yield e.JobReported(report=report)


def held(
    state: State, transient: Transient, machine: str, reports: tuple[Report, ...] | None
) -> Iterator[e.Event]:
    """Compare everything that a machine holds with the journal."""
    for report in reports or ():
        if report.job_order in state.jobs:
            transient.checked.add(report.job_order)
            yield from heard(state, report)
        elif report.job_order in state.closed.get(machine, ()):
            if over(report.state):
                transient.forget.add((machine, report.job_order))
        elif (machine, report.job_order) in transient.forget:
            continue
        elif not state.machines[machine].orphan:
            yield e.OrphanFound(
                machine=machine, job_order=report.job_order, state=report.state.value
            )


def found(state: State, job_order: str, finding: Finding) -> Iterator[e.Event]:
    """Turn the answer to a look-up into a fact; what cannot be known is asked of a person (R5)."""
    job = state.jobs.get(job_order)
    if job is None or job.phase in {JobPhase.OVER, JobPhase.DOUBT}:
        return
    match finding.knowledge:
        case Knowledge.HELD | Knowledge.OVER:
            if finding.report is not None:
                yield from _believed(state, job, finding.report)
        case Knowledge.NEVER_SEEN:
            evidence = finding.detail or "the machine never saw it"
            yield e.JobProvenUnmade(job_order=job_order, evidence=evidence)
        case Knowledge.UNPROVABLE:
            yield e.JobDoubted(job_order=job_order, why=doubt_sentence(job, finding.detail))
        case _:
            assert_never(finding.knowledge)


def _believed(state: State, job: Job, report: Report) -> Iterator[e.Event]:
    if job.phase is JobPhase.UNKNOWN and job.state is report.state:
        yield e.JobReported(report=report)  # ends the unknown, though the state is no news
    elif job.phase in {JobPhase.INTENDED, JobPhase.UNKNOWN} and report.state in {
        JobState.NOT_ALLOWED_TO_START,
        JobState.ALLOWED_TO_START,
    }:
        yield e.JobReported(report=report)
    else:
        yield from heard(state, report)


def doubt_sentence(job: Job, detail: str) -> str:
    """Say what is not known, why, and what to do, for the page."""
    label = job.intended.job.label
    cause = detail.rstrip(".") if detail else "The link dropped between start and answer"
    return f"{cause}; nobody knows if {label[:1].lower()}{label[1:]} was made."
