"""Orders, a plant and frozen work become the problem that is to be solved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from scheduler.narrow import left_out, narrow, read
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Task
from scheduler.wishes import NO_TERMS, Terms

if TYPE_CHECKING:
    from plant_config import Group, Operation, Order, Plant, Routing

DAY_S = 86_400
SPARE_DAYS = 7
"""Working days beyond what the work needs one machine at a time, for gaps before a day's end."""
MOST_DAYS = 90
"""Days that closed or broken machines are planned around; nobody plans custom orders further ahead."""


def pose(
    orders: Iterable[Order],
    plant: Plant,
    frozen: Frozen | None = None,
    now_s: int = 0,
    routings: Mapping[str, Routing] | None = None,
    terms: Terms = NO_TERMS,
) -> Problem:
    """Pose what is still to be done of some orders; `routings` saves working them out again.

    An order of which something is left out (`terms.without`) has no due time: nobody can say when it
    ends. What can be made of it is planned behind everything else.
    """
    from plant_config import route  # noqa: PLC0415 it loads slowly, and instances do without

    frozen = Frozen() if frozen is None else frozen
    running = {name for slot in frozen.running for name in slot.operations}
    tasks: dict[str, Task] = {}
    dues: dict[str, Due] = {}
    for order in orders:
        routing = (routings or {}).get(order.id) or route(order, plant)
        left = [name for name in routing.operations if name not in frozen.done]
        out = left_out(routing, terms, (name for name in left if name not in running))
        for name in left:
            if name not in running and name not in out:
                after = tuple(sorted(routing.graph.pred[name]))
                tasks[name] = task_of(routing.operations[name], after, order.release_s)
        if left and not out:
            dues[order.id] = Due(
                order=order.id,
                due_s=order.due_s,
                weight=order.weight,
                late_cents=order.late_cents,
            )
    delayed_s = min(
        max(read(terms).last_s, *frozen.down_until.values(), 0), now_s + MOST_DAYS * DAY_S
    )
    days = _days(plant, tasks.values(), now_s, delayed_s)
    resources = _resources(plant, frozen, now_s, days)
    plain = Problem(
        now_s=now_s,
        tasks=tasks,
        resources=resources,
        setups=_setups(plant, resources, tasks.values()),
        crews={name: group.crew for name, group in plant.groups.items() if group.crew},
        dues=dues,
        rates={name: group.rate for name, group in plant.groups.items()},
        frozen=frozen,
        terms=terms,
    )
    return plain if terms == NO_TERMS else narrow(plain)


def task_of(operation: Operation, after: tuple[str, ...] = (), release_s: int = 0) -> Task:
    """Return an operation as the engine sees it."""
    return Task(
        id=operation.id,
        order=operation.order,
        modes=tuple(Mode(machine, takes_s) for machine, takes_s in operation.modes),
        family=operation.family,
        size=operation.size,
        work=operation.work,
        height=operation.height,
        after=after,
        release_s=release_s,
    )


def _days(plant: Plant, tasks: Iterable[Task], now_s: int, delayed_s: int) -> int:
    """Return for how many days windows are needed: as if one machine after another did all work,
    once everything is released and no machine is away."""
    batch_of = {name: plant.group_of(name).batch for name in plant.machines}
    handling_s = max((group.handling for group in plant.groups.values()), default=0)
    work_s, last_release_s = 0, max(now_s, delayed_s)
    for task in tasks:
        rules = ((batch_of[mode.machine], mode.takes_s) for mode in task.modes)
        work_s += max(
            (
                rule.base
                + handling_s
                + (task.work * rule.per_work_ms + task.height * rule.per_height_ms) // 1000
                + takes_s
                for rule, takes_s in rules
            ),
            default=0,
        )
        last_release_s = max(last_release_s, task.release_s)
    day_s = min(
        (_day_s(plant, name) for name in plant.groups if _day_s(plant, name)), default=DAY_S
    )
    return (last_release_s - now_s) // DAY_S + 2 * work_s // day_s + SPARE_DAYS


def _day_s(plant: Plant, group: str) -> int:
    from plant_config import windows  # noqa: PLC0415 see above

    return sum(end - begin for begin, end in windows(plant, group, 0, 1))


def _resources(plant: Plant, frozen: Frozen, now_s: int, days: int) -> dict[str, Resource]:
    from plant_config import initial_family, windows  # noqa: PLC0415 see above

    first_day = now_s // DAY_S - 1
    open_when = {name: windows(plant, name, first_day, days + 1) for name in plant.groups}
    resources: dict[str, Resource] = {}
    for name, machine in plant.machines.items():
        group = plant.groups[machine.group]
        running = [slot for slot in frozen.running if slot.machine == name]
        last = max(running, key=lambda slot: slot.end_s, default=None)
        morning = frozen.family_of.get(name, initial_family(group))
        resources[name] = _resource(
            name,
            group,
            open_when[group.name],
            morning if last is None else last.family,
            max(now_s, frozen.down_until.get(name, 0), 0 if last is None else last.end_s),
        )
    return resources


def resource_of(plant: Plant, machine: str, at_s: int) -> Resource:
    """Return a machine about a day from `at_s` on, as if nothing had happened on it."""
    from plant_config import initial_family, windows  # noqa: PLC0415 see above

    group = plant.group_of(machine)
    hours = windows(plant, group.name, at_s // DAY_S - 1, 3)
    return _resource(machine, group, hours, initial_family(group), 0)


def _resource(
    name: str, group: Group, hours: tuple[tuple[int, int], ...], family: str, free_s: int
) -> Resource:
    return Resource(
        id=name,
        group=group.name,
        capacity=group.batch.capacity,
        max_members=group.batch.max_members,
        base_s=group.batch.base + group.handling,
        per_work_ms=group.batch.per_work_ms,
        per_height_ms=group.batch.per_height_ms,
        windows=hours,
        family=family,
        free_s=free_s,
    )


def _setups(
    plant: Plant, resources: Mapping[str, Resource], tasks: Iterable[Task]
) -> dict[tuple[str, str, str], Setup]:
    """Ask for each pair of families that can follow one another on a group's machines."""
    from plant_config import changeover  # noqa: PLC0415 see above

    before: dict[str, set[str]] = {name: set() for name in plant.groups}
    after: dict[str, set[str]] = {name: set() for name in plant.groups}
    for resource in resources.values():
        before[resource.group].add(resource.family)
    for task in tasks:
        for mode in task.modes:
            after[resources[mode.machine].group].add(task.family)
    setups: dict[tuple[str, str, str], Setup] = {}
    for name, group in plant.groups.items():
        for old in sorted(before[name] | after[name]):
            for new in sorted(after[name]):
                rule = changeover(group, old, new)
                if rule is not None and (rule.takes or rule.cost or rule.cleaning):
                    setups[name, old, new] = Setup(rule.takes, rule.cost, rule.cleaning)
    return setups
