"""A problem by number: small integers and lists, so that the engine need not look up names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scheduler.objectives import HOUR_S, cycle_cost, late_cost, moves_first, running_ends
from scheduler.problem import Problem, Resource, Slot, Task
from scheduler.schedule import Schedule
from scheduler.wishes import Expedite, OnMachine, Pin, PlateWait

NEVER_S = 1 << 50
NO_PIN = -1

Batch: TypeAlias = tuple[int, ...]
"""Tasks that run together, ascending."""
Rows: TypeAlias = list[list[Batch]]
"""Machine -> its batches in the order in which they run."""
Facts: TypeAlias = tuple[int, int, int, Batch]
"""Of a batch on a machine: family, seconds, earliest start, open tasks that end first."""


class Pinned(NamedTuple):
    """Tasks that are one batch on one machine, and when it should start."""

    tasks: Batch
    machine: int
    start_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """Tasks, machines, groups, families and orders are counted from 0. Costs are cents * 3600."""

    now_s: int
    task_ids: tuple[str, ...]
    machine_ids: tuple[str, ...]
    family_names: tuple[str, ...]
    task_of: Mapping[str, int]
    order_of: tuple[int, ...]
    family_of: tuple[int, ...]
    size: tuple[int, ...]
    work: tuple[int, ...]
    height: tuple[int, ...]
    takes: tuple[Mapping[int, int], ...]
    """Task -> machine -> its own seconds there, in the order of the modes."""
    earliest: tuple[int, ...]
    """Task -> release or the end of frozen work that it waits for, whichever is later."""
    before: tuple[Batch, ...]
    after: tuple[Batch, ...]
    resources: tuple[Resource, ...]
    group_of: tuple[int, ...]
    opens: tuple[tuple[int, ...], ...]
    """Machine -> starts of the windows that are left from when it is free."""
    closes: tuple[tuple[int, ...], ...]
    first_family: tuple[int, ...]
    setup_s: tuple[list[list[int]], ...]
    """Group -> family before -> family after -> seconds."""
    setup_cost: tuple[list[list[int]], ...]
    cycle_cost: tuple[int, ...]
    """Machine -> what each of its batches costs, full or not, in cents * 3600."""
    crews: tuple[int, ...]
    """Group -> setups at the same time; 0: no limit."""
    crew_busy: tuple[tuple[tuple[int, int], ...], ...]
    """Group -> (end, begin) of setups of running batches that still hold a crew, ascending."""
    due_s: tuple[int, ...]
    """Order -> due time, or never."""
    late_cost: tuple[int, ...]
    floor_end: tuple[int, ...]
    """Order -> expected end of what runs of it now."""
    last_of: tuple[Batch, ...]
    """Order -> open tasks that no other open task of the order waits for."""
    facts: tuple[dict[Batch, Facts], ...]
    """Machine -> what is known of batches seen there; filled as the engine meets them."""
    pins: tuple[Pinned, ...]
    pin_of: tuple[int, ...]
    """Task -> its pin, or NO_PIN; empty when nothing is pinned."""
    wait_s: int
    """How long a batch may wait for its last members; or never too long."""
    first: frozenset[int]
    """Orders that planners want before others."""
    was: tuple[tuple[int, int] | None, ...]
    """Task -> (machine, start) in the plan that moves are counted against; empty without one."""
    moves_first: bool


FACTS_KEPT = 100_000


def facts_of(indexed: Indexed, machine: int, batch: Batch) -> Facts:
    """Work out a batch's family, seconds, earliest start and predecessors on a machine."""
    known = indexed.facts[machine]
    if batch in known:
        return known[batch]
    resource = indexed.resources[machine]
    work = sum(indexed.work[task] for task in batch)
    height = max(indexed.height[task] for task in batch)
    seconds = (
        resource.base_s
        + work * resource.per_work_ms // 1000
        + height * resource.per_height_ms // 1000
        + max(indexed.takes[task][machine] for task in batch)
    )
    earliest = max(indexed.earliest[task] for task in batch)
    before = tuple(sorted({earlier for task in batch for earlier in indexed.before[task]}))
    if len(known) >= FACTS_KEPT:
        known.clear()
    known[batch] = facts = (indexed.family_of[batch[0]], seconds, earliest, before)
    return facts


