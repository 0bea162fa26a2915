"""The inspector: one bar in words, why it starts when it starts, and what may be asked of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from controller.names import duration
from controller.web.board.labels import part_noun, step_of
from controller.web.board.picture import Bar, Kind, OrderMark, Picture
from controller.web.naming import counted, described, member_name
from controller.web.scene import Scene
from controller.web.times import clock_text, spare
from controller.web.words import Text
from scheduler import wishes

ORDERS_SHOWN = 12
_STANDS = {"late": "Late", "risk": "At risk"}
KIND_SAYS = {
    Kind.DONE: "Done",
    Kind.LOST: "Lost",
    Kind.RUN: "Running",
    Kind.HELD: "Held",
    Kind.DOUBT: "In doubt",
    Kind.PLAN: "Not started",
}
KIND_ICON = {
    Kind.DONE: "packed",
    Kind.LOST: "fail",
    Kind.RUN: "run",
    Kind.HELD: "hold",
    Kind.DOUBT: "doubt",
    Kind.PLAN: "plan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A bar as the inspector shows it."""

    key: str
    title: str
    where: str
    made: Text
    stand: Literal["late", "risk", ""]
    stand_says: str
    state: str
    icon: str
    spare: str
    why: str
    then: str
    orders: tuple[str, ...]
    more: int
    elsewhere: bool
    """Whether another machine could make it."""
    machine: str
    start_s: int
    movable: bool
    refuses: str
    """Why it cannot be moved; empty when it can."""


def inspected(scene: Scene, picture: Picture, key: str) -> Inspected | None:
    """Look at one bar; None when the board no longer has it."""
    bar = next((each for each in picture.bars if each.key == key), None)
    if bar is None:
        return None
    mark = _tightest(picture, bar)
    stand: Literal["late", "risk", ""] = "late" if mark is not None and mark.stand == "late" else ""
    if mark is not None and mark.stand == "risk":
        stand = "risk"
    reasons = list(_reasons(scene, picture, bar)) if bar.kind is Kind.PLAN else []
    return Inspected(
        key=key,
        title=_title(scene, bar),
        where=_where(scene, bar),
        made=_made(scene, bar),
        stand=stand,
        stand_says=_STANDS.get(stand, ""),
        state=KIND_SAYS[bar.kind],
        icon=KIND_ICON[bar.kind],
        spare=_spare(scene, mark),
        why=reasons[0] if reasons else _began(scene, bar),
        then=reasons[1] if len(reasons) > 1 else "",
        orders=bar.info.orders[:ORDERS_SHOWN],
        more=max(0, len(bar.info.orders) - ORDERS_SHOWN),
        elsewhere=any(machine != bar.machine for machine, _ in bar.info.fits),
        machine=bar.machine,
        start_s=bar.start_s,
        movable=bar.kind is Kind.PLAN,
        refuses="" if bar.kind is Kind.PLAN else _refuses(bar),
    )


def _tightest(picture: Picture, bar: Bar) -> OrderMark | None:
    marks = [picture.orders[name] for name in bar.info.orders if name in picture.orders]
    planned = [mark for mark in marks if mark.end_s is not None]
    return min(planned, key=lambda mark: mark.due_s - (mark.end_s or 0), default=None)


def _title(scene: Scene, bar: Bar) -> str:
    if len(bar.operations) == 1 and not scene.state.plant.group_of(bar.machine).batch.capacity:
        return f"Order {bar.info.orders[0]}, {step_of(scene.state, bar.operations[0])}"
    return bar.info.labels[0].partition(",")[0]


def _where(scene: Scene, bar: Bar) -> str:
    begin = clock_text(scene.state, bar.start_s, scene.now_s)
    end = clock_text(scene.state, bar.end_s, scene.now_s)
    setup_s = bar.start_s - bar.setup_s
    setup = f", setup from {clock_text(scene.state, bar.setup_s, scene.now_s)}" if setup_s else ""
    return f"{bar.machine}, {begin} to {end}, {duration(bar.end_s - bar.start_s)}{setup}"


