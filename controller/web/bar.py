"""The bar above every page: plant clock, shift, the worst thing, and the counts in the rail."""

from dataclasses import dataclass

from controller.names import local_time, time_of_day
from controller.state import State
from controller.web.cuts import stand_of
from controller.web.naming import counted
from controller.web.scene import Scene
from controller.web.tiles import Tile
from controller.web.times import day_text, second_text
from controller.web.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The one thing that matters most now; nothing when all is well."""

    word: Word
    about: str
    says: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What the bar shows."""

    clock: str
    day: str
    shift: str
    speed: str
    """`x480`; empty in real time."""
    worst: Worst | None
    doubts: int


def bar(scene: Scene, tiles: list[Tile]) -> Bar:
    """Look at the bar now."""
    speed = scene.state.clock[2]
    return Bar(
        clock=second_text(scene.state, scene.now_s),
        day=day_text(scene.state, scene.now_s),
        shift=shift(scene.state, scene.now_s),
        speed="paused" if speed == 0 else "" if speed == 1 else f"x{speed}",
        worst=worst(scene, tiles),
        doubts=sum(tile.word is Word.DOUBT for tile in tiles),
    )


def shift(state: State, now_s: int) -> str:
    """Say which shift works: `Early shift until 14:00`."""
    local = local_time(state, now_s)
    second = local.hour * 3600 + local.minute * 60 + local.second
    for each in state.plant.shifts:
        # A night shift ends on the next day.
        length, into = (each.ends - each.begins) % 86_400, (second - each.begins) % 86_400
        if into < length:
            name = each.name[:1].upper() + each.name[1:]
            return f"{name} shift until {time_of_day(state, now_s + length - into)}"
    waits = [(each.begins - second) % 86_400 for each in state.plant.shifts]
    return f"No shift until {time_of_day(state, now_s + min(waits))}" if waits else "No shift"


def worst(scene: Scene, tiles: list[Tile]) -> Worst | None:
    """Return the worst thing: failed, in doubt, late, no link, at risk, in this order."""
    by_word = {word: [tile for tile in tiles if tile.word is word] for word in Word}
    for tile in by_word[Word.FAIL]:
        return Worst(
            word=Word.FAIL, about=tile.machine, says=tile.why, href=f"/floor#{tile.machine}"
        )
    for tile in by_word[Word.DOUBT]:
        return Worst(word=Word.DOUBT, about=tile.machine, says=tile.why, href="/doubts")
    stands = {name: stand_of(scene, opened) for name, opened in scene.state.orders.items()}
    late = [name for name, stand in stands.items() if stand == "late"]
    if late:
        says = (
            "will miss its cut-off"
            if len(late) == 1
            else f"and {counted(len(late) - 1, 'order')} more are late"
        )
        return Worst(word=Word.FAIL, about=late[0], says=says, href="/orders")
    lost = by_word[Word.STALE]
    if lost:
        says = (
            lost[0].why
            if len(lost) == 1
            else f"and {counted(len(lost) - 1, 'machine')} more have no link."
        )
        return Worst(
            word=Word.STALE, about=lost[0].machine, says=says, href=f"/floor#{lost[0].machine}"
        )
    risk = [name for name, stand in stands.items() if stand == "risk"]
    if risk:
        says = (
            "has less than 5 min to spare"
            if len(risk) == 1
            else f"and {len(risk) - 1} more are at risk"
        )
        return Worst(word=Word.HOLD, about=risk[0], says=says, href="/orders")
    return None
