"""A person's verdict on a doubt becomes a decision, a signature that waits for another, or a refusal."""

from controller.doubts.facts import VerdictSigned
from controller.doubts.state import Signature
from controller.doubts.value import limit_passed, value_cents
from controller.doubts.words import said, wanted, worth
from controller.events import DoubtDecided
from controller.judged import Answered, Judged
from controller.names import person_name
from controller.requests import DecideDoubt, Refusal
from controller.state import Job, JobPhase, State

_PERSON = "person "


def judge(state: State, request: DecideDoubt, *, actor: str) -> Answered:
    """Answer a verdict from the state and from who gives it."""
    job = state.jobs.get(request.job_order)
    if job is None:
        return Refusal(kind="unknown", why="There is no such job order any more.")
    if job.phase is not JobPhase.DOUBT:
        return Refusal(kind="conflict", why=f"{job.intended.job.label} is not in doubt.")
    if not request.reason.strip():
        return Refusal(kind="wrong", why="A decision needs a reason, so that others can follow it.")
    above = limit_passed(state, job)
    if above is None:
        return Judged(facts=(_decided(request),))
    if not _name(actor):
        why = (
            f"{worth(state, job, above)}: two persons must say the same, each under their own name. "
            "Say who you are, or sign in and decide on the page In doubt. Nothing was changed."
        )
        return Refusal(kind="wrong", why=why)
    return _one_of_two(state, job, request, actor, above)


def _one_of_two(state: State, job: Job, request: DecideDoubt, actor: str, above: int) -> Answered:
    first = job.signatures[-1] if job.signatures else None
    if first is None:
        return _signed(state, job, request, actor, above)
    if _name(first.by) == _name(actor):
        why = (
            f"{person_name(first.by)} said {said(first.verdict)} already, and nobody signs twice; "
            "another person must confirm or object. Nothing was changed."
        )
        return Refusal(kind="conflict", why=why)
    if first.verdict != request.verdict:
        return _signed(state, job, request, actor, above, withdrawn=first)
    says = f"{person_name(first.by)} and {person_name(actor)} said {said(first.verdict)}: recorded."
    return Judged(facts=(_decided(request),), says=says)


def _signed(
    state: State,
    job: Job,
    request: DecideDoubt,
    actor: str,
    above: int,
    *,
    withdrawn: Signature | None = None,
) -> Judged:
    fact = VerdictSigned(
        job_order=request.job_order,
        verdict=request.verdict,
        reason=request.reason,
        value_cents=value_cents(state, job),
        above_cents=above,
        withdraws=withdrawn.by if withdrawn is not None else "",
    )
    waits = wanted(
        Signature(by=actor, verdict=request.verdict, reason=request.reason, at_s=state.at_s)
    )
    if withdrawn is None:
        return Judged(facts=(fact,), says=waits)
    gone = f"{person_name(withdrawn.by)}'s {said(withdrawn.verdict)} is withdrawn."
    return Judged(facts=(fact,), says=f"{gone} {waits}")


def _decided(request: DecideDoubt) -> DoubtDecided:
    return DoubtDecided(job_order=request.job_order, verdict=request.verdict, reason=request.reason)


def _name(actor: str) -> str:
    """Return who somebody is, however they write it; empty for programs, stations and the nameless."""
    if not actor.startswith(_PERSON):
        return ""
    return " ".join(actor.removeprefix(_PERSON).casefold().split())
