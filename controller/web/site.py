"""What all routes share: the desk, the journal's tail and the rendered parts."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from controller.desk import Desk
from controller.web.asks import asks
from controller.web.bar import Bar, bar
from controller.web.cuts import Cut, cuts
from controller.web.recent import Recent
from controller.web.render import Part, Parts
from controller.web.scene import Scene, look
from controller.web.tiles import Tile, tile


@dataclass(frozen=True, slots=True)
class Site:
    """One for each application."""

    desk: Desk
    recent: Recent = field(default_factory=Recent)
    parts: Parts = field(default_factory=Parts)


@dataclass(frozen=True, slots=True)
class View:
    """The Floor at one moment."""

    scene: Scene
    tiles: tuple[Tile, ...]
    cuts: tuple[Cut, ...]
    bar: Bar
    parts: tuple[Part, ...]


async def view(
    site: Site, known: dict[str, Tile] | None = None, only: frozenset[str] = frozenset()
) -> View:
    """Look at the whole floor; with `known` tiles, only those of `only` are looked at again.

    It gives way between machines, so that a large plant does not hold up the loop."""
    await site.recent.catch_up(site.desk)
    scene = look(site.desk)
    kept = known if known is not None else {}
    async for name in _cells(scene):
        if name not in kept or known is None or name in only:
            kept[name] = tile(scene, name)
    shown = [kept[name] for name in order_of_cells(scene)]
    await asyncio.sleep(0)
    today = tuple(cuts(scene, site.recent.shipped))
    above = bar(scene, shown)
    return View(scene, tuple(shown), today, above, tuple(_parts(scene, shown, today, above)))


def order_of_cells(scene: Scene) -> list[str]:
    """Return the machines by cell, in the plant's order."""
    plant = scene.state.plant
    return [m.id for group in plant.groups for m in plant.machines.values() if m.group == group]


async def _cells(scene: Scene) -> AsyncIterator[str]:
    for name in order_of_cells(scene):
        yield name
        await asyncio.sleep(0)


def _mark(scene: Scene) -> tuple[int, ...]:
    """Return what tells a board that it is old, so that it asks again; it is no part of a page."""
    return scene.state.seq, *(each.number for each in scene.desk.proposals())


def _parts(scene: Scene, shown: list[Tile], today: tuple[Cut, ...], above: Bar) -> list[Part]:
    return [
        Part("rail-doubts", "part_rail.html", above.doubts),
        Part("speed", "part_speed.html", above.speed),
        Part("shift", "part_shift.html", above.shift),
        Part("alarm", "part_alarm.html", above.worst),
        Part("cuts", "part_cuts.html", today),
        Part("asks", "part_asks.html", tuple(asks(scene, shown))),
        Part("plan-mark", "board/mark.html", _mark(scene)),
        *(Part(f"tile-{each.machine}", "part_tile.html", each) for each in shown),
    ]