def index(problem: Problem, previous: Schedule | None = None) -> Indexed:
    """Number a problem's tasks, machines, groups, families and orders; moves count against `previous`."""
    tasks = tuple(problem.tasks.values())
    resources = tuple(problem.resources.values())
    task_of = {task.id: number for number, task in enumerate(tasks)}
    machine_of = {resource.id: number for number, resource in enumerate(resources)}
    groups = {name: n for n, name in enumerate(dict.fromkeys(r.group for r in resources))}
    orders = {name: n for n, name in enumerate(dict.fromkeys(task.order for task in tasks))}
    last_slot = _last_running(problem)
    first = [last_slot[r.id].family if r.id in last_slot else r.family for r in resources]
    families = {
        name: n for n, name in enumerate(dict.fromkeys([*first, *(t.family for t in tasks)]))
    }
    before = tuple(tuple(task_of[name] for name in t.after if name in task_of) for t in tasks)
    setup_s, setup_cost = _setups(problem, groups, families)
    left = tuple(_left(problem, resource, last_slot) for resource in resources)
    ends = running_ends(problem)
    dues = [problem.dues.get(name) for name in orders]
    order_of = tuple(orders[task.order] for task in tasks)
    pins = _pins(problem, task_of, machine_of)
    return Indexed(
        now_s=problem.now_s,
        task_ids=tuple(task_of),
        machine_ids=tuple(machine_of),
        family_names=tuple(families),
        task_of=task_of,
        order_of=order_of,
        family_of=tuple(families[task.family] for task in tasks),
        size=tuple(task.size for task in tasks),
        work=tuple(task.work for task in tasks),
        height=tuple(task.height for task in tasks),
        takes=tuple(_takes(task, machine_of) for task in tasks),
        earliest=_earliest(problem),
        before=before,
        after=_turned(before),
        resources=resources,
        group_of=tuple(groups[resource.group] for resource in resources),
        opens=tuple(tuple(a for a, _ in row) for row in left),
        closes=tuple(tuple(b for _, b in row) for row in left),
        first_family=tuple(families[name] for name in first),
        setup_s=setup_s,
        setup_cost=setup_cost,
        cycle_cost=tuple(cycle_cost(problem, resource) for resource in resources),
        crews=tuple(problem.crews.get(name, 0) for name in groups),
        crew_busy=_crew_busy(problem, groups),
        due_s=tuple(NEVER_S if due is None else due.due_s for due in dues),
        late_cost=tuple(0 if due is None else late_cost(due) * HOUR_S for due in dues),
        floor_end=tuple(ends.get(name, 0) for name in orders),
        last_of=_last_of(order_of, before, len(orders)),
        facts=tuple({} for _ in resources),
        pins=pins,
        pin_of=_pin_of(pins, len(tasks)),
        wait_s=_wait_s(problem),
        first=_first(problem, orders),
        was=_was(task_of, machine_of, previous),
        moves_first=moves_first(problem),
    )


def _takes(task: Task, machine_of: Mapping[str, int]) -> dict[int, int]:
    """Keep the faster of two modes on one machine."""
    takes: dict[int, int] = {}
    for mode in task.modes:
        if mode.machine in machine_of:
            machine = machine_of[mode.machine]
            takes[machine] = min(mode.takes_s, takes.get(machine, mode.takes_s))
    return takes


def in_order(indexed: Indexed) -> list[int]:
    """Return all tasks, each after those that it waits for."""
    left = [len(row) for row in indexed.before]
    order = [task for task, count in enumerate(left) if count == 0]
    for task in order:
        for follower in indexed.after[task]:
            left[follower] -= 1
            if left[follower] == 0:
                order.append(follower)
    return order


def _last_running(problem: Problem) -> dict[str, Slot]:
    last: dict[str, Slot] = {}
    for slot in problem.frozen.running:
        if slot.machine not in last or slot.end_s >= last[slot.machine].end_s:
            last[slot.machine] = slot
    return last


def _left(
    problem: Problem, resource: Resource, last_slot: Mapping[str, Slot]
) -> list[tuple[int, int]]:
    """Cut off what lies before the machine is free."""
    free_s = max(problem.now_s, resource.free_s, problem.frozen.down_until.get(resource.id, 0))
    if resource.id in last_slot:
        free_s = max(free_s, last_slot[resource.id].end_s)
    return [(max(a, free_s), b) for a, b in resource.windows if b > free_s]


def _earliest(problem: Problem) -> tuple[int, ...]:
    ends = dict(problem.frozen.done)
    ends.update({name: slot.end_s for slot in problem.frozen.running for name in slot.operations})
    return tuple(
        max(problem.now_s, task.release_s, *(ends.get(name, 0) for name in task.after))
        for task in problem.tasks.values()
    )


