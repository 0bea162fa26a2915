"""When each open order is projected to end, kept between looks and brought up to date piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from controller.events import PlanPublished
from controller.state import OpenOrder, Phase, State

_PIECE = 50
"""Orders between two chances to give way: well under 2 ms."""


@dataclass(slots=True)
class Outlook:
    """A memo beside the state; thrown away, it is built anew."""

    seq: int = 0
    """Of the last event that it knows."""
    plan: PlanPublished | None = None
    planned: dict[str, int] = field(default_factory=dict[str, int])
    """Operation -> its end in the plan."""
    rest: dict[str, int] = field(default_factory=dict[str, int])
    """Order -> end of the last operation that is left; absent: something is not planned."""
    begun: set[str] = field(default_factory=set[str])

    def follow(self, state: State) -> Iterator[None]:
        """Take in what has changed; whoever drives it may give way at each step."""
        known, self.seq = self.seq, state.seq
        if state.plan is not self.plan:
            self.plan, known = state.plan, -1
            self.planned = {
                operation: slot.end_s
                for slot in (state.plan.slots if state.plan is not None else ())
                for operation in slot.operations
            }
            yield
        for name in [name for name in self.rest if name not in state.orders]:
            del self.rest[name]
        self.begun.intersection_update(state.orders)
        changed = [
            name
            for name in state.orders
            if (seen := state.revisions.get(f"order:{name}")) is None or seen.seq > known
        ]
        for number, name in enumerate(changed):
            if (opened := state.orders.get(name)) is not None:
                self._look(state, opened)
            if number % _PIECE == _PIECE - 1:
                yield

    def ends(self, state: State, now_s: int) -> dict[str, int]:
        """Return when each order ends; nothing that is left ends in the past."""
        rest, found = self.rest, dict[str, int]()
        for name, opened in state.orders.items():
            if opened.packed_s is not None:
                found[name] = opened.packed_s
            elif name in rest:
                found[name] = max(rest[name], now_s)
        return found

    def _look(self, state: State, opened: OpenOrder) -> None:
        name, last = opened.order.id, -1
        self.rest.pop(name, None)
        whole = untouched = True
        for operation in opened.routing.operations:
            work = state.work[operation]
            untouched = untouched and work.phase is Phase.OPEN and work.attempt == 1
            if work.phase is Phase.DONE:
                continue
            job = state.jobs.get(work.job_order) if work.phase is Phase.GIVEN else None
            end_s = self.planned.get(operation) if job is None else job.intended.planned_end_s
            whole = whole and end_s is not None
            last = max(last, end_s or 0)
        (self.begun.discard if untouched else self.begun.add)(name)
        if whole and last >= 0:
            self.rest[name] = last
