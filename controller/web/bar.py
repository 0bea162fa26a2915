"""The bar above every page: plant clock, shift, the worst thing, and the counts in the rail."""

from dataclasses import dataclass

from controller.names import local_time, time_of_day
from controller.state import State
from controller.web.cuts import stand_of
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
    icon: str = ""
    """Where it is not the word's own."""


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
    stands = {name: stand_of(scene, opened) for name, opened in scene.state.orders.items()}
    late = [name for name, stand in stands.items() if stand == "late"]
    risk = [name for name, stand in stands.items() if stand == "risk"]
    if failed := by_word[Word.FAIL]:
        return _machine(failed[0])
    if doubted := by_word[Word.DOUBT]:
        return Worst(word=Word.DOUBT, about=doubted[0].machine, says=doubted[0].why, href="/doubts")
    if late:
        return _order(Word.FAIL, "late", late, "late")
    if lost := by_word[Word.STALE]:
        return _machine(lost[0])
    return _order(Word.HOLD, "risk", risk, "at risk") if risk else None


def _machine(tile: Tile) -> Worst:
    return Worst(word=tile.word, about=tile.machine, says=tile.why, href=f"/floor#{tile.machine}")


def _order(word: Word, icon: str, orders: list[str], stand: str) -> Worst:
    more = len(orders) - 1
    others = f"and {more} more {'order' if more == 1 else 'orders'} are {stand}"
    says = others if more else f"is {stand}"
    return Worst(word=word, about=orders[0], says=says, href="/orders", icon=icon)
