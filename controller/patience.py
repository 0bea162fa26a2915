"""Batches that wait for more parts: how patient a plant is, and what that makes of a plan."""

from collections.abc import Mapping

from plant_config import Plant
from scheduler import Problem, Schedule, order_ends, postpone

Waits = tuple[tuple[tuple[str, ...], int, int], ...]
"""(operations, second, parts) of batches that may wait until then for so many more."""


def patience_of(plant: Plant) -> Mapping[str, postpone.Patience]:
    """Return how long the batches of each group wait; only of groups in which any do."""
    return {
        name: postpone.Patience(fill=group.batch.fill_percent, spare_s=group.batch.spare)
        for name, group in plant.groups.items()
        if group.batch.fill_percent
    }


def waits_and_ends(
    patience: Mapping[str, postpone.Patience], problem: Problem, schedule: Schedule
) -> tuple[Waits, tuple[tuple[str, int], ...]]:
    """Return the batches that wait, and when orders end if all of them wait as long as they may."""
    held = postpone.waits(problem, schedule, patience)
    later = postpone.postponed(problem, schedule, held) if held else schedule
    waits = tuple((wait.slot.operations, wait.until_s, wait.more) for wait in held)
    return waits, tuple(order_ends(problem, later).items())
