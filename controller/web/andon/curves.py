"""Packed, first planned and projected as steps over the day, in the units of the wall."""

from collections.abc import Iterable
from dataclasses import dataclass

from controller.names import time_of_day
from controller.web.recent_day import RecentDay
from controller.web.scene import Scene
from controller.web.times import DAY_S, day_of

_WIDE, _HIGH, _TOP = 1180, 148, 10
_ROOM = 360
"""Units that the word beside the projection needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Paths and labels; the same minute draws the same picture."""

    says: str
    planned: str
    packed: str
    projected: str
    now_x: int
    begins: str
    cuts: tuple[tuple[int, str], ...]
    """(x, time) of the cut-offs."""
    label: tuple[int, int] | None
    """Where the word beside the projection stands; None: no room."""


def curves(scene: Scene, day: RecentDay) -> Curves:
    """Draw today's orders."""
    state, now_s = scene.state, scene.now_s // 60 * 60
    today = day_of(now_s)
    begin_s = today * DAY_S
    due = [name for name, due_s in day.due_s.items() if day_of(due_s) == today]
    packed = sorted(day.packed_s[name] for name in due if name in day.packed_s)
    ends = sorted(scene.end_of[n] for n in due if n not in day.packed_s and n in scene.end_of)
    first = sorted(day.first_end_s[name] for name in due if name in day.first_end_s)
    offs = sorted({(c.at - state.plant.day_begins_s) % DAY_S for c in state.plant.cut_offs})
    last_s = max([begin_s + (offs[-1] if offs else DAY_S // 2) + 3600, *ends[-1:], now_s])
    frame = _Frame(begin_s=begin_s, last_s=last_s, total=max(1, len(due)))
    until = (
        f", projected {len(packed) + len(ends)} at {time_of_day(state, ends[-1])}" if ends else ""
    )
    planned = sum(at_s <= now_s for at_s in first)
    return Curves(
        says=f"Orders packed today: {len(packed)} at {time_of_day(state, now_s)}, "
        f"planned {planned}{until}",
        planned=frame.steps(first, 0, begin_s, first[-1] if first else begin_s),
        packed=frame.steps([at_s for at_s in packed if at_s <= now_s], 0, begin_s, now_s),
        projected=frame.steps(ends, len(packed), now_s, ends[-1] if ends else now_s),
        now_x=frame.x(now_s),
        begins=time_of_day(state, begin_s),
        label=_label(frame, len(packed), ends, now_s),
        cuts=tuple((frame.x(begin_s + at), time_of_day(state, begin_s + at)) for at in offs),
    )


def _label(frame: "_Frame", packed: int, ends: list[int], now_s: int) -> tuple[int, int] | None:
    """Below the middle of the projection, where it has a middle."""
    if not ends or frame.x(ends[-1]) - frame.x(now_s) < _ROOM:
        return None
    middle_s = (now_s + 2 * ends[-1]) // 3
    below = frame.y(packed + sum(end_s <= middle_s for end_s in ends))
    return frame.x(middle_s), min(_HIGH - 12, below + 46)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    begin_s: int
    last_s: int
    total: int

    def x(self, at_s: int) -> int:
        return round(_WIDE * (at_s - self.begin_s) / max(1, self.last_s - self.begin_s))

    def y(self, count: int) -> int:
        return round(_HIGH - (_HIGH - _TOP) * count / self.total)

    def steps(self, times: Iterable[int], count: int, from_s: int, to_s: int) -> str:
        path = f"M{self.x(from_s)} {self.y(count)}"
        for at_s in times:
            count += 1
            path += f"H{self.x(max(at_s, from_s))}V{self.y(count)}"
        return f"{path}H{self.x(max(to_s, from_s))}"
