"""A schedule, and `violations`: the definition of right, which shares no code with the engine."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.granted import broken_wishes
from scheduler.overfull import overfull
from scheduler.problem import Problem, Resource, Setup, Slot, Task

NO_SETUP = Setup(0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Batches on machines: the open tasks only; finished and running work stays in `frozen`."""

    slots: tuple[Slot, ...]
    by_machine: Mapping[str, tuple[Slot, ...]] = field(init=False, repr=False, compare=False)
    """Machine -> its slots in the order in which they run."""
    end_of: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """Operation -> second at which its batch ends."""

    def __post_init__(self) -> None:
        rows: dict[str, list[Slot]] = {}
        for slot in sorted(self.slots, key=_in_time):
            rows.setdefault(slot.machine, []).append(slot)
        object.__setattr__(self, "by_machine", {name: tuple(row) for name, row in rows.items()})
        ends = {operation: slot.end_s for slot in self.slots for operation in slot.operations}
        object.__setattr__(self, "end_of", ends)


def _in_time(slot: Slot) -> tuple[int, int, int]:
    """Of two batches of no length at the same second, the one that is set up earlier comes first."""
    return slot.start_s, slot.end_s, slot.setup_start_s


def violations(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """Say every way in which the schedule breaks the problem; silence means valid."""
    yield from _each_task_runs_once(problem, schedule)
    free = _when_free(problem)
    for slot in schedule.slots:
        yield from _one_slot(problem, slot, free)
    for machine, row in schedule.by_machine.items():
        if machine in problem.resources:
            yield from _one_machine(problem, problem.resources[machine], row)
    yield from _parts_come_first(problem, schedule)
    yield from _crews_suffice(problem, schedule)
    yield from _pools_suffice(problem, schedule)
    if problem.buffers:
        yield from overfull(problem, schedule.slots)
    yield from broken_wishes(problem, schedule.slots)


def setups_in(problem: Problem, schedule: Schedule) -> Iterator[tuple[Slot, str, Setup]]:
    """Yield each slot with the family that its machine was set up for, and the setup needed."""
    for machine, row in schedule.by_machine.items():
        resource = problem.resources.get(machine)
        if resource is not None:
            yield from _changes(problem, resource, row)


def _changes(
    problem: Problem, resource: Resource, row: Iterable[Slot]
) -> Iterator[tuple[Slot, str, Setup]]:
    """Within a run of one family that may go on, nothing is set up."""
    before, ran = family_when_free(problem, resource), resource.ran
    most = resource.most_run_s or resource.most_run_size
    for slot in row:
        amount = _run_amount(problem, resource, slot) if most else 0
        if most and slot.family == before and ran + amount <= most:
            ran += amount
            yield slot, before, NO_SETUP
        else:
            ran = amount
            yield slot, before, problem.setups.get((resource.group, before, slot.family), NO_SETUP)
        before = slot.family


def _run_amount(problem: Problem, resource: Resource, slot: Slot) -> int:
    if resource.most_run_s:
        return worked_s(resource, slot)
    return sum(problem.tasks[name].size for name in slot.operations if name in problem.tasks)


def family_when_free(problem: Problem, resource: Resource) -> str:
    """Return what a machine is set up for once its running batches have ended."""
    running = [slot for slot in problem.frozen.running if slot.machine == resource.id]
    return max(running, key=lambda slot: slot.end_s).family if running else resource.family


def free_from(problem: Problem, resource: Resource) -> int:
    """Return the second before which nothing may start on a machine."""
    running = [slot.end_s for slot in problem.frozen.running if slot.machine == resource.id]
    down_until_s = problem.frozen.down_until.get(resource.id, 0)
    return max(problem.now_s, resource.free_s, down_until_s, *running)


def rested_ends(problem: Problem) -> dict[str, int]:
    """Return for each finished or running operation when what waits for it may start."""
    ends = dict(problem.frozen.done)
    ends.update({name: slot.end_s for slot in problem.frozen.running for name in slot.operations})
    for name, rest_s in problem.frozen.rest_s.items():
        if name in ends:
            ends[name] += rest_s
    return ends


def kit_spread(problem: Problem, ends: Mapping[str, int], task: Task) -> int:
    """Return the seconds between the first and the last end of what a task waits for; 0 where all of it
    is over already. `ends` are those of open work."""
    if not any(name in ends for name in task.after):
        return 0
    known = [ends[name] for name in task.after if name in ends]
    known += settled_ends(problem, task)
    return max(known) - min(known)


def settled_ends(problem: Problem, task: Task) -> list[int]:
    """Return when finished and running work ends that a task waits for."""
    frozen = problem.frozen
    ends = [frozen.done[name] for name in task.after if name in frozen.done]
    waited = set(task.after)
    ends += [s.end_s for s in frozen.running for name in s.operations if name in waited]
    return ends


def _when_free(problem: Problem) -> dict[str, int]:
    """The same for all machines at once."""
    frozen = problem.frozen
    free = {
        name: max(problem.now_s, resource.free_s, frozen.down_until.get(name, 0))
        for name, resource in problem.resources.items()
    }
    for slot in frozen.running:
        if slot.machine in free:
            free[slot.machine] = max(free[slot.machine], slot.end_s)
    return free


def batch_seconds(resource: Resource, members: list[tuple[Task, int]]) -> int:
    """Return how long a machine takes for (task, its own seconds) together."""
    if len(members) == 1 and not (resource.per_work_ms or resource.per_height_ms):
        return resource.base_s + members[0][1]
    work = sum(task.work for task, _ in members)
    height = max(task.height for task, _ in members)
    own_s = max(takes_s for _, takes_s in members)
    by_work = work * resource.per_work_ms // 1000
    by_height = height * resource.per_height_ms // 1000
    return resource.base_s + by_work + by_height + own_s


def worked_s(resource: Resource, slot: Slot) -> int:
    """Return how long a batch runs, without the breaks that it rests over."""
    if not resource.resumable:
        return slot.end_s - slot.start_s
    at = max(0, bisect_right(resource.windows, slot.start_s, key=_opens) - 1)
    total = 0
    for opens, closes in resource.windows[at:]:
        if opens >= slot.end_s:
            break
        total += max(0, min(closes, slot.end_s) - max(opens, slot.start_s))
    return total


def _each_task_runs_once(problem: Problem, schedule: Schedule) -> Iterator[str]:
    times: dict[str, int] = {}
    running = {name for slot in problem.frozen.running for name in slot.operations}
    for slot in schedule.slots:
        for name in slot.operations:
            times[name] = times.get(name, 0) + 1
    for name, count in times.items():
        if name in problem.frozen.done:
            yield f"{name} is finished already and is scheduled again."
        elif name in running:
            yield f"{name} is running already and is scheduled again."
        elif name not in problem.tasks:
            yield f"{name} is scheduled but is not a task of this problem."
        elif count > 1:
            yield f"{name} is scheduled {count} times."
    for name in problem.tasks:
        if name not in times:
            yield f"{name} is not scheduled."


def _one_slot(problem: Problem, slot: Slot, free: Mapping[str, int]) -> Iterator[str]:
    resource = problem.resources.get(slot.machine)
    if resource is None:
        yield f"{_label(slot)} runs on a machine that the plant does not have."
        return
    tasks = [problem.tasks[name] for name in slot.operations if name in problem.tasks]
    if not slot.operations:
        yield f"{_label(slot)} has no members."
    if not slot.setup_start_s <= slot.start_s <= slot.end_s:
        yield (
            f"{_label(slot)} has its times in the wrong order: setup {slot.setup_start_s} s, "
            f"start {slot.start_s} s, end {slot.end_s} s."
        )
    earliest_s = free[slot.machine]
    if slot.setup_start_s < earliest_s:
        yield f"{_label(slot)} begins {earliest_s - slot.setup_start_s} s before the machine is free."
    # The only window that can hold it is the last one that opens in time, for they are disjoint.
    at = bisect_right(resource.windows, slot.setup_start_s, key=_opens) - 1
    if at >= 0 and resource.resumable:
        yield from _rests(resource, slot, resource.windows[at][1])
    elif at < 0 or slot.end_s > resource.windows[at][1]:
        yield (
            f"{_label(slot)} occupies {slot.setup_start_s} s to {slot.end_s} s, "
            "which does not lie inside one working window."
        )
    if tasks:
        yield from _members(resource, slot, tasks)
        yield from _on_the_plate(problem, resource, slot, tasks)


def _rests(resource: Resource, slot: Slot, closes_s: int) -> Iterator[str]:
    """Of a batch that may rest: it starts in the window of its setup, and ends while somebody works."""
    if slot.start_s > closes_s or slot.start_s == closes_s < slot.end_s:
        yield (
            f"{_label(slot)} is set up for at {slot.setup_start_s} s and starts at {slot.start_s} s, "
            "which does not lie inside one working window."
        )
    if slot.start_s < slot.end_s and not any(a < slot.end_s <= b for a, b in resource.windows):
        yield f"{_label(slot)} ends at {slot.end_s} s, which lies outside the working windows."


def _members(resource: Resource, slot: Slot, tasks: list[Task]) -> Iterator[str]:
    members: list[tuple[Task, int]] = []
    for task in tasks:
        if task.family != slot.family:
            yield f"{_label(slot)} is of family {slot.family!r}, but {task.id} is of {task.family!r}."
        if slot.start_s < task.release_s:
            yield f"{task.id} starts {task.release_s - slot.start_s} s before its release."
        own_s = [mode.takes_s for mode in task.modes if mode.machine == resource.id]
        if task.most_s and worked_s(resource, slot) > task.most_s:
            yield f"{task.id} stands {task.most_s} s, but {_label(slot)} is longer."
        if own_s:
            members.append((task, min(own_s)))
        else:
            yield f"{task.id} cannot be made on {resource.id}."
    yield from _room(resource, slot, tasks)
    if len(members) == len(slot.operations):
        needs_s = batch_seconds(resource, members)
        if worked_s(resource, slot) != needs_s:
            yield f"{_label(slot)} is given {worked_s(resource, slot)} s, but takes {needs_s} s."


def _room(resource: Resource, slot: Slot, tasks: list[Task]) -> Iterator[str]:
    if resource.capacity == 0 and len(tasks) > 1:
        yield f"{_label(slot)} holds {len(tasks)} tasks, but the machine takes one at a time."
    if resource.capacity:
        size = sum(task.size for task in tasks)
        if size > resource.capacity:
            yield f"{_label(slot)} has size {size}, but the machine holds {resource.capacity}."
        if size < resource.least_size:
            least = resource.least_size
            yield f"{_label(slot)} has size {size}, but the machine begins none below {least}."
    if resource.max_members and len(tasks) > resource.max_members:
        yield f"{_label(slot)} has {len(tasks)} members, but the machine takes {resource.max_members}."


def _on_the_plate(
    problem: Problem, resource: Resource, slot: Slot, tasks: list[Task]
) -> Iterator[str]:
    """An arrangement proves that parts fit; who finds one is trusted as little as who made the plan."""
    named = [task.shape for task in tasks if task.shape]
    shapes = [problem.shapes[name] for name in named if name in problem.shapes]
    if len(shapes) < len(named):
        yield f"{_label(slot)} has outlines that the problem does not know."
    if resource.plate is None or not shapes:
        return
    # Geometry takes a third of a second to load, and most problems have none.
    from scheduler.nesting.overlap import lie_right  # noqa: PLC0415

    if not lie_right(resource.plate, shapes):
        yield f"{_label(slot)} holds parts that are not found to fit on the plate together."


def _label(slot: Slot) -> str:
    return f"The batch of {', '.join(slot.operations) or 'nothing'} on {slot.machine}"


def _opens(window: tuple[int, int]) -> int:
    return window[0]


def _one_machine(problem: Problem, resource: Resource, row: tuple[Slot, ...]) -> Iterator[str]:
    before, most = None, resource.most_run_s or resource.most_run_size
    for slot, family, setup in _changes(problem, resource, row):
        if most and _run_amount(problem, resource, slot) > most:
            amount = _run_amount(problem, resource, slot)
            yield f"{_label(slot)} is a run of {amount}, but {resource.id} runs {most} at a stretch."
        if before is not None and slot.setup_start_s < before.end_s:
            yield (
                f"{resource.id} begins {slot.operations} {before.end_s - slot.setup_start_s} s "
                f"before {before.operations} has ended."
            )
        given_s = slot.start_s - slot.setup_start_s
        if setup.forbidden:
            yield (
                f"{resource.id} changes from {family!r} to {slot.family!r} for {slot.operations}, "
                "which may not follow each other."
            )
        elif given_s < setup.takes_s:
            yield (
                f"{resource.id} has {given_s} s before {slot.operations} to change from {family!r} "
                f"to {slot.family!r}, which takes {setup.takes_s} s."
            )
        before = slot


def _parts_come_first(problem: Problem, schedule: Schedule) -> Iterator[str]:
    ends = rested_ends(problem)
    ends.update(schedule.end_of)
    for name, task in problem.tasks.items():
        if task.rest_s and name in ends:
            ends[name] += task.rest_s
    start_of = {name: slot.start_s for slot in schedule.slots for name in slot.operations}
    for task in problem.tasks.values():
        for earlier in task.after:
            if earlier not in ends and earlier not in problem.tasks:
                yield f"{task.id} waits for {earlier}, which is neither open, running nor finished."
            elif earlier in ends and task.id in start_of and start_of[task.id] < ends[earlier]:
                early_s = ends[earlier] - start_of[task.id]
                rested = " and rested" if _has_rest(problem, earlier) else ""
                yield f"{task.id} starts {early_s} s before {earlier} has ended{rested}."
            elif earlier in problem.tasks and earlier in ends and task.id in start_of:
                yield from _keeps(problem.tasks[earlier], task, start_of[task.id] - ends[earlier])


def _keeps(earlier: Task, task: Task, waited_s: int) -> Iterator[str]:
    if earlier.keeps_s and waited_s > earlier.keeps_s:
        yield (
            f"{task.id} starts {waited_s} s after {earlier.id}, of which the work keeps "
            f"{earlier.keeps_s} s."
        )


def _has_rest(problem: Problem, name: str) -> bool:
    task = problem.tasks.get(name)
    return bool(problem.frozen.rest_s.get(name, 0) if task is None else task.rest_s)


def _crews_suffice(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """A running batch that is still being set up keeps its crew until it starts."""
    busy: dict[str, list[tuple[int, int]]] = {}
    for slot in problem.frozen.running:
        if slot.machine in problem.resources and slot.start_s > slot.setup_start_s:
            group = problem.resources[slot.machine].group
            busy.setdefault(group, []).append((slot.setup_start_s, slot.start_s))
    asked: dict[str, list[tuple[int, Slot]]] = {}
    for slot, _, setup in setups_in(problem, schedule):
        if setup.takes_s > 0:
            group = problem.resources[slot.machine].group
            until_s = slot.setup_start_s + setup.takes_s
            busy.setdefault(group, []).append((slot.setup_start_s, until_s))
            asked.setdefault(group, []).append((slot.setup_start_s, slot))
    for group, people in problem.crews.items():
        times = busy.get(group, [])
        begins, ends = sorted(begin for begin, _ in times), sorted(end for _, end in times)
        for at_s, slot in asked.get(group, []):
            at_once = bisect_right(begins, at_s) - bisect_right(ends, at_s)
            if at_once > people:
                yield (
                    f"{slot.machine} is set up for {slot.operations} at {at_s} s together with "
                    f"{at_once - 1} others of group {group}, which has a crew of {people}."
                )


def _pools_suffice(problem: Problem, schedule: Schedule) -> Iterator[str]:
    """What is taken for a setup is free again when the batch ends; running batches hold theirs."""
    held: dict[str, list[Slot]] = {}
    for slot in (*problem.frozen.running, *schedule.slots):
        resource = problem.resources.get(slot.machine)
        if resource is not None and resource.pool and slot.setup_start_s < slot.end_s:
            held.setdefault(resource.pool, []).append(slot)
    for pool, slots in held.items():
        begins = sorted(slot.setup_start_s for slot in slots)
        ends = sorted(slot.end_s for slot in slots)
        for slot in slots:
            at_s = slot.setup_start_s
            at_once = bisect_right(begins, at_s) - bisect_right(ends, at_s)
            if at_once > problem.pools.get(pool, 0) and slot not in problem.frozen.running:
                yield (
                    f"{_label(slot)} needs one of {pool} at {at_s} s together with {at_once - 1} "
                    f"others, and there are {problem.pools.get(pool, 0)}."
                )
