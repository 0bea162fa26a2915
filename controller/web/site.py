"""What all routes share: the desk, the journal's tail, the last look at the floor, rendered parts."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from controller.desk import Desk
from controller.state import State
from controller.web.asks import asks
from controller.web.bar import Bar, bar
from controller.web.cuts import Cut, cuts
from controller.web.outlook import Outlook
from controller.web.plan_change import plan_change
from controller.web.recent import Recent
from controller.web.render import Part, Parts
from controller.web.scene import Scene, look, seen
from controller.web.tiles import Tile, tile

FRESH_S = 2.5
"""Real seconds after which every tile is looked at again, whether something touched it or not."""


@dataclass(frozen=True, slots=True)
class View:
    """The Floor at one moment."""

    scene: Scene
    tiles: tuple[Tile, ...]
    cuts: tuple[Cut, ...]
    bar: Bar
    parts: tuple[Part, ...]


@dataclass(slots=True)
class Sight:
    """The last look at the floor: what all who look share, and what has to be looked at again."""

    outlook: Outlook = field(default_factory=Outlook)
    tiles: dict[str, Tile] = field(default_factory=dict[str, Tile])
    dirty: set[str] = field(default_factory=set[str])
    """Machines that something touched since."""
    seq: int = -1
    plan: int = -1
    looked: float = 0.0
    """Loop second of the last look at every tile."""
    view: View | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Site:
    """One for each application."""

    desk: Desk
    recent: Recent = field(default_factory=Recent)
    parts: Parts = field(default_factory=Parts)
    sight: Sight = field(default_factory=Sight)

    def look(self) -> Scene:
        """Look at the desk now, on top of what is known from the last look."""
        return look(self.desk, self.sight.outlook)


async def view(site: Site) -> View:
    """Look at the whole floor now. It gives way between machines, so that a large plant does not
    hold up the loop."""
    return await glance(site, site.desk.state.plant.machines)


async def glance(site: Site, touched: Iterable[str] = ()) -> View:
    """Look again at the machines that were touched, and now and then at all of them; whoever asks
    for the same meanwhile gets the same answer."""
    sight = site.sight
    sight.dirty.update(touched)
    async with sight.lock:
        known, state = sight.view, site.desk.state
        late = asyncio.get_running_loop().time() - sight.looked >= FRESH_S
        if known is not None and not late and not sight.dirty and sight.seq == state.seq:
            return known
        sight.view = await _look(site, sight, everything=late or known is None)
        return sight.view


async def _look(site: Site, sight: Sight, *, everything: bool) -> View:
    await site.recent.catch_up(site.desk)
    state = site.desk.state
    for _ in sight.outlook.follow(state):
        await asyncio.sleep(0)
    scene = seen(site.desk, sight.outlook)
    names = order_of_cells(scene)
    everything = everything or sight.plan != (state.plan.number if state.plan else 0)
    again = set(names) if everything else sight.dirty | _concerned(state, sight)
    sight.seq, sight.plan = state.seq, state.plan.number if state.plan else 0
    sight.dirty.clear()
    if everything:
        sight.looked = asyncio.get_running_loop().time()
    for name in names:
        if name in again or name not in sight.tiles:
            sight.tiles[name] = tile(scene, name)
            await asyncio.sleep(0)
    shown = [sight.tiles[name] for name in names]
    today = tuple(cuts(scene, site.recent.shipped))
    await asyncio.sleep(0)
    above = bar(state, scene.now_s)
    return View(scene, tuple(shown), today, above, tuple(_parts(scene, shown, today, above)))


def _concerned(state: State, sight: Sight) -> set[str]:
    """Return the machines that changed, and those that wait for parts of an order that changed."""
    changed = {name for name, seen in state.revisions.items() if seen.seq > sight.seq}
    return {
        machine
        for machine, shown in sight.tiles.items()
        if f"machine:{machine}" in changed or any(f"order:{o}" in changed for o in shown.orders)
    }


def order_of_cells(scene: Scene) -> list[str]:
    """Return the machines by cell, in the plant's order."""
    plant = scene.state.plant
    return [m.id for group in plant.groups for m in plant.machines.values() if m.group == group]


def bar_parts(above: Bar) -> list[Part]:
    """Return the parts that every page with a rail and a bar has."""
    return [
        Part("rail-doubts", "part_rail.html", above.doubts),
        Part("rail-alarms", "part_rail_alarms.html", above.alarms),
        Part("speed", "part_speed.html", above.speed),
        Part("shift", "part_shift.html", above.shift),
        Part("alarm", "part_alarm.html", above.worst),
    ]


def _parts(scene: Scene, shown: list[Tile], today: tuple[Cut, ...], above: Bar) -> list[Part]:
    return [
        *bar_parts(above),
        Part("cuts", "part_cuts.html", today),
        Part("asks", "part_asks.html", tuple(asks(scene, shown))),
        Part("planline", "part_plan.html", plan_change(scene.state, scene.now_s)),
        *(Part(f"tile-{each.machine}", "part_tile.html", each) for each in shown),
    ]
