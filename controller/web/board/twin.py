"""The table twin: the same bars as rows, by machine and time, in pages of two hundred."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.names import duration
from controller.web.board.inspect import KIND_ICON, KIND_SAYS
from controller.web.board.picture import Bar, Kind, Picture
from controller.web.scene import Scene
from controller.web.times import clock_text, slack

ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar of the board."""

    key: str
    machine: str
    cell: str
    label: str
    orders: str
    setup: str
    start: str
    end: str
    takes: str
    word: str
    icon: str
    slack: str
    stand: str
    pinned: bool
    movable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of rows, and how many there are."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    total: int
    first: int
    machine: str
    order: str
    past: bool


def page(
    scene: Scene, picture: Picture, number: int, *, machine: str, order: str, past: bool
) -> Page:
    """Return one page; `past` shows what is over, too."""
    place = {name: (n, label) for n, (name, label) in enumerate(_places(picture))}
    bars = [
        bar
        for bar in picture.bars
        if (not machine or bar.machine == machine)
        and (not order or order in bar.info.orders)
        and (past or bar.kind not in {Kind.DONE, Kind.LOST})
    ]
    bars.sort(key=lambda bar: (place[bar.machine][0], bar.setup_s, bar.start_s))
    pages = max(1, -(-len(bars) // ROWS))
    number = min(max(1, number), pages)
    first = (number - 1) * ROWS
    return Page(
        rows=tuple(_row(scene, picture, bar, place) for bar in bars[first : first + ROWS]),
        number=number,
        pages=pages,
        total=len(bars),
        first=first + 1 if bars else 0,
        machine=machine,
        order=order,
        past=past,
    )


def _places(picture: Picture) -> list[tuple[str, str]]:
    return [(name, label) for label, names in picture.cells for name in names]


def _row(scene: Scene, picture: Picture, bar: Bar, place: Mapping[str, tuple[int, str]]) -> Row:
    marks = [picture.orders[name] for name in bar.info.orders if name in picture.orders]
    spares = [(mark.due_s - mark.end_s, mark.stand) for mark in marks if mark.end_s is not None]
    least, stand = min(spares, default=(None, ""))
    setup_s = bar.start_s - bar.setup_s
    return Row(
        key=bar.key,
        machine=bar.machine,
        cell=place[bar.machine][1],
        label=bar.info.labels[0],
        orders=", ".join(bar.info.orders),
        setup=duration(setup_s) if setup_s else "",
        start=clock_text(scene.state, bar.start_s, scene.now_s),
        end=clock_text(scene.state, bar.end_s, scene.now_s),
        takes=duration(bar.end_s - bar.start_s),
        word=KIND_SAYS[bar.kind],
        icon=KIND_ICON[bar.kind],
        slack="" if least is None else slack(least),
        stand=stand if stand in {"risk", "late"} else "",
        pinned=not picture.pinned.isdisjoint(bar.operations),
        movable=bar.kind is Kind.PLAN,
    )
