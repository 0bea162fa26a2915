"""What people may do about alarms."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlarm:
    """Say that it was seen."""

    id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelveAlarm:
    """Put it aside until a plant second; now or earlier takes it back."""

    id: str
    until_s: int
    note: str = ""


AlarmRequest: TypeAlias = AcknowledgeAlarm | ShelveAlarm
