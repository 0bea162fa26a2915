"""A plain problem as arrays: tasks with modes, any partial order, release and due times."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.objectives import running_ends
from scheduler.problem import ALL_TIME_S, Mode, Problem, Resource, Slot
from scheduler.schedule import Schedule, free_from

LONGEST_S = ALL_TIME_S
"""All times stay below this, 34 years, so that 32 bits hold them and sums of two of them."""
NO_DUE_S = LONGEST_S


class Shop(NamedTuple):
    """N tasks on M machines for J orders. Index N means no task, and N+1+k the time at which machine
    k becomes free, as if a task before all others ended then."""

    before_ptr: NDArray[np.int32]
    """[N+1]: the tasks that come before task x are before[before_ptr[x]:before_ptr[x+1]]."""
    before: NDArray[np.uint32]
    after_ptr: NDArray[np.int32]
    after: NDArray[np.uint32]
    mode_ptr: NDArray[np.int32]
    """[N+1]: the modes of task x are mode_ptr[x] to mode_ptr[x+1]; one a machine, machines ascending."""
    mode_machine: NDArray[np.uint32]
    mode_takes: NDArray[np.int32]
    release: NDArray[np.int32]
    """[N]: release, now, or the end of frozen work that it waits for, whichever is latest."""
    free: NDArray[np.int32]
    """[M]: when each machine is free."""
    order_of: NDArray[np.int32]
    """[N]: the order of each task; orders by their first task."""
    due: NDArray[np.int32]
    """[J]: NO_DUE_S without one."""
    weight: NDArray[np.int32]
    """[J]: 0 without a due time."""
    floor: NDArray[np.int32]
    """[J]: expected end of what runs of the order now."""
    row_ptr: NDArray[np.int32]
    """[M+1]: where the sequence of each machine begins in an array that holds all of them; there is
    room for every task that can go there, the time at which it becomes free before them, and no
    task behind them."""

    @property
    def tasks(self) -> int:
        """Return N."""
        return len(self.release)

    @property
    def machines(self) -> int:
        """Return M."""
        return len(self.free)

    @property
    def is_flexible(self) -> bool:
        """Say whether any task has a choice of machines."""
        return len(self.mode_machine) > self.tasks


class Plan(NamedTuple):
    """A machine for each task, and all tasks in an order that respects what comes before what: each
    machine runs its tasks in that order, each as early as it can."""

    machine: NDArray[np.uint32]
    order: NDArray[np.uint32]


def why_not_plain(problem: Problem) -> str:
    """Return why a problem needs more than a shop can say; nothing if it does not."""
    if problem.setups:
        return "it has setups"
    if any(resource.capacity or resource.base_s for resource in problem.resources.values()):
        return "machines hold several tasks at once"
    if problem.terms.wishes:
        return "planners have wishes"
    if any(_has_gaps(problem, resource) for resource in problem.resources.values()):
        return "machines have working hours"
    return ""


def to_shop(problem: Problem) -> Shop:
    """Number a plain problem's tasks, machines and orders in the order in which it names them."""
    tasks = problem.tasks
    number = {name: x for x, name in enumerate(tasks)}
    machine = {name: k for k, name in enumerate(problem.resources)}
    orders = {name: j for j, name in enumerate(dict.fromkeys(t.order for t in tasks.values()))}
    before = [[number[name] for name in task.after if name in number] for task in tasks.values()]
    after: list[list[int]] = [[] for _ in before]
    for x, row in enumerate(before):
        for earlier in row:
            after[earlier].append(x)
    modes = [_modes(task.modes, machine) for task in tasks.values()]
    mode_machine = np.array(_flat([[k for k, _ in row] for row in modes]), np.uint32)
    room = np.bincount(mode_machine, minlength=len(machine)) + 2
    dues = [problem.dues.get(name) for name in orders]
    ends = running_ends(problem)
    return Shop(
        before_ptr=_pointers(before),
        before=np.array(_flat(before), np.uint32),
        after_ptr=_pointers(after),
        after=np.array(_flat(after), np.uint32),
        mode_ptr=_pointers(modes),
        mode_machine=mode_machine,
        mode_takes=np.array(_flat([[takes for _, takes in row] for row in modes]), np.int32),
        release=np.array(_releases(problem), np.int32),
        free=np.array([free_from(problem, each) for each in problem.resources.values()], np.int32),
        order_of=np.array([orders[task.order] for task in tasks.values()], np.int32),
        due=np.array([NO_DUE_S if each is None else each.due_s for each in dues], np.int32),
        weight=np.array([0 if each is None else each.weight for each in dues], np.int32),
        floor=np.array([ends.get(name, 0) for name in orders], np.int32),
        row_ptr=np.concatenate([[0], np.cumsum(room)]).astype(np.int32),
    )


def to_schedule(problem: Problem, shop: Shop, plan: Plan, ends: NDArray[np.int32]) -> Schedule:
    """Name what the arrays number; `ends` holds the end of each task."""
    machines = tuple(problem.resources)
    takes = durations(shop, plan.machine)
    slots = [
        Slot(
            machine=machines[k],
            operations=(task.id,),
            family=task.family,
            setup_start_s=end - duration,
            start_s=end - duration,
            end_s=end,
        )
        for task, k, duration, end in zip(
            problem.tasks.values(),
            plan.machine.tolist(),
            takes.tolist(),
            ends.tolist(),
            strict=True,
        )
    ]
    return Schedule(tuple(slots))


def durations(shop: Shop, machine: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return what each task takes on its machine."""
    wanted = np.repeat(machine, np.diff(shop.mode_ptr))
    takes: NDArray[np.int32] = shop.mode_takes[shop.mode_machine == wanted]
    return takes


def _has_gaps(problem: Problem, resource: Resource) -> bool:
    """Say whether a machine that is free once has hours off before the end of all time."""
    free_s = free_from(problem, resource)
    left = [(a, b) for a, b in resource.windows if b > free_s]
    return len(left) != 1 or left[0][0] > free_s or left[0][1] < LONGEST_S


def _modes(modes: Iterable[Mode], machine: Mapping[str, int]) -> list[tuple[int, int]]:
    """Keep the faster of two modes on one machine."""
    takes: dict[int, int] = {}
    for mode in modes:
        k = machine[mode.machine]
        takes[k] = min(mode.takes_s, takes.get(k, mode.takes_s))
    return sorted(takes.items())


def _releases(problem: Problem) -> list[int]:
    """Take release, now, and the ends of frozen work that a task waits for."""
    ends = dict(problem.frozen.done)
    ends.update({name: slot.end_s for slot in problem.frozen.running for name in slot.operations})
    return [
        max(problem.now_s, task.release_s, *(ends.get(name, 0) for name in task.after))
        for task in problem.tasks.values()
    ]


def _pointers(rows: list[list[int]] | list[list[tuple[int, int]]]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)


def _flat(rows: list[list[int]]) -> list[int]:
    return [each for row in rows for each in row]
