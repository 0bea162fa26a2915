"""Facts about alarms."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Priority: TypeAlias = Literal["urgent", "high", "low", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    """A condition came true; `id` is derived from it, `failed:P3`."""

    id: str
    source: str
    """`machine P3`, `order 4127`, `material tpu85`, `controller`."""
    priority: Priority
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEnded:
    """The condition no longer holds."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmAcknowledged:
    """A person has seen it, with what they did about it."""

    id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmShelved:
    """A person put it aside for a while; `until_s` now or in the past takes it back."""

    id: str
    until_s: int
    note: str = ""


AlarmFact: TypeAlias = AlarmRaised | AlarmEnded | AlarmAcknowledged | AlarmShelved
