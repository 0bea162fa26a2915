"""One look at the desk: what pages and routes need more than once, looked up once."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.desk import Desk, Live
from controller.state import Job, JobPhase, OpenOrder, Phase, State
from plant_config import Station
from scheduler import Slot

AT_RISK_S = 300
"""Less slack than this is at risk (ui.md section 5)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The state at one moment, with the plan's open slots and the projected ends."""

    desk: Desk
    state: State
    now_s: int
    slots_of: Mapping[str, tuple[Slot, ...]]
    """Machine -> slots with work that is still open, by start."""
    end_of: Mapping[str, int]
    """Order -> plan second at which its last operation is projected to end; absent: not planned."""


def look(desk: Desk) -> Scene:
    """Look at the desk now."""
    state, now_s = desk.state, desk.now_s()
    slots: dict[str, list[Slot]] = {}
    planned: dict[str, int] = {}
    for slot in state.plan.slots if state.plan else ():
        waiting = [op for op in slot.operations if _is_open(state, op)]
        if waiting:
            slots.setdefault(slot.machine, []).append(slot)
        for operation in waiting:
            planned[operation] = max(slot.end_s, now_s)
    for job in state.jobs.values():
        if job.phase is not JobPhase.OVER:
            for member in job.intended.job.members:
                planned[member.operation] = max(job.intended.planned_end_s, now_s)
    by_machine = {
        machine: tuple(sorted(theirs, key=lambda slot: slot.start_s))
        for machine, theirs in slots.items()
    }
    return Scene(desk, state, now_s, by_machine, _ends(state, planned))


def _is_open(state: State, operation: str) -> bool:
    work = state.work.get(operation)
    return work is not None and work.phase is Phase.OPEN


def _ends(state: State, planned: Mapping[str, int]) -> dict[str, int]:
    ends: dict[str, int] = {}
    for name, opened in state.orders.items():
        if opened.packed_s is not None:
            ends[name] = opened.packed_s
            continue
        rest = [
            planned.get(operation)
            for operation in opened.routing.operations
            if state.work[operation].phase is not Phase.DONE
        ]
        known = [end for end in rest if end is not None]
        if len(known) == len(rest) and known:
            ends[name] = max(known)
    return ends


def slack_of(scene: Scene, opened: OpenOrder) -> int | None:
    """Return projected slack against the order's cut-off; None when it is not planned."""
    end_s = scene.end_of.get(opened.order.id)
    return None if end_s is None else opened.order.due_s - end_s


def job_at(state: State, machine: str) -> Job | None:
    """Return what a machine was told and is not cleared of."""
    known = state.machines.get(machine)
    return state.jobs.get(known.job_order) if known and known.job_order else None


def is_station(state: State, machine: str) -> bool:
    """Tell whether a person works there at a terminal."""
    return isinstance(state.plant.machines[machine].link, Station)


def stale(scene: Scene, machine: str) -> bool:
    """Tell whether what is known of a machine is too old to be shown as live."""
    known = scene.state.machines.get(machine)
    if known is None or not known.linked:
        return True
    live = scene.desk.live.get(machine)
    if live is None or not _moves(scene, live):
        return False
    return scene.desk.monotonic() - live.at > scene.state.plant.group_of(machine).stale_after


def _moves(scene: Scene, live: Live) -> bool:
    """Machines report changes; only of one that works something must be heard while time goes on.

    The link's own heartbeat tells of the others."""
    moving = live.reading.activity in {"running", "setup"}
    return moving and scene.state.clock[2] > 0 and not is_station(scene.state, live.reading.machine)


def orders_of(job: Job) -> list[str]:
    """Return the orders of a job order's members, each once, in their order."""
    return list(dict.fromkeys(order_id(m.operation) for m in job.intended.job.members))


def order_id(operation: str) -> str:
    """Return the order that an operation or subject belongs to."""
    return operation.partition("/")[0]
