"""Which alarms come first, and how many are coming."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from controller.alarms.condition import about, kind_of
from controller.alarms.state import Alarm
from controller.state import State
from controller.web.alarms.words import RANK, stand_of
from controller.web.naming import counted
from controller.web.recent_alarms import Raised

WINDOW_S = 600
MOST = 6
"""Alarms in ten minutes that one person can follow (ui.md section 5)."""
_CAUSES = frozenset({"failed", "doubt", "link", "out", "orphan", "missing", "plan"})
_FOLLOWS_S = 1_800
"""A late order is put down to what went wrong within so long before it; assumed."""


def ranked(state: State, now_s: int) -> list[Alarm]:
    """Return the alarms that are not put aside, the one that matters most first; what nobody has
    acknowledged comes before what somebody is on, what is over comes last among its like."""
    open_now = (a for a in state.alarms.values() if stand_of(a, now_s) != "shelved")
    return sorted(
        open_now,
        key=lambda a: (
            RANK[a.priority],
            bool(a.acknowledged_by),
            a.gone_s is not None,
            a.since_s,
            a.id,
        ),
    )


def shelved(state: State, now_s: int) -> list[Alarm]:
    """Return the alarms that are put aside, those that come back first first."""
    found = (a for a in state.alarms.values() if stand_of(a, now_s) == "shelved")
    return sorted(found, key=lambda a: (a.shelved_until_s or 0, a.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many alarms came lately."""

    count: int
    flood: bool
    causes: tuple[str, ...]
    """`P3 failed: 5 alarms`, the greatest first; only in a flood."""


def rate(raised: Iterable[Raised], now_s: int) -> Rate:
    """Count the alarms of the last ten minutes and, above what one can follow, by first cause."""
    known = [each for each in raised if each.at_s > now_s - WINDOW_S - _FOLLOWS_S]
    lately = [each for each in known if each.at_s > now_s - WINDOW_S]
    if len(lately) <= MOST:
        return Rate(count=len(lately), flood=False, causes=())
    counts = Counter(first_cause(each, known) for each in lately)
    return Rate(
        count=len(lately),
        flood=True,
        causes=tuple(
            f"{cause}: {counted(count, 'alarm')}" for cause, count in counts.most_common(4)
        ),
    )


def first_cause(alarm: Raised, known: Iterable[Raised]) -> str:
    """Name what came first: of late orders the last trouble before them, of trouble itself."""
    kind = kind_of(alarm.id)
    if kind in {"late", "risk", "command", "refused", "help"}:
        before = [
            each
            for each in known
            if kind_of(each.id) in _CAUSES and alarm.at_s - _FOLLOWS_S < each.at_s <= alarm.at_s
        ]
        same = [each for each in before if about(each.id) == about(alarm.id)]
        if found := same or (before if kind in {"late", "risk"} else []):
            return _named(found[-1].id)
    return _named(alarm.id)


def _named(alarm: str) -> str:
    kind, what = kind_of(alarm), about(alarm)
    says = {
        "failed": f"{what} failed",
        "doubt": f"{what} in doubt",
        "link": f"{what} without link",
        "out": f"{what} not back",
        "orphan": f"unknown job order on {what}",
        "missing": f"{what} missing",
        "reorder": f"{what} running low",
        "plan": "no plan",
        "late": "late orders",
        "risk": "orders at risk",
        "command": f"{what} does not follow",
        "refused": f"{what} refuses",
        "help": f"help at {what}",
    }
    return says.get(kind, alarm)
