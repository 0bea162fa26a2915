"""When orders were packed, and when they were first planned to be: the curves of a day."""

from dataclasses import dataclass, field

from controller import events as e
from plant_config import Order

_DAY_S = 86_400


@dataclass(slots=True)
class RecentDay:
    """A small fold beside the state, of today's orders and those of the day before."""

    due_s: dict[str, int] = field(default_factory=dict[str, int])
    packed_s: dict[str, int] = field(default_factory=dict[str, int])
    first_end_s: dict[str, int] = field(default_factory=dict[str, int])
    """Order -> its end in the first plan that had it."""

    def fold(self, stamped: e.Stamped) -> None:
        """Take in one event; others than orders' and plans' are passed over."""
        event = stamped.event
        match event:
            case e.OrderAccepted(order=Order(id=name, due_s=due_s)):
                self.due_s[name] = due_s
            case e.OrderPacked(order=name):
                self.packed_s[name] = stamped.at_s
            case e.PlanPublished(ends=ends):
                for name, end_s in ends:
                    self.first_end_s.setdefault(name, end_s)
            case e.OrderCancelled(order=name) | e.OrderDropped(order=name):
                self._forget(name)
            case e.DayClosed():
                for name in [n for n, at in self.packed_s.items() if at < stamped.at_s - _DAY_S]:
                    self._forget(name)
            case _:
                pass

    def _forget(self, order: str) -> None:
        for each in (self.due_s, self.packed_s, self.first_end_s):
            each.pop(order, None)
