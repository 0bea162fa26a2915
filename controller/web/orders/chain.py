"""Why an order ends when it ends: a chain from the promise to the root, whose minutes add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.insights.genealogy import Life
from controller.state import OpenOrder, State
from controller.web.naming import counted
from controller.web.orders.spans import Span, batch_name
from controller.web.orders.traces import short_part
from controller.web.times import clock_text, remaining, slack, spare
from scheduler import Slot

WORTH_S = 120
"""Slack that was lost since the first plan is explained from here on."""
LITTLE_S = 1800
"""Less slack than this is little."""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the chain; minutes are empty at its ends."""

    says: str
    detail: str
    minutes: int | None
    kind: str = ""
    """`top`, `root`, or empty."""

    @property
    def shown(self) -> str:
        """Show the minutes with a sign where they help."""
        if self.minutes is None:
            return ""
        return remaining(self.minutes * 60) if self.minutes >= 0 else slack(self.minutes * 60)


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole explanation."""

    title: str
    links: tuple[Link, ...]
    total: int
    """Minutes of all links together."""


@dataclass(frozen=True, slots=True)
class _Asked:
    state: State
    opened: OpenOrder
    spans: Mapping[str, Span]
    now_s: int

    def at(self, at_s: int | None) -> str:
        return "" if at_s is None else clock_text(self.state, at_s, self.now_s)

    def part(self, name: str) -> str:
        words = short_part(self.state.plant, self.opened, name)
        return f"{words[:1].upper()}{words[1:]}"

    def ready_s(self, name: str) -> int | None:
        graph = self.opened.routing.graph
        ends = [self.spans[n].end_s for n in graph.predecessors(name) if n in self.spans]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


def chain_of(
    state: State,
    opened: OpenOrder,
    life: Life | None,
    spans: Mapping[str, Span],
    path: Sequence[str],
    now_s: int,
) -> Chain | None:
    """Explain an order's end; None when not all of it is planned, or it is packed."""
    if not path or opened.packed_s is not None or opened.cancelled is not None:
        return None
    asked = _Asked(state, opened, spans, now_s)
    end_s = max(spans[path[0]].end_s or 0, now_s)
    slack_s = opened.order.due_s - end_s
    first = life.first if life is not None else {}
    if all(name in first for name in path):
        had_s = opened.order.due_s - first[path[0]].end_s
        if had_s - slack_s >= WORTH_S:
            return _lost(asked, first, path, (had_s, slack_s))
    return _ahead(asked, path, end_s, slack_s)


def _lost(
    asked: _Asked, first: Mapping[str, Slot], path: Sequence[str], had_and_has: tuple[int, int]
) -> Chain:
    """Say where the slack of the first plan went, operation by operation."""
    had_s, slack_s = had_and_has
    total = had_s // 60 - slack_s // 60
    ships = asked.at(asked.opened.order.due_s)
    tone = _tone(slack_s)
    has = f"Ships {ships} with" if slack_s >= 0 else f"Misses {ships},"
    links = [Link(f"{has} {spare(slack_s)}, had {_minutes(had_s)}", "", None, tone)]
    cost_s = _costs(asked, first, path, had_s - slack_s)
    minutes = _rounded(cost_s, total)
    for name, own in zip(path, minutes, strict=True):
        if own:
            links.append(Link(*_delayed(asked, first[name], name), own))
    root = _root(asked, path)
    if root is not None:
        links.append(root)
    return Chain(
        "Why so little slack" if slack_s < LITTLE_S else "Where slack went", tuple(links), total
    )


def _tone(slack_s: int) -> str:
    return "root" if slack_s < 0 else "top" if slack_s < LITTLE_S else ""


def _minutes(seconds: int) -> str:
    return slack(seconds).lstrip("+")


def _costs(asked: _Asked, first: Mapping[str, Slot], path: Sequence[str], lost_s: int) -> list[int]:
    """Return the seconds that each operation of the path added to the end, in all `lost_s`.

    An operation adds what it waits and takes longer than first planned; what it had to spare then,
    before the next one needed it, is taken off."""
    graph = asked.opened.routing.graph
    costs: list[int] = []
    for name in path:
        span, then = asked.spans[name], first[name]
        before = [first[each].end_s for each in graph.predecessors(name) if each in first]
        ready_s, now_ready_s = max(before, default=None), asked.ready_s(name)
        own_s = (span.end_s or 0) - then.end_s
        if ready_s is not None and now_ready_s is not None:
            own_s -= now_ready_s - ready_s
        costs.append(own_s)
    for at, name in enumerate(path[1:], start=1):
        later = [first[each].end_s for each in graph.predecessors(path[at - 1]) if each in first]
        costs[at] += first[name].end_s - max(later, default=first[name].end_s)
    costs[0] += lost_s - sum(costs)  # what the clock added: an end that is overdue is now
    return costs