def _turned(before: tuple[Batch, ...]) -> tuple[Batch, ...]:
    after: list[list[int]] = [[] for _ in before]
    for task, earlier in enumerate(before):
        for each in earlier:
            after[each].append(task)
    return tuple(tuple(row) for row in after)


def _last_of(
    order_of: tuple[int, ...], before: tuple[Batch, ...], orders: int
) -> tuple[Batch, ...]:
    waited_for = {
        earlier
        for task, row in enumerate(before)
        for earlier in row
        if order_of[earlier] == order_of[task]
    }
    last: list[list[int]] = [[] for _ in range(orders)]
    for task, order in enumerate(order_of):
        if task not in waited_for:
            last[order].append(task)
    return tuple(tuple(row) for row in last)


def _setups(
    problem: Problem, groups: Mapping[str, int], families: Mapping[str, int]
) -> tuple[tuple[list[list[int]], ...], tuple[list[list[int]], ...]]:
    """Rows without any setup share one list of zeros, so that many families stay cheap."""
    nothing = [0] * len(families)
    seconds = tuple([nothing] * len(families) for _ in groups)
    costs = tuple([nothing] * len(families) for _ in groups)
    for (group, before, after), setup in problem.setups.items():
        if group not in groups or before not in families or after not in families:
            continue
        g, f = groups[group], families[before]
        if seconds[g][f] is nothing:
            seconds[g][f], costs[g][f] = nothing.copy(), nothing.copy()
        seconds[g][f][families[after]] = setup.takes_s
        paid = setup.takes_s * problem.rates.get(group, 0)
        costs[g][f][families[after]] = setup.cents * HOUR_S + paid
    return seconds, costs


def _crew_busy(
    problem: Problem, groups: Mapping[str, int]
) -> tuple[tuple[tuple[int, int], ...], ...]:
    busy: list[list[tuple[int, int]]] = [[] for _ in groups]
    for slot in problem.frozen.running:
        if slot.machine in problem.resources and slot.start_s > slot.setup_start_s:
            group = groups[problem.resources[slot.machine].group]
            busy[group].append((slot.start_s, slot.setup_start_s))
    return tuple(tuple(sorted(row)) for row in busy)


def _pins(
    problem: Problem, task_of: Mapping[str, int], machine_of: Mapping[str, int]
) -> tuple[Pinned, ...]:
    """Return what each pin still holds: what no later wish has taken out of it, and is still open."""
    places: dict[str, Pin | OnMachine] = {}
    for wish in problem.terms.wishes:
        if isinstance(wish, Pin | OnMachine):
            places |= dict.fromkeys(wish.operations, wish)
    pins: list[Pinned] = []
    for wish in dict.fromkeys(problem.terms.wishes):
        if isinstance(wish, Pin) and wish.machine in machine_of:
            held = (name for name in wish.operations if places[name] == wish)
            batch = tuple(sorted(task_of[name] for name in held if name in task_of))
            if batch:
                pins.append(Pinned(batch, machine_of[wish.machine], wish.start_s))
    return tuple(pins)


def _pin_of(pins: tuple[Pinned, ...], tasks: int) -> tuple[int, ...]:
    if not pins:
        return ()
    pin_of = [NO_PIN] * tasks
    for number, pin in enumerate(pins):
        for task in pin.tasks:
            pin_of[task] = number
    return tuple(pin_of)


def _first(problem: Problem, orders: Mapping[str, int]) -> frozenset[int]:
    wished = (wish.order for wish in problem.terms.wishes if isinstance(wish, Expedite))
    return frozenset(orders[name] for name in wished if name in orders)


def _wait_s(problem: Problem) -> int:
    waits = [wish.wait_s for wish in problem.terms.wishes if isinstance(wish, PlateWait)]
    return waits[-1] if waits else NEVER_S


def _was(
    task_of: Mapping[str, int], machine_of: Mapping[str, int], previous: Schedule | None
) -> tuple[tuple[int, int] | None, ...]:
    if previous is None:
        return ()
    was: list[tuple[int, int] | None] = [None] * len(task_of)
    for slot in previous.slots:
        for name in slot.operations:
            if name in task_of:
                was[task_of[name]] = (machine_of.get(slot.machine, -1), slot.start_s)
    return tuple(was)
