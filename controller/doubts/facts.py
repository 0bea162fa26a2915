"""Facts about verdicts that do not count yet."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictSigned:
    """A person said what became of a job order that is worth so much that a second one must say the same;
    the envelope says who."""

    job_order: str
    verdict: Literal["made_good", "made_scrap", "not_made"]
    reason: str
    value_cents: int
    above_cents: int
    """The plant's limit as it was."""
    withdraws: str = ""
    """Whose other verdict no longer stands because of this one; empty for the first."""


DoubtFact: TypeAlias = VerdictSigned
