"""Orders, a plant and frozen work become the problem that is to be solved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from scheduler.held import without_held
from scheduler.narrow import left_out, narrow, read
from scheduler.problem import Due, Frozen, Mode, Problem, Resource, Setup, Task
from scheduler.shape import Plate, Ring, Shape
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
    ends. What can be made of it is planned behind everything else, but for what would lie in a buffer.
    Of `frozen.lies` only what finished work lies in is asked.
    """
    from plant_config import route  # noqa: PLC0415 it loads slowly, and instances do without

    frozen = Frozen() if frozen is None else frozen
    running = {name for slot in frozen.running for name in slot.operations}
    tasks: dict[str, Task] = {}
    shapes: dict[str, Shape] = {}
    dues: dict[str, Due] = {}
    lies: dict[str, str] = {}
    for order in orders:
        routing = (routings or {}).get(order.id) or route(order, plant)
        left = [name for name in routing.operations if name not in frozen.done]
        out = left_out(routing, terms, (name for name in left if name not in running))
        out |= _in_the_way(plant, routing, out, running | frozen.done.keys())
        lies |= _lying(plant, routing, frozen)
        for name in left:
            if name not in running and name not in out:
                after = tuple(sorted(routing.graph.pred[name]))
                tasks[name] = task_of(routing.operations[name], after, order.release_s)
                shapes.update(shape_of(routing.operations[name]))
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
        shapes=shapes,
        setups=_setups(plant, resources, tasks.values()),
        crews={name: group.crew for name, group in plant.groups.items() if group.crew},
        pools=plant.pools,
        buffers=plant.buffers,
        dues=dues,
        rates={name: group.rate for name, group in plant.groups.items()},
        frozen=replace(frozen, lies=lies),
        terms=terms,
    )
    return without_held(plain if terms == NO_TERMS else narrow(plain))


def _lying(plant: Plant, routing: Routing, frozen: Frozen) -> dict[str, str]:
    """Return what lies in buffers of an order, or will when it ends: not all that takes it has begun."""
    if not plant.buffers:
        return {}
    where = {n: plant.group_of(s.machine).buffer for s in frozen.running for n in s.operations}
    begun = where.keys() | frozen.done.keys()
    where |= {name: frozen.lies.get(name, "") for name in frozen.done}
    return {
        name: where[name]
        for name in routing.operations
        if where.get(name) and not begun >= set(routing.graph.succ[name])
    }


def _in_the_way(
    plant: Plant, routing: Routing, out: frozenset[str], begun: Set[str]
) -> frozenset[str]:
    """Return what would lie in a buffer for nobody knows how long: work for work that is left out."""
    found: set[str] = set()
    agenda = list(out)
    while agenda:
        for name in routing.graph.pred[agenda.pop()]:
            machines = (machine for machine, _ in routing.operations[name].modes)
            if name not in begun | out | found and any(
                plant.group_of(machine).buffer for machine in machines
            ):
                found.add(name)
                agenda.append(name)
    return frozenset(found)


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
        shape=next(iter(shape_of(operation)), ""),
        after=after,
        release_s=release_s,
        keeps_s=operation.keeps_s,
        kit_cents=operation.kit_cents,
    )


def shape_of(operation: Operation) -> Mapping[str, Shape]:
    """Return an operation's outline under the name by which tasks have it; nothing without one."""
    return _shape(operation.outline) if operation.outline else {}


@lru_cache(maxsize=4096)
def _shape(rings: tuple[Ring, ...]) -> Mapping[str, Shape]:
    return {blake2b(repr(rings).encode(), digest_size=8).hexdigest(): Shape(rings)}


def plate_of(group: Group) -> Plate | None:
    """Return a cell's plate as the engine sees it."""
    plate = group.batch.plate
    if plate is None:
        return None
    return Plate(width_um=plate.width, depth_um=plate.depth, gap_um=plate.gap)


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
        if last is not None and resources[name].most_run_s:
            # What ran before it is not known here; its own seconds are.
            ran_s = min(last.end_s - last.start_s, resources[name].most_run_s)
            resources[name] = replace(resources[name], ran=ran_s)
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
        plate=plate_of(group),
        base_s=group.batch.base + group.handling,
        per_work_ms=group.batch.per_work_ms,
        per_height_ms=group.batch.per_height_ms,
        windows=hours,
        family=family,
        free_s=free_s,
        least_size=group.batch.least,
        resumable=group.resumable,
        pool=group.pool,
        buffer=group.buffer,
        most_run_s=0 if group.campaign is None else group.campaign.most,
        most_run_size=0 if group.campaign is None else group.campaign.most_size,
    )


def _setups(
    plant: Plant, resources: Mapping[str, Resource], tasks: Iterable[Task]
) -> dict[tuple[str, str, str], Setup]:
    """Ask for each pair of families that can follow one another on a group's machines."""
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
                setup = _setup(group, old, new)
                if setup is not None:
                    setups[name, old, new] = setup
    return setups


def _setup(group: Group, old: str, new: str) -> Setup | None:
    """Return what a change takes; of a family to itself what a campaign ends with."""
    from plant_config import changeover  # noqa: PLC0415 see above

    if old == new:
        campaign = group.campaign
        if campaign is None:
            return None
        return Setup(campaign.takes, campaign.cost, cleaning=True)
    rule = changeover(group, old, new)
    if rule is None or not (rule.takes or rule.cost or rule.cleaning or rule.forbidden):
        return None
    return Setup(rule.takes, rule.cost, rule.cleaning, rule.forbidden)
