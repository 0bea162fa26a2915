"""One tile of the Floor: what a machine is, makes, for whom, why it waits, and what comes next."""

from dataclasses import dataclass

from controller.web.scene import Scene, is_station, job_at
from controller.web.tile_bodies import body, holds_up, other_lines
from controller.web.tile_state import asks_start, band, known_of, words_of
from controller.web.words import Text, Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """Everything that one tile shows; equal tiles look the same, so they are not sent again."""

    machine: str
    kind: str
    group: str
    word: Word
    said: str
    shape: str
    """Icon of the band."""
    job_order: str = ""
    what: Text = ()
    who: Text = ()
    why: str = ""
    lines: tuple[str, ...] = ()
    """Other states that hold at the same time, a sentence each."""
    left: str = ""
    left_unit: str = ""
    ends: str = ""
    progress: int | None = None
    """Per cent, as the machine reported it."""
    hatched: bool = False
    following: Text = ()
    needs_clear: bool = False
    unknown_job_order: bool = False
    asks_start: bool = False
    helps: bool = False
    """Somebody called."""
    station: bool = False
    label: str = ""
    orders: tuple[str, ...] = ()
    """Open orders that wait for this machine: those on it and those planned next."""


def tiles(scene: Scene) -> list[Tile]:
    """Return every tile, by cell in the plant's order."""
    by_cell = [
        machine.id
        for group in scene.state.plant.groups
        for machine in scene.state.plant.machines.values()
        if machine.group == group
    ]
    return [tile(scene, machine) for machine in by_cell]


def tile(scene: Scene, machine: str) -> Tile:
    """Look at one machine."""
    installed = scene.state.plant.machines[machine]
    words = words_of(scene, machine)
    job = job_at(scene.state, machine)
    shown = body(scene, machine, words[0], job)
    said, shape = band(scene, machine, words[0])
    known = known_of(scene, machine)
    return Tile(
        machine=machine,
        kind=scene.state.plant.group_of(machine).label,
        group=installed.group,
        word=words[0],
        said=said,
        shape=shape,
        job_order=job.intended.job.id if job else "",
        lines=tuple(other_lines(scene, machine, words)),
        needs_clear=known.needs_clear or bool(known.orphan),
        unknown_job_order=bool(known.orphan),
        asks_start=words[0] is Word.ASK and job is None and asks_start(scene, machine),
        helps=known.help is not None,
        station=is_station(scene.state, machine),
        label=job.intended.job.label if job else "",
        orders=tuple(holds_up(scene, machine)),
        what=shown.what,
        who=shown.who,
        why=shown.why,
        left=shown.left,
        left_unit=shown.left_unit,
        ends=shown.ends,
        progress=shown.progress,
        hatched=words[0] in {Word.SETUP, Word.HOLD},
        following=shown.following,
    )
