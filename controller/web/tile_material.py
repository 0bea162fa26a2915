"""Material that runs low on a machine: what is on it now and what comes next would use it."""

from itertools import islice

from controller.names import order_of
from controller.state import State
from controller.stock.words import amount, label
from controller.web.scene import Scene, job_at, order_id

_AHEAD = 3
"""Planned batches that are looked at beside the one that runs."""


def runs_low(scene: Scene, machine: str) -> str:
    """Name the first material that is to be ordered or missing: `Low on Yarn Ink, 0.9 kg left`."""
    state = scene.state
    # As dispatch handed it out last: a tile does not work it out anew.
    if not state.store.kept or state.store.allocated is None:
        return ""
    allocation = state.store.allocated.allocation
    for material in dict.fromkeys(_used(scene, machine)):
        free = allocation.free.get(material)
        known = state.plant.materials.get(material)
        if free is None or known is None:
            continue
        if allocation.waiting.get(material) or free < known.reorder_at:
            left = state.store.on_hand(material)
            return f"Low on {label(state, material)}, {amount(state, material, left)} left"
    return ""


def _used(scene: Scene, machine: str) -> list[str]:
    job = job_at(scene.state, machine)
    names = [member.operation for member in job.intended.job.members] if job else []
    for slot in islice(scene.slots_of.get(machine, ()), _AHEAD):
        names += slot.operations
    return [material for name in names for material in _uses(scene.state, name)]


def _uses(state: State, operation: str) -> list[str]:
    if order_id(operation) not in state.orders:
        return []
    known = order_of(state, operation).routing.operations.get(operation)
    return [] if known is None else [material for material, _ in known.uses]
