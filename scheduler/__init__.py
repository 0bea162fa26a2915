"""Open orders, a plant and frozen work become a schedule. Pure: no clock, no I/O, no processes."""

from scheduler.construct import construct
from scheduler.decode import decode
from scheduler.objectives import measure_levels
from scheduler.placing import UnplannableError
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task
from scheduler.schedule import Schedule, violations

__all__ = [
    "Due",
    "Frozen",
    "Mode",
    "Problem",
    "Resource",
    "Schedule",
    "Setup",
    "Slot",
    "Task",
    "UnplannableError",
    "construct",
    "decode",
    "measure_levels",
    "violations",
]
