"""A plain problem as arrays: tasks with modes, any partial order, release and due times."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.objectives import running_ends
from scheduler.problem import ALL_TIME_S, Aim, Problem, Resource, Slot
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


def copied(plan: Plan) -> Plan:
    """Return a plan that stays when a search writes on."""
    return Plan(plan.machine.copy(), plan.order.copy())


def why_not_plain(problem: Problem) -> str:
    """Return why a problem needs more than a shop can say; nothing if it does not."""
    if problem.setups:
        return "it has setups"
    if any(resource.capacity or resource.base_s for resource in problem.resources.values()):
        return "machines hold several tasks at once"
    if any(
        resource.most_run_s or resource.most_run_size for resource in problem.resources.values()
    ):
        return "machines run a family for so long only"
    if any(task.rest_s for task in problem.tasks.values()) or problem.frozen.rest_s:
        return "work rests between two steps"
    if any(task.keeps_s for task in problem.tasks.values()):
        return "work keeps for so long only"
    if any(resource.pool or resource.buffer for resource in problem.resources.values()):
        return "machines share people, tools or room for what they make"
    if problem.terms.wishes:
        return "planners have wishes"
    if any(_has_gaps(problem, resource) for resource in problem.resources.values()):
        return "machines have working hours"
    return ""


def is_path_problem(problem: Problem) -> bool:
    """Say whether a longest path decides, and nothing stands in the way of the search for that."""
    return problem.aim in {Aim.MAKESPAN, Aim.TARDINESS} and not why_not_plain(problem)


def to_shop(problem: Problem) -> Shop:
    """Number a plain problem's tasks, machines and orders in the order in which it names them."""
    tasks = problem.tasks.values()
    orders = {name: j for j, name in enumerate(dict.fromkeys([task.order for task in tasks]))}
    before, earlier_ptr = _arcs(problem)
    later, after_ptr = _turned(before, earlier_ptr)
    mode_ptr, mode_machine, mode_takes = _modes(problem)
    room = np.bincount(mode_machine, minlength=len(problem.resources)) + 2
    dues = [problem.dues.get(name) for name in orders]
    ends = running_ends(problem)
    return Shop(
        before_ptr=earlier_ptr,
        before=before,
        after_ptr=after_ptr,
        after=later,
        mode_ptr=mode_ptr,
        mode_machine=mode_machine,
        mode_takes=mode_takes,
        release=np.array(_releases(problem), np.int32),
        free=np.array([free_from(problem, each) for each in problem.resources.values()], np.int32),
        order_of=np.array([orders[task.order] for task in tasks], np.int32),
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


def _arcs(problem: Problem) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the open tasks before each task, and where those of each begin."""
    number = {name: x for x, name in enumerate(problem.tasks)}
    rows = [task.after for task in problem.tasks.values()]
    flat = [number.get(name, -1) for row in rows for name in row]
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    before = np.array(flat, np.int64)
    follower = np.repeat(np.arange(len(rows)), counts)
    is_open = before >= 0
    counts = np.bincount(follower[is_open], minlength=len(rows))
    return before[is_open].astype(np.uint32), _pointers(counts)


def _turned(
    before: NDArray[np.uint32], pointers: NDArray[np.int32]
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the same arcs by where they begin, each row ascending."""
    tasks = len(pointers) - 1
    follower = np.repeat(np.arange(tasks, dtype=np.uint32), np.diff(pointers))
    after = follower[np.argsort(before, kind="stable")]
    return after, _pointers(np.bincount(before, minlength=tasks))


def _modes(
    problem: Problem,
) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
    """Return where the modes of each task begin, their machines ascending, and what they take there:
    of two modes on one machine the faster."""
    machine = {name: k for k, name in enumerate(problem.resources)}
    rows = [task.modes for task in problem.tasks.values()]
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    where = np.array([machine[mode.machine] for row in rows for mode in row], np.int64)
    takes = np.array([mode.takes_s for row in rows for mode in row], np.int32)
    task = np.repeat(np.arange(len(rows)), counts)
    order = np.lexsort((takes, where, task))
    task, where, takes = task[order], where[order], takes[order]
    first = np.ones(len(task), np.bool_)
    first[1:] = (task[1:] != task[:-1]) | (where[1:] != where[:-1])
    counts = np.bincount(task[first], minlength=len(rows))
    return _pointers(counts), where[first].astype(np.uint32), takes[first]


def _releases(problem: Problem) -> list[int]:
    """Take release, now, and the ends of frozen work that a task waits for."""
    ends = dict(problem.frozen.done)
    ends.update({name: slot.end_s for slot in problem.frozen.running for name in slot.operations})
    if not ends:
        return [max(problem.now_s, task.release_s) for task in problem.tasks.values()]
    return [
        max(problem.now_s, task.release_s, *(ends.get(name, 0) for name in task.after))
        for task in problem.tasks.values()
    ]


def _pointers(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
