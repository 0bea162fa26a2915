"""Open orders, a plant and frozen work become a schedule. Pure: no clock, no I/O, no processes."""

from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Slot, Task

__all__ = ["Due", "Frozen", "Mode", "Problem", "Resource", "Setup", "Slot", "Task"]
