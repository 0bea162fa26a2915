"""What may be asked of an accepted order."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Take an order back."""

    order: str
    reason: str


AmendRequest: TypeAlias = CancelOrder