def _made(scene: Scene, bar: Bar) -> Text:
    opened = scene.state.orders.get(bar.info.orders[0])
    if len(bar.info.orders) == 1 and opened is not None:
        return described(scene.state.plant, opened.order.lines[0])
    amount = counted(len(bar.operations), part_noun(scene.state, bar.operations[0]))
    return (f"{amount} of {counted(len(bar.info.orders), 'order')}",)


def _spare(scene: Scene, mark: OrderMark | None) -> str:
    if mark is None or mark.end_s is None:
        return ""
    return (
        f"{spare(mark.due_s - mark.end_s)} for {clock_text(scene.state, mark.due_s, scene.now_s)}"
    )


def _refuses(bar: Bar) -> str:
    if bar.kind in {Kind.DONE, Kind.LOST}:
        return "It is over; only what has not begun can be moved."
    return f"{bar.machine} was told already; only what has not begun can be moved."


def _began(scene: Scene, bar: Bar) -> str:
    begin = clock_text(scene.state, bar.setup_s, scene.now_s)
    end = clock_text(scene.state, bar.end_s, scene.now_s)
    match bar.kind:
        case Kind.DOUBT:
            return f"Begun at {begin}; nobody knows what became of it."
        case Kind.RUN | Kind.HELD:
            return f"Begun at {begin}, ends about {end}."
        case Kind.LOST:
            return f"Begun at {begin}, lost at {end}."
        case _:
            return f"Made from {begin} to {end}."


def _reasons(scene: Scene, picture: Picture, bar: Bar) -> Iterator[str]:
    """Say what keeps a batch from starting earlier, the last obstacle first."""
    found = [
        (at_s, says) for at_s, says in _obstacles(scene, picture, bar) if at_s <= bar.start_s + 60
    ]
    found.sort(key=lambda pair: -pair[0])
    begin = clock_text(scene.state, bar.start_s, scene.now_s)
    if not found or found[0][0] < bar.setup_s - 300:
        yield f"Starts {begin} because other work is worth more before it."
    for number, (_, says) in enumerate(found[:2]):
        yield f"Starts {begin} because {says}." if number == 0 else f"{says[:1].upper()}{says[1:]}."


def _obstacles(scene: Scene, picture: Picture, bar: Bar) -> Iterator[tuple[int, str]]:
    state, now_s = scene.state, scene.now_s

    def at(second: int) -> str:
        return clock_text(state, second, now_s)

    before = [
        each for each in picture.bars if each.machine == bar.machine and each.end_s <= bar.setup_s
    ]
    last = max(before, key=lambda each: each.end_s, default=None)
    if last is not None and last.kind not in {Kind.DONE, Kind.LOST}:
        what = last.info.labels[0].partition(",")[0]
        yield (
            last.end_s + bar.start_s - bar.setup_s,
            (f"{bar.machine} is busy with {what} until {at(last.end_s)}"),
        )
    ends = _ends(picture)
    needs = [(ends[name].end_s, name) for name in bar.info.needs if name in ends]
    if needs:
        end_s, name = max(needs)
        yield end_s, f"its last part, {member_name(state, name)}, is there at {at(end_s)}"
    for each in scene.state.wishes.values():
        wish = each.wish
        if isinstance(wish, wishes.NotBefore) and wish.order in bar.info.orders:
            yield wish.at_s, f"a planner said not before {at(wish.at_s)}"
    for begin_s, _ in _windows(picture, bar.machine):
        if begin_s <= bar.setup_s < begin_s + 60:
            yield bar.start_s, f"{bar.machine} opens at {at(begin_s)}"


def _windows(picture: Picture, machine: str) -> tuple[tuple[int, int], ...]:
    for (_, names), open_when in zip(picture.cells, picture.open_when, strict=True):
        if machine in names:
            return open_when
    return ()


def _ends(picture: Picture) -> Mapping[str, Bar]:
    return {name: bar for bar in picture.bars for name in bar.operations}
