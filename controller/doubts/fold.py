"""A first verdict becomes state; the decision itself is folded with the line's facts."""

from collections.abc import Mapping
from types import MappingProxyType

from controller.doubts.facts import DoubtFact
from controller.doubts.state import Signature
from controller.state import State
from drivers import Verdict

VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {"made_good": Verdict.GOOD, "made_scrap": Verdict.SCRAP, "not_made": Verdict.NOT_MADE}
)
"""What a person says -> what is so of every member."""


def fold(state: State, fact: DoubtFact, *, actor: str) -> frozenset[str]:
    """Fold one fact in place and return what it touched."""
    job = state.jobs[fact.job_order]
    signed = Signature(by=actor, verdict=fact.verdict, reason=fact.reason, at_s=state.at_s)
    job.signatures = (*job.signatures, signed)
    orders = {f"order:{m.operation.partition('/')[0]}" for m in job.intended.job.members}
    return frozenset({f"machine:{job.intended.job.machine}", *orders})
