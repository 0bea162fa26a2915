"""What is wrong with a problem itself: no plan could be right, or be said in the engine's numbers."""

from collections.abc import Iterable, Iterator
from itertools import islice

from scheduler.buffers import buffer_faults
from scheduler.held import all_held
from scheduler.nesting.alone import outline_fault, plate_measures
from scheduler.problem import ALL_TIME_S, Aim, Due, Mode, Problem, Resource, Task
from scheduler.reach import never_run, still_waiting
from scheduler.shape import PLATE_UM
from scheduler.tables import SetupTables

TOLD = 10
"""Faults of one kind that are told before the rest is counted."""
NAMED = 6
"""Operations of a circle that are named."""


def faults(problem: Problem) -> tuple[str, ...]:
    """Say every fault, a sentence each, the plainest kinds first; nothing if there is none.

    Later kinds are looked for only where the earlier ones leave a sense to them.
    """
    plain = (
        *_told(_machines(problem)),
        *_told(_tasks(problem)),
        *_told(_orders(problem)),
        *_told(_shapes(problem)),
        *_told(_frozen(problem)),
    )
    if plain:
        return plain
    circle = _circle(problem)
    if circle:
        return (circle,)
    too_long = _too_long(problem)
    if too_long:
        return (too_long,)
    return (*_told(never_run(problem)), *_told(all_held(problem)))


def _told(found: Iterable[str]) -> Iterator[str]:
    """Tell a few and count the rest."""
    each = iter(found)
    yield from islice(each, TOLD)
    more = sum(1 for _ in each)
    if more:
        yield f"There are {more} more faults of this kind."


def _machines(problem: Problem) -> Iterator[str]:
    for name, resource in problem.resources.items():
        if resource.id != name:
            yield f"Machine {name} is called {resource.id} by itself."
        yield from _numbers(resource)
        before = None
        for opens, closes in resource.windows:
            if closes <= opens:
                yield f"{name} has working hours that end at {closes} s, before they begin at {opens} s."
            if before is not None and opens < before:
                yield (
                    f"{name} has working hours that begin at {opens} s, "
                    f"before those listed earlier end at {before} s."
                )
            before = closes
    for group, people in problem.crews.items():
        if people < 1:
            yield f"Group {group} has a crew of {people}; leave the crew out where there is no limit."
    yield from _pools(problem)
    yield from buffer_faults(problem)
    setups = {} if isinstance(problem.setups, SetupTables) else problem.setups
    for (group, before_name, after_name), setup in setups.items():
        if not 0 <= setup.takes_s < ALL_TIME_S:
            yield (
                f"The setup of group {group} from {before_name!r} to {after_name!r} takes "
                f"{setup.takes_s} s; {_allowed(0)}"
            )


def _pools(problem: Problem) -> Iterator[str]:
    for pool, units in problem.pools.items():
        if units < 1:
            yield f"There are {units} of {pool}; what needs one of them never runs."
    for name, resource in problem.resources.items():
        if resource.pool and resource.pool not in problem.pools:
            yield f"{name} needs one of {resource.pool}, and there is none."


def _numbers(resource: Resource) -> Iterator[str]:
    for what, value in (
        ("capacity", resource.capacity),
        ("most members", resource.max_members),
        ("base time", resource.base_s),
        ("time per work", resource.per_work_ms),
        ("time per height", resource.per_height_ms),
        ("least size of a batch", resource.least_size),
        ("longest run", resource.most_run_s),
        ("largest run", resource.most_run_size),
        ("run so far", resource.ran),
    ):
        if not 0 <= value < ALL_TIME_S:
            yield f"{resource.id} has {value} as its {what}; {_allowed(0)}"
    if resource.most_run_s and resource.most_run_size:
        yield f"{resource.id} limits its runs by seconds and by size; only one of them can count."
    if resource.least_size > max(resource.capacity, 0):
        yield (
            f"{resource.id} begins no batch below {resource.least_size}, but holds "
            f"{resource.capacity}."
        )
    if resource.free_s >= ALL_TIME_S:
        yield f"{resource.id} is free at {resource.free_s} s; {_allowed()}"


def _tasks(problem: Problem) -> Iterator[str]:
    known = problem.tasks.keys() | problem.frozen.done.keys()
    known |= {name for slot in problem.frozen.running for name in slot.operations}
    resources = problem.resources
    for name, task in problem.tasks.items():
        if task.id != name:
            yield f"Operation {name} is called {task.id} by itself."
        if not task.modes:
            yield f"{name} has no machine that can do it."
        for mode in task.modes:
            if mode.machine not in resources or not 0 <= mode.takes_s < ALL_TIME_S:
                yield from _mode(problem, name, mode)
        for earlier in task.after:
            if earlier not in known:
                yield f"{name} waits for {earlier}, which is neither open, running nor finished."
        yield from _numbers_of(task)
        if task.shape and task.shape not in problem.shapes:
            yield f"{name} has outline {task.shape}, which the problem does not know."