def _rounded(seconds: Sequence[int], total: int) -> list[int]:
    """Turn seconds into whole minutes that add up to a total."""
    whole_s = sum(seconds)
    if not whole_s:
        return [0 for _ in seconds]
    minutes: list[int] = []
    so_far_s, given = 0, 0
    for each_s in seconds:
        so_far_s += each_s
        upto = round(so_far_s * total / whole_s)
        minutes.append(upto - given)
        given = upto
    return minutes


def _delayed(asked: _Asked, then: Slot, name: str) -> tuple[str, str]:
    """Say what an operation does later than first planned, and why."""
    span, part = asked.spans[name], asked.part(name)
    if span.lost is not None:
        batch = batch_name(asked.state.plant, span.machine, span.label)
        where = batch or (f"on {span.machine}" if span.machine else "as planned")
        orders = f"shared by {counted(span.members, 'part')}, " if span.members > 1 else ""
        return f"{part} is made again, {where}", f"{orders}ends {asked.at(span.end_s)}"
    ready_s = asked.ready_s(name)
    starts = f"{part} starts {asked.at(span.start_s)}"
    if span.phase == "done":
        starts = f"{part} was done {asked.at(span.end_s)}"
    elif ready_s is not None and span.start_s is not None and span.start_s > ready_s:
        starts += f", when {span.machine} is free"
    first = f"first planned {asked.at(then.start_s)} on {then.machine}"
    there = f"its parts are there at {asked.at(ready_s)}; " if ready_s is not None else ""
    return starts, f"{there}{first}"


def _root(asked: _Asked, path: Sequence[str]) -> Link | None:
    """Name what began it: the last loss on the path, or the machine that holds the first part up."""
    for name in reversed(path):
        lost = asked.spans[name].lost
        if lost is not None:
            batch = batch_name(asked.state.plant, lost.machine, lost.label)
            what = f"with {batch}" if batch else f"with {asked.part(name).lower()}"
            at = asked.at(lost.ended_s or lost.told_s)
            verb = "lost" if lost.verdict == "not_made" else "spoilt"
            return Link(
                f"{asked.part(name)} was {verb} {what} on {lost.machine} at {at}",
                lost.reason.rstrip("."),
                None,
                "root",
            )
    machine = asked.spans[path[-1]].machine
    known = asked.state.machines.get(machine)
    if known is not None and (known.failed or known.out is not None):
        why = known.failed or (known.out.reason if known.out is not None else "")
        return Link(f"{machine} does not work", why.rstrip("."), None, "root")
    return None


def _ahead(asked: _Asked, path: Sequence[str], end_s: int, slack_s: int) -> Chain:
    """Say what the time until the end goes into, wait by wait and work by work."""
    ships = asked.at(asked.opened.order.due_s)
    tone = _tone(slack_s)
    has = f"with {spare(slack_s)} before" if slack_s >= 0 else f"{spare(slack_s)} for"
    links = [Link(f"Complete {asked.at(end_s)}, {has} {ships}", "", None, tone)]
    pieces: list[tuple[str, str, int]] = []
    upto_s = end_s
    for name in path:
        span = asked.spans[name]
        if span.phase == "done" or span.end_s is None or upto_s <= asked.now_s:
            break
        begin_s = max(asked.now_s, min(span.start_s or asked.now_s, upto_s))
        on = f" on {span.machine}" if span.machine else ""
        says = f"{asked.part(name)}{on} until {asked.at(upto_s)}"
        pieces.append((says, "", upto_s - begin_s))
        upto_s = begin_s
        ready_s = max(asked.ready_s(name) or asked.now_s, asked.now_s)
        if ready_s < upto_s:
            waits = f"{asked.part(name)} waits for {span.machine} until {asked.at(upto_s)}"
            there = (
                "" if asked.ready_s(name) is None else f"its parts are there {asked.at(ready_s)}"
            )
            pieces.append((waits, there, upto_s - ready_s))
            upto_s = ready_s
    total = -(-sum(seconds for *_, seconds in pieces) // 60)
    minutes = _rounded([seconds for *_, seconds in pieces], total)
    links += [
        Link(says, detail, own)
        for (says, detail, _), own in zip(pieces, minutes, strict=True)
        if own
    ]
    title = "Why so little slack" if slack_s < LITTLE_S else "What its date hangs on"
    return Chain(title, tuple(links), total)
