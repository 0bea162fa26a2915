"""Orders whose parts no buffer holds until all of them are there: too many, or too much lies there."""

from collections.abc import Iterator
from typing import NamedTuple

from scheduler.problem import Problem, Task


class _Kit(NamedTuple):
    """What a task takes out of one buffer."""

    task: Task
    to_come: int
    """Results that are still to be put there."""
    there: frozenset[str]
    """Finished work that lies there, or work that nothing takes."""


def never_whole(problem: Problem) -> Iterator[tuple[str, str]]:
    """Yield (order, why) of work of which all parts together never find a place, whatever else is taken
    out first."""
    for buffer, places in problem.buffers.items():
        yield from _never_whole(problem, buffer, places)


def _never_whole(problem: Problem, buffer: str, places: int) -> Iterator[tuple[str, str]]:
    frozen = problem.frozen
    wanted = {name for task in problem.tasks.values() for name in task.after}
    # What runs and stays for good leaves others no time worth speaking of.
    there = {
        name
        for name, at in frozen.lies.items()
        if at == buffer and (name in frozen.done or name not in wanted)
    }
    waits = dict.fromkeys(there, 0)
    left: list[_Kit] = []
    for task in problem.tasks.values():
        kit = _kit(problem, task, buffer, there)
        for name in kit.there:
            waits[name] += 1
        if kit.to_come or kit.there:
            left.append(kit)
    taken = len(there)
    while True:
        able = [kit for kit in left if kit.to_come == 0 or taken + kit.to_come <= places]
        if not able:
            break
        left = [kit for kit in left if kit not in able]
        for name in (name for kit in able for name in kit.there):
            waits[name] -= 1
            taken -= waits[name] == 0
    for kit in left:
        full = f", where {taken} already lie" if taken else ""
        yield (
            kit.task.order,
            (
                f"Order {kit.task.order} waits: {kit.task.id} takes {kit.to_come} more out of "
                f"{buffer} at once{full}, and there is room for {places}."
            ),
        )


def _kit(problem: Problem, task: Task, buffer: str, there: set[str]) -> _Kit:
    """Only what can go nowhere else is counted."""
    to_come = 0
    for name in set(task.after):
        part = problem.tasks.get(name)
        if part is None:
            runs = name not in problem.frozen.done
            to_come += runs and problem.frozen.lies.get(name) == buffer
        else:
            machines = (problem.resources.get(mode.machine) for mode in part.modes)
            to_come += all(each is not None and each.buffer == buffer for each in machines)
    return _Kit(task, to_come, frozenset(there.intersection(task.after)))
