"""What came of an effect becomes facts; nothing is sent again here, the rules decide that."""

import structlog

from controller import events as e
from controller.effects import (
    AskHeld,
    AskPlan,
    ConfirmJob,
    LookUp,
    StartJob,
    SubmitJob,
    TellMachine,
    key,
)
from controller.frozen import frozen_of
from controller.planning import Answer as PlanAnswer
from controller.planning import adopt
from controller.ports import HeldReports, NothingSent, Outcome
from controller.reconcile import found, held
from controller.state import State
from controller.transient import Transient
from controller.wanted.proposing import told
from controller.wanted.terms import terms_of
from drivers import Answer, Finding, JobOrder, Knowledge, Submit

_log = structlog.get_logger()

AGAIN_S = 20
"""Plant seconds before an effect that came to nothing is tried again."""


def conclude(state: State, transient: Transient, outcome: Outcome, now_s: int) -> list[e.Event]:
    """Return the facts that an outcome amounts to, and note what it leaves to be asked."""
    effect, name = outcome.effect, key(outcome.effect)
    transient.flying.discard(name)
    match effect, outcome.result:
        case SubmitJob(job=job), (Answer() | NothingSent()) as result:
            return _submitted(state, transient, job, result)
        case StartJob(job=job), Answer():
            transient.checked.discard(job.id)  # a look-up tells whether it runs now
            transient.not_before[name] = now_s + AGAIN_S
            return []
        case LookUp(job=job), Finding() as finding:
            transient.checked.add(job.id)
            if finding.report is None and finding.knowledge in {Knowledge.HELD, Knowledge.OVER}:
                transient.not_before[name] = now_s + AGAIN_S
            return list(found(state, job.id, finding))
        case AskHeld(machine=machine), HeldReports(reports=reports):
            transient.reconciled.add(machine)
            return list(held(state, transient, machine, reports))
        case ConfirmJob() as confirm, Answer(outcome=said) if said is not Submit.UNKNOWN:
            return _confirmed(state, transient, confirm)
        case TellMachine() as told, Answer() as answer:
            if answer.outcome is Submit.UNKNOWN:
                transient.checked.discard(told.job_order)  # a look-up tells what it did
                transient.not_before[name] = now_s + AGAIN_S
            return [_told(told, answer)]
        case AskPlan(), PlanAnswer() as answer:
            return _planned(state, transient, answer, now_s, name)
        case _:
            transient.not_before[name] = now_s + AGAIN_S
            return []


def _confirmed(state: State, transient: Transient, confirm: ConfirmJob) -> list[e.Event]:
    machine, job_order = confirm.machine, confirm.job_order
    transient.forget.discard((machine, job_order))
    confirmed = e.JobConfirmed(machine=machine, job_order=job_order)
    return [confirmed] if job_order in state.to_confirm else []


def _told(told: TellMachine, answer: Answer) -> e.Event:
    return e.CommandAnswered(
        machine=told.machine, job_order=told.job_order, command=told.command, answer=answer
    )


def _submitted(
    state: State, transient: Transient, job: JobOrder, result: Answer | NothingSent
) -> list[e.Event]:
    if job.id not in state.jobs:
        return []  # its report overtook the answer, and it is over and cleared
    if isinstance(result, NothingSent):
        said = f"nothing left the controller: {result.why}"
        return [e.JobProvenUnmade(job_order=job.id, evidence=said)]
    if result.outcome in {Submit.ACCEPTED, Submit.DUPLICATE}:
        transient.checked.add(job.id)
    return [e.JobAnswered(job_order=job.id, answer=result)]


def _planned(
    state: State, transient: Transient, answer: PlanAnswer, now_s: int, name: str
) -> list[e.Event]:
    """Rebase an answer onto what is frozen now (architecture section 5); one that cannot be is dropped."""
    if answer.gave_way:
        return []
    plan = adopt(state, answer, frozen_of(state, now_s), now_s, terms_of(state))
    if plan is not None:
        return [told(state, plan)]
    _log.warning("a plan came too late to be rebased", why=answer.why)
    transient.plan_asked = -1
    transient.not_before[name] = now_s + AGAIN_S
    return []