def _numbers_of(task: Task) -> Iterator[str]:
    if not 0 <= task.rest_s < ALL_TIME_S:
        yield f"{task.id} rests for {task.rest_s} s; {_allowed(0)}"
    if not 0 <= task.most_s < ALL_TIME_S:
        yield f"{task.id} stands {task.most_s} s; {_allowed(0)}"
    if not (-ALL_TIME_S < task.release_s < ALL_TIME_S):
        yield f"{task.id} is released at {task.release_s} s; {_allowed()}"
    if not 0 <= task.keeps_s < ALL_TIME_S:
        yield f"The work of {task.id} keeps {task.keeps_s} s; {_allowed(0)}"
    if not 0 <= task.kit_cents < ALL_TIME_S:
        yield f"{task.id} pays {task.kit_cents} cents for an hour of its kit; {_allowed(0)}"
    if min(task.size, task.work, task.height) < 0:
        yield from _below_zero(task)


def _mode(problem: Problem, name: str, mode: Mode) -> Iterator[str]:
    if mode.machine not in problem.resources:
        yield f"{name} names machine {mode.machine}, which does not exist."
    if not 0 <= mode.takes_s < ALL_TIME_S:
        yield f"{name} takes {mode.takes_s} s on {mode.machine}; {_allowed(0)}"


def _below_zero(task: Task) -> Iterator[str]:
    for what, value in (("size", task.size), ("work", task.work), ("height", task.height)):
        if value < 0:
            yield f"{task.id} has {what} {value}; it cannot be negative."


def _shapes(problem: Problem) -> Iterator[str]:
    for name, resource in problem.resources.items():
        plate = resource.plate
        if plate is None:
            continue
        if not (0 < plate.width_um <= PLATE_UM and 0 < plate.depth_um <= PLATE_UM):
            yield f"The plate of {name} is {plate_measures(plate)}; each side is 0.001 to 10000 mm."
        if plate.gap_um < 0:
            yield f"The plate of {name} has a gap of {plate.gap_um} um; it cannot be negative."
        if resource.capacity == 0:
            yield f"{name} has a plate, but takes one task at a time; its capacity is to be above 0."
    for name, shape in problem.shapes.items():
        wrong = outline_fault(shape)
        if wrong:
            yield f"Outline {name} {wrong}."


def _orders(problem: Problem) -> Iterator[str]:
    if not -ALL_TIME_S < problem.now_s < ALL_TIME_S:
        yield f"It is {problem.now_s} s now; {_allowed()}"
    for name, due in problem.dues.items():
        yield from _due(name, due)


def _due(name: str, due: Due) -> Iterator[str]:
    if due.order != name:
        yield f"The due time of order {name} is called that of {due.order} by itself."
    if not -ALL_TIME_S < due.due_s < ALL_TIME_S:
        yield f"Order {name} is due at {due.due_s} s; {_allowed()}"
    if not 0 <= due.weight < ALL_TIME_S:
        yield f"Order {name} has weight {due.weight}; {_allowed(0)}"
    if due.late_cents < 0:
        yield f"Order {name} would cost {due.late_cents} cents if late; being late earns nothing."


def _frozen(problem: Problem) -> Iterator[str]:
    for name in problem.frozen.done:
        if name in problem.tasks:
            yield f"{name} is both open and finished."
    for slot in problem.frozen.running:
        if slot.machine not in problem.resources:
            yield f"{', '.join(slot.operations)} runs on {slot.machine}, which does not exist."
        if slot.end_s >= ALL_TIME_S:
            yield f"{', '.join(slot.operations)} ends at {slot.end_s} s; {_allowed()}"
        for name in slot.operations:
            if name in problem.tasks:
                yield f"{name} is both open and running."


def _circle(problem: Problem) -> str:
    """Name one circle of tasks that wait for each other."""
    left = still_waiting(problem)
    if not left:
        return ""
    walked: dict[str, int] = {}
    at = min(left)
    while at not in walked:
        walked[at] = len(walked)
        at = next(name for name in problem.tasks[at].after if name in left)
    circle = list(walked)[walked[at] :]
    if len(circle) == 1:
        return f"{at} waits for itself."
    named = [*circle[:NAMED], *(["and so on"] if len(circle) > NAMED else []), at]
    return f"{len(circle)} operations wait for each other: {' waits for '.join(named)}."


def _too_long(problem: Problem) -> str:
    """Compiled search counts in 32 bits, so even the slowest plan has to end before they are full."""
    if problem.aim is Aim.CENTS:
        return ""
    free_s = max((resource.free_s for resource in problem.resources.values()), default=0)
    down_s = max(problem.frozen.down_until.values(), default=0)
    running_s = max((slot.end_s for slot in problem.frozen.running), default=0)
    released_s = max((task.release_s for task in problem.tasks.values()), default=0)
    begin_s = max(problem.now_s, free_s, down_s, running_s, released_s)
    work_s = sum(max(mode.takes_s for mode in task.modes) for task in problem.tasks.values())
    if begin_s + work_s < ALL_TIME_S:
        return ""
    return (
        f"All operations one after the other end at {begin_s + work_s} s; {_allowed()} "
        "Say durations in a longer unit."
    )


def _allowed(least: int | None = None) -> str:
    if least is None:
        return f"times lie within {ALL_TIME_S - 1} s."
    return f"allowed is {least} to {ALL_TIME_S - 1}."
