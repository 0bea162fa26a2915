"""Alarms that are active, or gone and not yet acknowledged."""

from dataclasses import dataclass

from controller.alarms.facts import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm and what people did about it."""

    id: str
    source: str
    priority: Priority
    says: str
    since_s: int
    gone_s: int | None = None
    acknowledged_by: str = ""
    acknowledged_s: int | None = None
    note: str = ""
    shelved_until_s: int | None = None
    shelved_by: str = ""
