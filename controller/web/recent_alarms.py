"""What happened to alarms, from the journal: raised, over, acknowledged, put aside."""

from collections import deque
from dataclasses import dataclass, field

from controller import events as e
from controller.alarms.facts import Priority

KEPT = 400
"""Lines kept; a busy day has a few dozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alarm at the moment at which it was raised."""

    id: str
    source: str
    priority: Priority
    says: str
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of the history."""

    at_s: int
    id: str
    what: str
    """`raised`, `over`, `acknowledged`, `shelved` or `taken back`."""
    says: str
    actor: str = ""
    note: str = ""


@dataclass(slots=True)
class RecentAlarms:
    """A small fold beside the state."""

    raised: deque[Raised] = field(default_factory=lambda: deque[Raised](maxlen=KEPT))
    """Newest last."""
    lines: deque[Happened] = field(default_factory=lambda: deque[Happened](maxlen=KEPT))
    """Newest first."""
    says: dict[str, str] = field(default_factory=dict[str, str])

    def fold(self, stamped: e.Stamped) -> None:
        """Take in one event; others than alarms' are passed over."""
        event, at_s = stamped.event, stamped.at_s
        match event:
            case e.AlarmRaised():
                self.says[event.id] = event.says
                self.raised.append(
                    Raised(
                        id=event.id,
                        source=event.source,
                        priority=event.priority,
                        says=event.says,
                        at_s=at_s,
                    )
                )
                self._add(stamped, event.id, "raised")
            case e.AlarmEnded():
                self._add(stamped, event.id, "over")
            case e.AlarmAcknowledged():
                self._add(stamped, event.id, "acknowledged", event.note)
            case e.AlarmShelved():
                what = "shelved" if event.until_s > at_s else "taken back"
                self._add(stamped, event.id, what, event.note)
            case _:
                pass

    def _add(self, stamped: e.Stamped, alarm: str, what: str, note: str = "") -> None:
        by_person = what not in {"raised", "over"}
        self.lines.appendleft(
            Happened(
                at_s=stamped.at_s,
                id=alarm,
                what=what,
                says=self.says.get(alarm, alarm),
                actor=stamped.actor.removeprefix("person ") if by_person else "",
                note=note,
            )
        )
