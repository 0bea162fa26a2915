"""What waits for a person, the dearest first."""

from dataclasses import dataclass

from controller.doubts.words import said
from controller.names import person_name
from controller.web.naming import counted
from controller.web.scene import Scene, slack_of
from controller.web.tiles import Tile
from controller.web.words import Word

SHOWN = 3
_FAR_S = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request to a person, with the address where it is answered."""

    machine: str
    word: Word
    href: str
    says: str
    costs: str
    slack_s: int


def asks(scene: Scene, tiles: list[Tile]) -> list[Ask]:
    """Return everything that waits for a person, least slack first; doubts before all else."""
    found = [ask for tile in tiles if (ask := _ask(scene, tile)) is not None]
    return sorted(found, key=lambda ask: (ask.word is not Word.DOUBT, ask.slack_s))


def _ask(scene: Scene, tile: Tile) -> Ask | None:
    label = f"{tile.label[:1].lower()}{tile.label[1:]}"
    match tile.word:
        case Word.DOUBT:
            job = scene.state.jobs.get(tile.job_order)
            signed = job.signatures[-1:] if job is not None else ()
            says = f"Say what happened to {label}"
            if signed:
                says = (
                    f"Confirm or object: {person_name(signed[0].by)} said {said(signed[0].verdict)}"
                )
            return _costing(scene, tile, f"/doubts#d-{tile.job_order}", says)
        case Word.FAIL:
            return _costing(scene, tile, f"/floor#{tile.machine}", "Look at it, then press Cleared")
        case Word.ASK if tile.unknown_job_order:
            return _costing(scene, tile, f"/floor#{tile.machine}", "Take off an unknown job order")
        case Word.ASK if tile.needs_clear:
            return _costing(scene, tile, f"/floor#{tile.machine}", f"Take off {label}")
        case Word.ASK if tile.asks_start:
            return _costing(scene, tile, f"/floor#{tile.machine}", "Start the next batch, or wait")
        case Word.ASK if tile.helps:
            return _costing(scene, tile, f"/floor#{tile.machine}", tile.why.rstrip("."))
        case Word.ASK:
            return _costing(scene, tile, f"/station/{tile.machine}", f"Begin {label}")
        case _:
            return None


def _costing(scene: Scene, tile: Tile, href: str, says: str) -> Ask:
    known = (scene.state.orders.get(name) for name in tile.orders)
    waiting = [opened for opened in known if opened is not None and opened.cancelled is None]
    slacks = [slack for opened in waiting if (slack := slack_of(scene, opened)) is not None]
    return Ask(
        machine=tile.machine,
        word=tile.word,
        href=href,
        says=says,
        costs=f"holds up {counted(len(waiting), 'order')}" if waiting else "",
        slack_s=min(slacks, default=_FAR_S),
    )
