"""What waits for a person, the dearest first."""

from dataclasses import dataclass

from controller.state import MachineState
from controller.web.naming import counted, made
from controller.web.scene import Scene, job_at, orders_of, slack_of
from controller.web.tiles import Tile, holds_up
from controller.web.words import Text, Word, lowered

SHOWN = 3
_FAR_S = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request to a person, with the address where it is answered."""

    machine: str
    word: Word
    href: str
    says: Text
    costs: str
    slack_s: int


def asks(scene: Scene, tiles: list[Tile]) -> list[Ask]:
    """Return everything that waits for a person, least slack first; doubts before all else."""
    found = [ask for tile in tiles if (ask := _ask(scene, tile)) is not None]
    return sorted(found, key=lambda ask: (ask.word is not Word.DOUBT, ask.slack_s))


def _ask(scene: Scene, tile: Tile) -> Ask | None:
    state, machine = scene.state, tile.machine
    job = job_at(state, machine)
    known = state.machines.get(machine, MachineState())
    if tile.word is Word.DOUBT and job is not None:
        label = job.intended.job.label
        says: Text = (f"Say what happened to {label[:1].lower()}{label[1:]}",)
        return _costing(scene, tile, f"/doubts#d-{job.intended.job.id}", says, orders_of(job))
    if tile.word is Word.FAIL:
        return _costing(
            scene,
            tile,
            f"/floor#{machine}",
            ("Look at it, then press Cleared",),
            holds_up(scene, machine),
        )
    if tile.word is not Word.ASK:
        return None
    if job is None or known.orphan:
        return _costing(scene, tile, f"/floor#{machine}", ("Take off an unknown job order",), [])
    if known.needs_clear:
        label = job.intended.job.label
        says = (f"Take off {label[:1].lower()}{label[1:]}",)
        return _costing(scene, tile, f"/floor#{machine}", says, holds_up(scene, machine))
    says = ("Begin ", *lowered(made(state, job.intended.job)))
    return _costing(scene, tile, f"/station/{machine}", says, orders_of(job))


def _costing(scene: Scene, tile: Tile, href: str, says: Text, orders: list[str]) -> Ask:
    open_orders = [scene.state.orders[name] for name in orders if name in scene.state.orders]
    slacks = [slack for opened in open_orders if (slack := slack_of(scene, opened)) is not None]
    held = f"holds up {counted(len(open_orders), 'order')}" if open_orders else ""
    return Ask(
        machine=tile.machine,
        word=tile.word,
        href=href,
        says=says,
        costs=held,
        slack_s=min(slacks, default=_FAR_S),
    )
