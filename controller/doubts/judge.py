"""A person's verdict on a doubt becomes a decision, a signature that waits for another, or a refusal."""

from controller.doubts.facts import VerdictSigned
from controller.doubts.state import Signature
from controller.doubts.value import Above, above_limit
from controller.doubts.words import said, wanted, withdrawn, worth
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
    above = above_limit(state, job)
    if above is None:
        return Judged(facts=(_decided(request),))
    if not _name(actor):
        why = (
            f"{worth(state.plant, above)}: two persons must say the same, each under their own name. "
            "Say who you are, or sign in and decide on the page In doubt. Nothing was changed."
        )
        return Refusal(kind="wrong", why=why)
    return _one_of_two(job, request, actor, above)


def _one_of_two(job: Job, request: DecideDoubt, actor: str, above: Above) -> Answered:
    first = job.signatures[-1] if job.signatures else None
    if first is None:
        return _signed(request, actor, above)
    if _name(first.by) == _name(actor):
        why = (
            f"{person_name(first.by)} said {said(first.verdict)} already, and nobody signs twice; "
            "another person must confirm or object. Nothing was changed."
        )
        return Refusal(kind="conflict", why=why)
    if first.verdict != request.verdict:
        return _signed(request, actor, above, other=first)
    says = f"{person_name(first.by)} and {person_name(actor)} said {said(first.verdict)}: recorded."
    return Judged(facts=(_decided(request),), says=says)


def _signed(
    request: DecideDoubt, actor: str, above: Above, *, other: Signature | None = None
) -> Judged:
    """Let a verdict wait for another person; it withdraws another one."""
    fact = VerdictSigned(
        job_order=request.job_order,
        verdict=request.verdict,
        reason=request.reason,
        value_cents=above.value_cents,
        above_cents=above.above_cents,
        withdraws=other.by if other is not None else "",
    )
    waits = wanted(actor, request.verdict)
    return Judged(facts=(fact,), says=f"{withdrawn(other)} {waits}" if other is not None else waits)


def _decided(request: DecideDoubt) -> DoubtDecided:
    return DoubtDecided(job_order=request.job_order, verdict=request.verdict, reason=request.reason)


def _name(actor: str) -> str:
    """Return who somebody is, however they write it; empty for programs, stations and the nameless."""
    if not actor.startswith(_PERSON):
        return ""
    return " ".join(actor.removeprefix(_PERSON).casefold().split())
