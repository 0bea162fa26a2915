"""Open orders, a plant and frozen work become a schedule. Pure: no clock, no I/O, no processes."""

from scheduler import difference, objectives, wishes
from scheduler.construct import construct
from scheduler.decode import decode
from scheduler.explain import why_late
from scheduler.first_come import first_come
from scheduler.narrow import unpinned
from scheduler.objectives import measure_levels, order_ends
from scheduler.placing import UnplannableError
from scheduler.plan import plan_json
from scheduler.pose import pose
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task
from scheduler.robust import late_ends
from scheduler.schedule import Schedule, setups_in, violations
from scheduler.solution import Solution
from scheduler.solve import solve
from scheduler.unkept import unkept

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
    "difference",
    "first_come",
    "late_ends",
    "measure_levels",
    "objectives",
    "order_ends",
    "plan_json",
    "pose",
    "setups_in",
    "solve",
    "unkept",
    "unpinned",
    "violations",
    "why_late",
    "wishes",
]
