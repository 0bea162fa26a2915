"""What may be asked of an accepted order."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Take an order back."""

    order: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPerson:
    """Erase name, place, texts and refused rows of an order."""

    order: str


AmendRequest: TypeAlias = CancelOrder | ForgetPerson
