"""What a planner asks of a plan; each wish narrows or reweighs the problem, none is broken in silence.

Of two wishes that place the same operation the later one counts. Closings and NotBefore add up; of
PlateWait and LevelOrder the last one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from scheduler.refuse import refusal

__all__ = [
    "EXPEDITED",
    "NO_TERMS",
    "PIN_SLACK_S",
    "CloseMachine",
    "Expedite",
    "LevelOrder",
    "NotBefore",
    "OnMachine",
    "Pin",
    "PlateWait",
    "Terms",
    "Wish",
    "refusal",
]

PIN_SLACK_S = 300
"""A pinned batch that starts by no more than this too late is where it was pinned; assumed."""
EXPEDITED = 10
"""Times that an expedited order's margin weighs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """These operations stay on this machine, together and with no others, and start at `start_s` or
    as soon after as can be. What of them is finished or running is left out of it."""

    operations: tuple[str, ...]
    machine: str
    start_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMachine:
    """These operations run on this machine, whenever."""

    operations: tuple[str, ...]
    machine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBefore:
    """Nothing of this order (or, with operations, none of these) starts before `at_s`."""

    order: str
    at_s: int
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expedite:
    """This order goes before others: its lateness weighs ten times, and its slack counts."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMachine:
    """Nothing runs on this machine from `begin_s` to `end_s`; what runs there now ends first."""

    machine: str
    begin_s: int
    end_s: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateWait:
    """A batch that could start with its first member waits at most this long for the others."""

    wait_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOrder:
    """Which level comes first after the hard rules: money lost, or moves against the last plan."""

    first: Literal["money", "stability"]


Wish: TypeAlias = Pin | OnMachine | NotBefore | Expedite | CloseMachine | PlateWait | LevelOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything beside orders, plant and frozen work that a plan has to keep to."""

    wishes: tuple[Wish, ...] = ()
    at_hand_s: Mapping[str, int] = field(default_factory=dict[str, int])
    """Operation -> second before which its material is not there."""
    without: frozenset[str] = frozenset()
    """Operations for which nobody knows when their material comes; they and all that follows them
    are not planned."""


NO_TERMS = Terms()
