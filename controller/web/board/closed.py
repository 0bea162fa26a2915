"""Where a machine does not work although its shift would let it: failed, taken out, closed by a planner."""

from collections.abc import Iterator

from controller.frozen import REPAIR_S
from controller.names import time_of_day
from controller.state import MachineState
from controller.web.board.picture import Closed
from controller.web.scene import Scene
from controller.web.times import clock_text
from scheduler import wishes


def closed_stretches(scene: Scene) -> tuple[Closed, ...]:
    """Return every closed stretch that the board hatches."""
    found = [
        stretch
        for name, known in scene.state.machines.items()
        for stretch in _of_machine(scene, name, known)
    ]
    for each in scene.state.wishes.values():
        if isinstance(each.wish, wishes.CloseMachine):
            closed = each.wish
            says = f"closed: {closed.why}" if closed.why else "closed"
            found.append(
                Closed(
                    machine=closed.machine,
                    begin_s=closed.begin_s,
                    end_s=closed.end_s,
                    kind="closed",
                    says=says,
                )
            )
    return tuple(found)


def _of_machine(scene: Scene, machine: str, known: MachineState) -> Iterator[Closed]:
    if known.out is not None:
        until_s = known.out.until_s
        back = (
            "nobody said until when"
            if until_s is None
            else f"expected back {clock_text(scene.state, until_s, scene.now_s)}"
        )
        yield Closed(
            machine=machine,
            begin_s=known.out.since_s,
            end_s=_at_least(scene, machine, until_s),
            kind="out",
            says=f"out, {back}",
        )
    elif known.failed:
        job = scene.state.jobs.get(known.job_order)
        since_s = job.ended_s if job is not None and job.ended_s is not None else scene.now_s
        yield Closed(
            machine=machine,
            begin_s=since_s,
            end_s=_at_least(scene, machine, None),
            kind="failed",
            says=f"failed at {time_of_day(scene.state, since_s)}, to be cleared",
        )


def _at_least(scene: Scene, machine: str, until_s: int | None) -> int:
    """Where nobody said until when, it lasts until the plan uses the machine again."""
    planned = [slot.setup_start_s for slot in scene.slots_of.get(machine, ())]
    again_s = min(planned, default=scene.now_s + REPAIR_S)
    return max(until_s if until_s is not None else again_s, scene.now_s)
