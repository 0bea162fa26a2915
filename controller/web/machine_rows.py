"""A machine as programs see it: the same words as its tile, with the numbers behind them."""

from controller.state import MachineState
from controller.web.bodies import MachineNow
from controller.web.scene import Scene, job_at, stale
from controller.web.tiles import tile
from controller.web.words import plain


def machine_row(scene: Scene, machine: str) -> MachineNow:
    """Look at one machine."""
    shown = tile(scene, machine)
    known = scene.state.machines.get(machine, MachineState())
    job, live = job_at(scene.state, machine), scene.desk.live.get(machine)
    return MachineNow(
        id=machine,
        group=shown.group,
        kind=shown.kind,
        state=shown.word.value,
        word=shown.said,
        what=plain(shown.what),
        who=plain(shown.who),
        why=shown.why or scene.desk.why_waiting(machine),
        next=plain(shown.following),
        job_order=shown.job_order,
        label=job.intended.job.label if job else "",
        job_phase=job.phase.value if job else "",
        activity=live.reading.activity if live else "",
        progress_percent=shown.progress,
        remaining_s=live.reading.remaining_s if live else None,
        linked=known.linked,
        stale=stale(scene, machine),
        needs_clear=shown.needs_clear,
        failed=known.failed,
        boot=known.boot,
        family=known.family,
        signals=dict(live.reading.signals) if live else {},
        age_s=round(scene.desk.monotonic() - live.at, 1) if live else None,
    )
