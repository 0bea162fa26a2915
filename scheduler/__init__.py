"""Open orders, a plant and frozen work become a schedule. Pure: no clock, no I/O, no processes."""

from scheduler import wishes
from scheduler.construct import construct
from scheduler.decode import decode, sequences_of
from scheduler.difference import Difference, Shift, Sums, changed_by
from scheduler.explain import why_late
from scheduler.first_come import first_come
from scheduler.narrow import unpinned
from scheduler.nesting import fill
from scheduler.objectives import MOVED_S, RESERVE_S, measure_levels, order_ends
from scheduler.placing import UnplannableError
from scheduler.plan import plan_json
from scheduler.pose import pose
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task
from scheduler.robust import late_ends
from scheduler.schedule import Schedule, setups_in, violations
from scheduler.solve import Solution, solve
from scheduler.unkept import unkept
from scheduler.wishes import NO_TERMS, Terms

__all__ = [
    "MOVED_S",
    "NO_TERMS",
    "RESERVE_S",
    "Difference",
    "Due",
    "Frozen",
    "Mode",
    "Problem",
    "Resource",
    "Schedule",
    "Setup",
    "Shift",
    "Slot",
    "Solution",
    "Sums",
    "Task",
    "Terms",
    "UnplannableError",
    "changed_by",
    "construct",
    "decode",
    "fill",
    "first_come",
    "late_ends",
    "measure_levels",
    "order_ends",
    "plan_json",
    "pose",
    "sequences_of",
    "setups_in",
    "solve",
    "unkept",
    "unpinned",
    "violations",
    "why_late",
    "wishes",
]
