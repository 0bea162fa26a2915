"""Schedules as bytes: what two processes tell each other."""

from array import array
from typing import TypeAlias

from scheduler import Problem, Schedule, Slot

Compact: TypeAlias = tuple[bytes, bytes]
"""Machine and start of each task, in the order of the problem."""


class Numbering:
    """Turns schedules of one problem into bytes and back; every task has a slot of its own."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._machines = tuple(problem.resources)
        self._machine = {name: k for k, name in enumerate(self._machines)}
        self._task = {name: x for x, name in enumerate(problem.tasks)}

    def pack(self, schedule: Schedule) -> Compact:
        """Write a schedule that has a slot for each task."""
        machines, starts = array("i", [-1]) * len(self._task), array("i", [0]) * len(self._task)
        for slot in schedule.slots:
            x = self._task[slot.operations[0]]
            machines[x] = self._machine[slot.machine]
            starts[x] = slot.start_s
        return machines.tobytes(), starts.tobytes()

    def unpack(self, compact: Compact) -> Schedule:
        """Read a schedule again."""
        machines, starts = array("i", compact[0]), array("i", compact[1])
        slots: list[Slot] = []
        for task, k, start_s in zip(self._problem.tasks.values(), machines, starts, strict=True):
            name = self._machines[k]
            takes_s = min(mode.takes_s for mode in task.modes if mode.machine == name)
            slots.append(
                Slot(
                    machine=name,
                    operations=(task.id,),
                    family=task.family,
                    setup_start_s=start_s,
                    start_s=start_s,
                    end_s=start_s + takes_s,
                )
            )
        return Schedule(tuple(slots))
