"""A first plan of a plain problem and a first bound, in milliseconds and without compiled kernels."""

from collections.abc import Iterator

from scheduler.construct import construct
from scheduler.problem import Aim, Problem
from scheduler.schedule import Schedule
from scheduler.search.dispatch import dispatch
from scheduler.search.graph import ends_of
from scheduler.search.rules import Rule
from scheduler.search.shop import is_path_problem, to_schedule, to_shop


def first_schedule(problem: Problem) -> Schedule:
    """Return the plan of one dispatching rule, or of a list heuristic where paths alone do not decide.
    Raises UnplannableError."""
    if not is_path_problem(problem):
        return construct(problem)
    shop = to_shop(problem)
    plan = dispatch(shop, Rule.PATH if problem.aim is Aim.MAKESPAN else Rule.COST)
    return to_schedule(problem, shop, plan, ends_of(shop, plan))


def first_bound(problem: Problem) -> int:
    """Return what no plan goes below: the longest chain of tasks, and for a makespan the loads."""
    ends: dict[str, int] = {}

    def end_of(name: str) -> int:
        waiting = [name]
        while waiting:
            task = problem.tasks[waiting[-1]]
            missing = [each for each in task.after if each not in ends and each in problem.tasks]
            if missing:
                waiting += missing
                continue
            takes_s = min(mode.takes_s for mode in task.modes)
            before = (ends.get(each, 0) for each in task.after)
            ends[waiting.pop()] = max(task.release_s, *before, 0) + takes_s
        return ends[name]

    done: dict[str, int] = {}
    for task in problem.tasks.values():
        done[task.order] = max(done.get(task.order, 0), end_of(task.id))
    if problem.aim in {Aim.CENTS, Aim.SCORE}:
        return 0
    if problem.aim is Aim.MAKESPAN:
        return max([*done.values(), *_loads(problem)], default=0)
    return sum(
        due.weight * max(0, done.get(due.order, 0) - due.due_s) for due in problem.dues.values()
    )


def _loads(problem: Problem) -> Iterator[int]:
    """Yield what each machine does for tasks that no other can do, and an even share of all work."""
    alone: dict[str, int] = {}
    work = 0
    for task in problem.tasks.values():
        work += min(mode.takes_s for mode in task.modes)
        if len(task.modes) == 1:
            machine = task.modes[0].machine
            alone[machine] = alone.get(machine, 0) + task.modes[0].takes_s
    yield from alone.values()
    yield -(-work // max(1, len(problem.resources)))
