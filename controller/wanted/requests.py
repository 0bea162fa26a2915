"""What planners may ask about wishes and proposals."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposal:
    """Grant its wish and publish its plan, moved onto what is frozen now."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardProposal:
    """Forget it; nothing changes."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoWish:
    """Take a granted wish back."""

    number: int


WantedRequest: TypeAlias = AcceptProposal | DiscardProposal | UndoWish
