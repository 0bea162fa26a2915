"""What a new plan changes, in one line for people."""

from collections.abc import Iterable, Mapping, Sequence

from controller.events import PlanPublished
from scheduler import objectives

_LISTED = 4
"""Orders that a line names before it counts the rest; assumed."""


def plan_line(plan: PlanPublished, before: PlanPublished | None, due_s: Mapping[str, int]) -> str:
    """Say which orders moved and which promise is newly missed or at risk:
    `Plan 9: 2 orders moved (4127, 4131), 4127 is now at risk (4 min to spare).`

    `due_s` has the orders that are open.
    """
    was, becomes = dict(before.ends) if before is not None else {}, dict(plan.ends)
    moved = [
        n for n, at_s in becomes.items() if n in was and abs(was[n] - at_s) >= objectives.MOVED_S
    ]
    moved.sort(key=lambda name: (-abs(was[name] - becomes[name]), name))
    said = [f"{_count(len(moved), 'order')} moved ({_some(moved)})" if moved else "nothing moved"]
    if before is None:
        said = [f"{_count(len(becomes), 'order')} planned"]
    spare_s = {name: due_s[name] - at_s for name, at_s in becomes.items() if name in due_s}
    old_s = {name: due_s[name] - at_s for name, at_s in was.items() if name in due_s}
    late = [n for n, s in spare_s.items() if s < 0 and old_s.get(n, 0) >= 0]
    tight = [
        n
        for n, s in spare_s.items()
        if 0 <= s < objectives.USUAL_RESERVE_S <= old_s.get(n, objectives.USUAL_RESERVE_S)
    ]
    safe = [n for n, s in spare_s.items() if s >= 0 > old_s.get(n, 0)]
    if before and (added := [n for n in becomes if n not in was and n in due_s]):
        said.append(f"{_count(len(added), 'order')} added ({_some(added)})")
    gone = sorted(name for name in was if name in due_s and name not in becomes)
    said += [f"{_count(len(gone), 'order')} cannot be planned now ({_some(gone)})"] if gone else []
    said += _named(late, spare_s, "now late", "past its cut-off")
    said += _named(tight, spare_s, "now at risk", "to spare")
    said += _named(safe, spare_s, "in time again", "to spare")
    return f"Plan {plan.number}: {', '.join(said)}."


def _named(
    names: Iterable[str], spare_s: Mapping[str, int], becomes: str, what: str
) -> Iterable[str]:
    """Name the worst order and count the others."""
    worst = sorted(names, key=lambda name: (spare_s[name], name))
    if worst:
        minutes = abs(spare_s[worst[0]]) // 60
        yield f"{worst[0]} is {becomes} ({minutes} min {what})"
    if len(worst) > 1:
        more = len(worst) - 1
        yield f"{more} more {'is' if more == 1 else 'are'} {becomes}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
