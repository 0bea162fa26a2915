"""Tasks that no plan can run: those in a circle, and those that find no working time, with what conflicts."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scheduler.nesting.alone import measures, plate_measures, too_large
from scheduler.problem import ALL_TIME_S, Mode, Problem, Resource, Task
from scheduler.schedule import batch_seconds, free_from, rested_ends
from scheduler.shape import Shape

NEVER_S = 1 << 60
TOLD = 4
"""Machines of which it is said why they do not take a task."""


class _Hours(NamedTuple):
    """A machine's working time once it is free."""

    resource: Resource
    free_s: int
    opens: list[int]
    closes: list[int]
    longest: list[int]
    """The longest of each window and all after it."""
    shapes: Mapping[str, Shape]


class _Ready(NamedTuple):
    """When a task can begin at the earliest, and what keeps it until then."""

    at_s: int
    why: str


def still_waiting(problem: Problem) -> set[str]:
    """Return the tasks in circles and behind them."""
    order = _in_order(problem)
    return problem.tasks.keys() - order.keys() if len(order) < len(problem.tasks) else set()


def never_run(problem: Problem) -> Iterator[str]:
    """Say of each task that finds no machine why, as if all others left it alone; not of those that
    wait for such a task."""
    hours = {name: _hours(problem, each) for name, each in problem.resources.items()}
    largest = max((task.size for task in problem.tasks.values()), default=0)
    if not problem.tasks or all(_always(each, largest) for each in hours.values()):
        return
    ends = rested_ends(problem)
    stuck: set[str] = set()
    for name in _in_order(problem):
        task = problem.tasks[name]
        if any(earlier in stuck for earlier in task.after):
            stuck.add(name)
            continue
        ready_s = max(problem.now_s, task.release_s, *(ends[earlier] for earlier in task.after), 0)
        end_s = min(_end(hours[mode.machine], task, mode, ready_s) for mode in task.modes)
        if end_s < NEVER_S:
            ends[name] = end_s + task.rest_s
        else:
            stuck.add(name)
            yield _explained(task, hours, _ready(problem, task, ends))


def _in_order(problem: Problem) -> dict[str, None]:
    """Return tasks, each behind all that it waits for; mostly they are listed so already."""
    listed: dict[str, None] = {}
    for name, task in problem.tasks.items():
        if any(other in problem.tasks and other not in listed for other in task.after):
            break
        listed[name] = None
    else:
        return listed
    left: dict[str, int] = {}
    after: dict[str, list[str]] = {}
    for name, task in problem.tasks.items():
        earlier = [other for other in task.after if other in problem.tasks]
        left[name] = len(earlier)
        for other in earlier:
            after.setdefault(other, []).append(name)
    order = [name for name, count in left.items() if count == 0]
    for name in order:
        for follower in after.get(name, ()):
            left[follower] -= 1
            if left[follower] == 0:
                order.append(follower)
    return dict.fromkeys(order)


def _hours(problem: Problem, resource: Resource) -> _Hours:
    free_s = free_from(problem, resource)
    windows = [(max(a, free_s), b) for a, b in resource.windows if b > free_s]
    longest: list[int] = []
    for opens, closes in reversed(windows):
        longest.append(max(closes - opens, longest[-1] if longest else 0))
    begins, ends = [a for a, _ in windows], [b for _, b in windows]
    return _Hours(resource, free_s, begins, ends, longest[::-1], problem.shapes)


def _always(hours: _Hours, largest: int) -> bool:
    """Say whether a machine takes any task at any time."""
    free = hours.opens == [hours.free_s] and hours.closes[0] >= ALL_TIME_S
    fits = hours.resource.capacity == 0 or largest <= hours.resource.capacity
    return free and fits and hours.resource.plate is None


def _end(hours: _Hours, task: Task, mode: Mode, ready_s: int) -> int:
    """Return the earliest end of a task that has a machine for itself and needs no setup."""
    resource = hours.resource
    if resource.capacity and task.size > resource.capacity:
        return NEVER_S
    if too_large(resource.plate, hours.shapes.get(task.shape)):
        return NEVER_S
    takes_s = batch_seconds(resource, [(task, mode.takes_s)])
    at = bisect_right(hours.closes, ready_s)
    if resource.resumable:
        return _end_with_breaks(hours, at, takes_s, ready_s)
    while at < len(hours.opens) and hours.longest[at] >= takes_s:
        begin_s = max(ready_s, hours.opens[at])
        if begin_s + takes_s <= hours.closes[at]:
            return begin_s + takes_s
        at += 1
    return NEVER_S


def _end_with_breaks(hours: _Hours, at: int, takes_s: int, ready_s: int) -> int:
    """The same where work goes on in the next window."""
    left_s = takes_s
    for opens, closes in zip(hours.opens[at:], hours.closes[at:], strict=True):
        begin_s = max(ready_s, opens)
        if begin_s + left_s <= closes:
            return begin_s + left_s
        left_s -= closes - begin_s
    return NEVER_S


def _ready(problem: Problem, task: Task, ends: Mapping[str, int]) -> _Ready:
    reasons = [_Ready(problem.now_s, ""), _Ready(task.release_s, "its release")]
    reasons += [_Ready(ends[earlier], f"the end of {earlier}") for earlier in task.after]
    return max(reasons, key=lambda reason: reason.at_s)


def _explained(task: Task, hours: Mapping[str, _Hours], ready: _Ready) -> str:
    why = [_refusal(hours[mode.machine], task, mode, ready.at_s) for mode in task.modes]
    since = f" ({ready.why})" if ready.why else ""
    more = f" and {len(why) - TOLD} more machines are no better" if len(why) > TOLD else ""
    return (
        f"{task.id} finds no machine that takes it within one working window; "
        f"from {ready.at_s} s on{since}, {', '.join(why[:TOLD])}{more}."
    )


def _refusal(hours: _Hours, task: Task, mode: Mode, ready_s: int) -> str:
    resource = hours.resource
    if resource.capacity and task.size > resource.capacity:
        return f"{resource.id} holds {resource.capacity} and its size is {task.size}"
    shape = hours.shapes.get(task.shape)
    if resource.plate is not None and shape is not None and too_large(resource.plate, shape):
        plate = plate_measures(resource.plate)
        return f"the plate of {resource.id} is {plate} and its outline is {measures(shape)}"
    if not resource.windows:
        return f"{resource.id} never works"
    if not hours.closes:
        return f"{resource.id} does not work once it is free at {hours.free_s} s"
    if hours.closes[-1] <= ready_s:
        return f"{resource.id} works until {hours.closes[-1]} s only"
    takes_s = batch_seconds(resource, [(task, mode.takes_s)])
    at = bisect_right(hours.closes, ready_s)
    if resource.resumable:
        return f"{resource.id} takes {takes_s} s, more than all its hours that are left"
    longest_s = max(
        closes - max(opens, ready_s)
        for opens, closes in zip(hours.opens[at:], hours.closes[at:], strict=True)
    )
    return f"{resource.id} takes {takes_s} s and works {longest_s} s at a stretch at the most"
