"""What the andon board shows: the day's count, the five orders with the least to spare, machines."""

from dataclasses import dataclass

from controller.names import local_time, person_name, time_of_day
from controller.state import JobPhase, OpenOrder, State
from controller.web.alarms.ranking import ranked
from controller.web.andon.curves import Curves, curves
from controller.web.bar import shift
from controller.web.cuts import Cut, stand_of
from controller.web.naming import member_name
from controller.web.recent_day import RecentDay
from controller.web.scene import Scene, order_id, slack_of
from controller.web.tiles import Tile
from controller.web.times import clock_text, day_of, slack

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The line on top."""

    clock: str
    date: str
    shift: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """How the day stands."""

    packed: int
    due: int
    planned: int
    """Orders that the first plan had packed by now."""
    ends: str
    """`All 41 by 20:38`, or what is not planned."""
    cuts: tuple[tuple[str, str, int, int], ...]
    """(time, carrier, packed, due)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tight:
    """An order with little to spare; never a customer's name."""

    order: str
    look: str
    word: str
    why: str
    spare: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A machine as a name with an icon below it."""

    machine: str
    look: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The worst alarm, with who is on it."""

    icon: str
    says: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Andon:
    """Everything on the wall."""

    top: Top
    packed: Packed
    tight: tuple[Tight, ...]
    curves: Curves
    machines: tuple[Small, ...]
    strip: Strip | None


def andon(scene: Scene, tiles: tuple[Tile, ...], cuts: tuple[Cut, ...], day: RecentDay) -> Andon:
    """Look at the plant as a whole."""
    return Andon(
        top=_top(scene),
        packed=_packed(scene, cuts, day),
        tight=tuple(_tight(scene)),
        curves=curves(scene, day),
        machines=tuple(Small(machine=t.machine, look=t.word.value, said=t.said) for t in tiles),
        strip=_strip(scene.state, scene.now_s),
    )


def _top(scene: Scene) -> Top:
    local = local_time(scene.state, scene.now_s)
    return Top(
        clock=local.strftime("%H:%M"),
        date=local.strftime("%A %-d %B"),
        shift=shift(scene.state, scene.now_s),
    )


def _packed(scene: Scene, cuts: tuple[Cut, ...], day: RecentDay) -> Packed:
    today = day_of(scene.now_s)
    due = {name for name, due_s in day.due_s.items() if day_of(due_s) == today}
    left = [name for name in due if name not in day.packed_s]
    ends = [scene.end_of.get(name) for name in left]
    known = [end for end in ends if end is not None]
    if not due:
        says = "No orders due today"
    elif not left:
        says = f"All {len(due)} packed"
    elif len(known) < len(ends):
        says = f"{len(ends) - len(known)} not planned yet"
    else:
        says = f"All {len(due)} by {clock_text(scene.state, max(known), scene.now_s)}"
    return Packed(
        packed=len(due) - len(left),
        due=len(due),
        planned=sum(day.first_end_s.get(name, scene.now_s + 1) <= scene.now_s for name in due),
        ends=says,
        cuts=tuple((cut.at, cut.carrier, cut.packed, cut.total) for cut in cuts),
    )


def _tight(scene: Scene) -> list[Tight]:
    open_now = [o for o in scene.state.orders.values() if o.packed_s is None and not o.cancelled]
    known = [(slack_s, o) for o in open_now if (slack_s := slack_of(scene, o)) is not None]
    known.sort(key=lambda pair: (pair[0], pair[1].order.id))
    return [_row(scene, opened, slack_s) for slack_s, opened in known[:_SHOWN]]


def _row(scene: Scene, opened: OpenOrder, slack_s: int) -> Tight:
    stand = stand_of(scene, opened)
    look, word, why = _deciding(scene, opened)
    if stand in {"late", "risk"}:
        look, word = stand, {"late": "Late", "risk": "At risk"}[stand]
    return Tight(order=opened.order.id, look=look, word=word, why=why, spare=slack(slack_s))


def _deciding(scene: Scene, opened: OpenOrder) -> tuple[str, str, str]:
    """Say what of the order is under way, or planned next: its icon, the word, and a few words."""
    state = scene.state
    mine = opened.order.id
    for job in state.jobs.values():
        told = job.intended.job
        names = [m.operation for m in told.members if order_id(m.operation) == mine]
        if not names or job.phase is JobPhase.OVER:
            continue
        what = member_name(state, names[0]).replace(f" {mine}", "")
        said = f"{what[:1].upper()}{what[1:]}"
        if job.phase is JobPhase.DOUBT:
            label = f"{told.label[:1].lower()}{told.label[1:]}"
            return "doubt", "In doubt", f"Was {label} made? Look at {told.machine}"
        until = time_of_day(state, max(scene.now_s, job.intended.planned_end_s))
        return "run", "In work", f"{said} on {told.machine} until {until}"
    for machine, slots in scene.slots_of.items():
        for slot in slots:
            names = [name for name in slot.operations if order_id(name) == mine]
            if names:
                what = member_name(state, names[0]).replace(f" {mine}", "")
                at = time_of_day(state, max(scene.now_s, slot.start_s))
                return "wait", "Waiting", f"{what[:1].upper()}{what[1:]} on {machine} at {at}"
    return "plan", "Not started", ""


def _strip(state: State, now_s: int) -> Strip | None:
    first = next((a for a in ranked(state, now_s) if a.priority in {"urgent", "high"}), None)
    if first is None:
        return None
    who = f"since {time_of_day(state, first.since_s)}"
    if first.acknowledged_by:
        who += f", {person_name(first.acknowledged_by)} is on it"
    out = state.machines.get(first.source.removeprefix("machine "))
    if out is not None and out.out is not None and out.out.until_s is not None:
        who += f", back {time_of_day(state, out.out.until_s)}"
    return Strip(
        icon="fail" if first.priority == "urgent" else "risk",
        says=first.says.rstrip("."),
        who=who,
    )
