"""The inspector of a machine: how it stands, how full it is, when it is closed."""

from dataclasses import dataclass

from controller.web.board.picture import Kind, Picture
from controller.web.naming import counted
from controller.web.scene import Scene
from controller.web.tiles import tile
from controller.web.times import clock_text
from controller.web.words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSeen:
    """A machine as the inspector shows it."""

    machine: str
    kind: str
    word: Word
    said: str
    why: str
    load: str
    closed: tuple[str, ...]
    until: str


def machine_seen(scene: Scene, picture: Picture, machine: str) -> MachineSeen:
    """Look at one machine of the board."""
    shown = tile(scene, machine)
    planned = [bar for bar in picture.bars if bar.machine == machine and bar.kind is Kind.PLAN]
    last_s = max((bar.end_s for bar in planned), default=None)
    return MachineSeen(
        machine=machine,
        kind=shown.kind,
        word=shown.word,
        said=shown.said,
        why=shown.why,
        load=f"{picture.load.get(machine, 0)} % of the next twelve hours are planned, "
        f"{counted(len(planned), 'start')} to come",
        closed=tuple(
            f"{each.says[:1].upper()}{each.says[1:]}, "
            f"{clock_text(scene.state, each.begin_s, scene.now_s)} to "
            f"{clock_text(scene.state, each.end_s, scene.now_s)}"
            for each in picture.closed
            if each.machine == machine
        ),
        until="" if last_s is None else clock_text(scene.state, last_s, scene.now_s),
    )
