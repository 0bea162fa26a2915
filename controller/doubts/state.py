"""What is known of the verdicts on a job order in doubt."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A verdict that another person has to confirm."""

    by: str
    """As the journal names them."""
    verdict: Literal["made_good", "made_scrap", "not_made"]
    reason: str
    at_s: int
