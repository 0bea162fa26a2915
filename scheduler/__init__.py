"""Open orders, a plant and frozen work become a schedule. Pure: no clock, no I/O, no processes."""

from scheduler import wishes
from scheduler.construct import construct
from scheduler.decode import decode, sequences_of
from scheduler.explain import why_late
from scheduler.first_come import first_come
from scheduler.nesting import fill
from scheduler.objectives import measure_levels, order_ends
from scheduler.placing import UnplannableError
from scheduler.plan import plan_json
from scheduler.pose import pose
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task
from scheduler.schedule import Schedule, setups_in, violations
from scheduler.solve import Solution, solve

__all__ = [
    "Due",
    "Frozen",
    "Mode",
    "Problem",
    "Resource",
    "Schedule",
    "Setup",
    "Slot",
    "Solution",
    "Task",
    "UnplannableError",
    "construct",
    "decode",
    "fill",
    "first_come",
    "measure_levels",
    "order_ends",
    "plan_json",
    "pose",
    "sequences_of",
    "setups_in",
    "solve",
    "violations",
    "why_late",
    "wishes",
]
