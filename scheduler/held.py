"""Orders that no plan can have now, because a rule of the plant stands against it, and why."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from scheduler.kits import never_whole
from scheduler.portions import MOST_SIZES, portions
from scheduler.problem import Problem, Resource, Setup, Task
from scheduler.schedule import NO_SETUP, batch_seconds, family_when_free
from scheduler.tables import SetupTables

NEVER_S = 1 << 60

Finding: TypeAlias = tuple[str, str]
"""(order, why)."""


def without_held(problem: Problem) -> Problem:
    """Leave out the orders that no plan can have, and say why of each; the others are planned."""
    held = dict(problem.held)
    while True:
        found: dict[str, str] = {}
        for order, why in (each for find in RULES for each in find(problem)):
            found.setdefault(order, why)
        if not found:
            return replace(problem, held=held)
        held |= found
        problem = replace(
            problem,
            tasks={name: t for name, t in problem.tasks.items() if t.order not in found},
            dues={name: due for name, due in problem.dues.items() if name not in found},
        )


def all_held(problem: Problem) -> Iterator[str]:
    """Say why of every order that no plan can have."""
    yield from without_held(replace(problem, held={})).held.values()


def _unreached(problem: Problem) -> Iterator[Finding]:
    """Find work of a family that none of its machines can be set up for, whatever comes before."""
    if isinstance(problem.setups, SetupTables):
        return
    if not any(setup.forbidden for setup in problem.setups.values()):
        return
    met: dict[str, set[str]] = {name: set() for name in problem.resources}
    for task in problem.tasks.values():
        for mode in task.modes:
            if mode.machine in met:
                met[mode.machine].add(task.family)
    reach = {name: _reached(problem, problem.resources[name], met[name]) for name in met}
    for task in problem.tasks.values():
        able = [mode.machine for mode in task.modes if mode.machine in reach]
        if able and all(task.family not in reach[name] for name in able):
            machines = ", ".join(dict.fromkeys(able))
            yield (
                task.order,
                (
                    f"Order {task.order} waits: {machines} may not change to {task.family!r}, which "
                    f"{task.id} needs, from what is set up or from any other open work."
                ),
            )


def _reached(problem: Problem, resource: Resource, families: set[str]) -> set[str]:
    agenda, seen = [family_when_free(problem, resource)], set[str]()
    while agenda:
        before = agenda.pop()
        for after in families - seen:
            if not _change(problem, resource, before, after).forbidden:
                seen.add(after)
                agenda.append(after)
    return seen


def _change(problem: Problem, resource: Resource, before: str, after: str) -> Setup:
    return problem.setups.get((resource.group, before, after), NO_SETUP)


def _too_long(problem: Problem) -> Iterator[Finding]:
    """Find work that alone is more than any of its machines runs of one family at a stretch."""
    if not any(each.most_run_s or each.most_run_size for each in problem.resources.values()):
        return
    for task in problem.tasks.values():
        alone = list(_alone(problem, task))
        if alone and all(_is_more_than_a_run(task, *each) for each in alone):
            names = ", ".join(dict.fromkeys(resource.id for resource, _ in alone))
            yield (
                task.order,
                (
                    f"Order {task.order} waits: {task.id} is more than {names} may run of one family "
                    "before cleaning."
                ),
            )


def _is_more_than_a_run(task: Task, resource: Resource, seconds: int) -> bool:
    by_time = bool(resource.most_run_s) and seconds > resource.most_run_s
    return by_time or (bool(resource.most_run_size) and task.size > resource.most_run_size)


def _too_little(problem: Problem) -> Iterator[Finding]:
    """Find a family whose open work does not make whole batches of the least size: what is due last
    waits until more comes."""
    if not any(each.least_size for each in problem.resources.values()):
        return
    wanted = {name for task in problem.tasks.values() for name in task.after}
    ties: dict[tuple[str, frozenset[str]], list[Task]] = {}
    for task in problem.tasks.values():
        able = frozenset(m.machine for m in task.modes if m.machine in problem.resources)
        if able and all(problem.resources[name].least_size for name in able):
            ties.setdefault((task.family, able), []).append(task)
    for (family, able), tasks in ties.items():
        # What other work of the family can join must be looked at together with it.
        met = [t for (f, names), row in ties.items() if f == family and names & able for t in row]
        lie = all(task.id in wanted for task in met)
        rooms = [_room(problem, problem.resources[name], lie=lie) for name in able]
        sizes = [task.size for task in met]
        many = len(sizes) > MOST_SIZES or len(set(rooms)) > 1
        if many or any(portions(sizes, *room) for room in rooms):
            continue
        last = max(tasks, key=lambda task: (_due_s(problem, task), task.order))
        least = min(room[0] for room in rooms)
        lies = any(problem.resources[name].buffer for name in able)
        few = f", and of {max(room[2] for room in rooms)} parts at most" if lie and lies else ""
        yield (
            last.order,
            (
                f"Order {last.order} waits: {last.id} is of family {family!r}, of which the open work "
                f"is {sum(sizes)} in size, and {', '.join(sorted(able))} runs batches of {least} to "
                f"{max(room[1] for room in rooms)} only{few}."
            ),
        )
        return


def _never_fresh(problem: Problem) -> Iterator[Finding]:
    """Find work that does not keep until the hours of what takes it, even if both had all machines for
    themselves."""
    for task in problem.tasks.values():
        for name in task.after:
            earlier = problem.tasks.get(name)
            if earlier is not None and earlier.keeps_s and not _meets(problem, earlier, task):
                yield (
                    task.order,
                    (
                        f"Order {task.order} waits: {name} keeps {earlier.keeps_s} s, and in no hours "
                        f"of their machines can {task.id} start so soon."
                    ),
                )


def _meets(problem: Problem, earlier: Task, task: Task) -> bool:
    """Say whether one may end and the other start within the time that the work keeps."""
    kept_s = earlier.rest_s + earlier.keeps_s
    return any(
        max(first + earlier.rest_s, begin) <= min(last + kept_s, latest)
        for first, last in _ends(problem, earlier)
        for begin, latest in _begins(problem, task)
    )


def _ends(problem: Problem, task: Task) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which a task may end on some machine."""
    for resource, seconds in _alone(problem, task):
        for opens, closes in resource.windows:
            if resource.resumable or closes - opens >= seconds:
                yield opens if resource.resumable else opens + seconds, closes


def _begins(problem: Problem, task: Task) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which a task may begin on some machine."""
    for resource, seconds in _alone(problem, task):
        for opens, closes in resource.windows:
            if resource.resumable or closes - opens >= seconds:
                yield opens, closes if resource.resumable else closes - seconds


def _alone(problem: Problem, task: Task) -> Iterator[tuple[Resource, int]]:
    for mode in task.modes:
        resource = problem.resources.get(mode.machine)
        if resource is not None:
            yield resource, batch_seconds(resource, [(task, mode.takes_s)])


def _room(problem: Problem, resource: Resource, *, lie: bool) -> tuple[int, int, int]:
    """Return least and largest size, and the most members of a batch, which may have to lie somewhere."""
    members = resource.max_members
    if lie and resource.buffer in problem.buffers:
        places = problem.buffers[resource.buffer]
        members = min(members or places, places)
    return resource.least_size, resource.capacity, members


def _due_s(problem: Problem, task: Task) -> int:
    due = problem.dues.get(task.order)
    return NEVER_S if due is None else due.due_s


RULES: tuple[Callable[[Problem], Iterator[Finding]], ...] = (
    _unreached,
    _too_long,
    _too_little,
    _never_fresh,
    never_whole,
)
