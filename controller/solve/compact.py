"""Schedules as bytes: what two processes tell each other."""

from array import array
from collections.abc import Sequence
from typing import TypeAlias

from scheduler import Problem, Schedule, Slot, decode, proof

Compact: TypeAlias = tuple[bytes, bytes]
"""Machine and start of each task, in the order of the problem; those together are one batch."""


class Numbering:
    """Turns schedules of one problem into bytes and back."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._machines = tuple(problem.resources)
        self._machine = {name: k for k, name in enumerate(self._machines)}
        self._task = {name: x for x, name in enumerate(problem.tasks)}

    def pack(self, schedule: Schedule) -> Compact:
        """Write a schedule."""
        machines, starts = array("i", [-1]) * len(self._task), array("i", [0]) * len(self._task)
        for slot in schedule.slots:
            for name in slot.operations:
                x = self._task[name]
                machines[x] = self._machine[slot.machine]
                starts[x] = slot.start_s
        return machines.tobytes(), starts.tobytes()

    def unpack(self, compact: Compact) -> Schedule:
        """Read a schedule again."""
        machines, starts = array("i", compact[0]), array("i", compact[1])
        if not proof.is_path_problem(self._problem):
            return self._decoded(machines, starts)
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

    def _decoded(self, machines: Sequence[int], starts: Sequence[int]) -> Schedule:
        """Work out setups and times anew from what is on each machine in which order."""
        rows: dict[int, dict[int, list[str]]] = {}
        for name, k, start_s in zip(self._task, machines, starts, strict=True):
            rows.setdefault(k, {}).setdefault(start_s, []).append(name)
        sequences = {
            self._machines[k]: [batches[start_s] for start_s in sorted(batches)]
            for k, batches in rows.items()
        }
        schedule = decode(self._problem, sequences)
        assert schedule is not None, "What was packed was a right schedule."
        return schedule
