"""A problem by number: small integers and lists, so that the engine need not look up names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from scheduler.buffers import Buffers, buffers_in
from scheduler.costs import cycle_costs, kit_costs, miss_cost, overdue_costs, run_costs
from scheduler.levels import levels_of
from scheduler.nesting.memory import Nests, nests_in
from scheduler.numbered_setups import setups_by_number
from scheduler.objectives import moves_first, running_ends
from scheduler.pools import Pools, pools_in
from scheduler.problem import Aim, Problem, Resource, Slot, Task
from scheduler.schedule import Schedule, rested_ends, settled_ends
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
    """Tasks, machines, groups, families and orders are counted from 0. Costs are cents * 3600, or what
    another aim counts."""

    aim: Aim
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
    most: tuple[int, ...]
    """Task -> longest cycle that it stands; never too long without one."""
    rest: tuple[int, ...]
    """Task -> seconds after its end before what waits for it may start."""
    resources: tuple[Resource, ...]
    group_of: tuple[int, ...]
    opens: tuple[tuple[int, ...], ...]
    """Machine -> starts of the windows that are left from when it is free."""
    closes: tuple[tuple[int, ...], ...]
    first_family: tuple[int, ...]
    setup_s: tuple[list[list[int]], ...]
    """Group -> family before -> family after -> seconds, below 0 for what may not be."""
    setup_cost: tuple[list[list[int]], ...]
    cycle_cost: tuple[int, ...]
    """Machine -> what each of its batches costs, full or not, in cents * 3600."""
    run_cost: tuple[int, ...]
    """Machine -> what a second of a batch costs."""
    crews: tuple[int, ...]
    """Group -> setups at the same time; 0: no limit."""
    crew_busy: tuple[tuple[tuple[int, int], ...], ...]
    """Group -> (end, begin) of setups of running batches that still hold a crew, ascending."""
    pools: Pools
    buffers: Buffers
    due_s: tuple[int, ...]
    """Order -> due time, or never."""
    late_cost: tuple[int, ...]
    """Order -> what a missed cut-off costs."""
    overdue_cost: tuple[int, ...]
    """Order -> what each second costs that it is late."""
    again: tuple[tuple[int, ...], ...]
    """Order -> the cut-offs behind the first, each of which costs as much once more."""
    reserve_s: int
    floor_end: tuple[int, ...]
    """Order -> expected end of what runs of it now."""
    last_of: tuple[Batch, ...]
    """Order -> open tasks that no other open task of the order waits for."""
    keeps: tuple[int, ...]
    """Task -> seconds after end and rest within which what waits for it starts; or empty."""
    kit_cost: tuple[int, ...]
    """Task -> cost of a second between first and last end of what it waits for; or empty."""
    kit_settled: Mapping[int, tuple[int, int]]
    """Task -> first and last end of finished and running work that it waits for."""
    facts: tuple[dict[Batch, Facts], ...]
    """Machine -> what is known of batches seen there; filled as the engine meets them."""
    nests: Nests | None
    """Plates and outlines, and what was asked about them; None where no machine has a plate."""
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
    level: tuple[int, ...] = field(init=False)
    """Machine -> a number above those of all machines that feed it."""

    def __post_init__(self) -> None:
        level = levels_of(self.takes, self.before, self.group_of, self.crews, self.pools)
        object.__setattr__(self, "level", level)


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
    tasks, resources = tuple(problem.tasks.values()), tuple(problem.resources.values())
    task_of, machine_of = _numbered(t.id for t in tasks), _numbered(r.id for r in resources)
    groups, orders = _numbered(r.group for r in resources), _numbered(t.order for t in tasks)
    first = _first_families(resources, last_slot := _last_running(problem))
    families = _numbered([*first, *(task.family for task in tasks)])
    before, dues = _before(tasks, task_of), [problem.dues.get(name) for name in orders]
    setup_s, setup_costs = setups_by_number(problem, groups, families)
    left = tuple(_left(problem, resource, last_slot) for resource in resources)
    return Indexed(
        aim=problem.aim,
        now_s=problem.now_s,
        task_ids=tuple(task_of),
        machine_ids=tuple(machine_of),
        family_names=tuple(families),
        task_of=task_of,
        order_of=(order_of := tuple(orders[task.order] for task in tasks)),
        family_of=tuple(families[task.family] for task in tasks),
        size=tuple(task.size for task in tasks),
        work=tuple(task.work for task in tasks),
        height=tuple(task.height for task in tasks),
        takes=tuple(_takes(task, machine_of) for task in tasks),
        earliest=_earliest(problem),
        before=before,
        after=_turned(before),
        most=tuple(task.most_s or NEVER_S for task in tasks),
        rest=tuple(task.rest_s for task in tasks),
        resources=resources,
        group_of=tuple(groups[resource.group] for resource in resources),
        opens=tuple(tuple(a for a, _ in row) for row in left),
        closes=tuple(tuple(b for _, b in row) for row in left),
        first_family=tuple(families[name] for name in first),
        setup_s=setup_s,
        setup_cost=setup_costs,
        cycle_cost=cycle_costs(problem),
        run_cost=run_costs(problem),
        crews=tuple(problem.crews.get(name, 0) for name in groups),
        crew_busy=_crew_busy(problem, groups),
        pools=pools_in(problem),
        buffers=buffers_in(problem, task_of),
        due_s=tuple(NEVER_S if due is None else due.due_s for due in dues),
        late_cost=tuple(miss_cost(problem, due) for due in dues),
        overdue_cost=overdue_costs(problem, dues),
        again=tuple(() if due is None else due.again_s for due in dues),
        reserve_s=problem.reserve_s if problem.aim is Aim.CENTS else 0,
        floor_end=_floor_end(problem, orders),
        last_of=_last_of(order_of, before, len(orders)),
        keeps=_keeps(tasks),
        kit_cost=kit_costs(problem),
        kit_settled=_kit_settled(problem, tasks),
        facts=tuple({} for _ in resources),
        nests=nests_in(problem),
        pins=(pins := _pins(problem, task_of, machine_of)),
        pin_of=_pin_of(pins, len(tasks)),
        wait_s=_wait_s(problem),
        first=_first(problem, orders),
        was=_was(task_of, machine_of, previous),
        moves_first=moves_first(problem),
    )


def _first_families(resources: Iterable[Resource], last_slot: Mapping[str, Slot]) -> list[str]:
    """Return what each machine is set up for once it is free."""
    return [last_slot[r.id].family if r.id in last_slot else r.family for r in resources]


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """Number names as they come; each once."""
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _floor_end(problem: Problem, orders: Iterable[str]) -> tuple[int, ...]:
    ends = running_ends(problem)
    return tuple(ends.get(name, 0) for name in orders)


def _before(tasks: Iterable[Task], task_of: Mapping[str, int]) -> tuple[Batch, ...]:
    return tuple(tuple(task_of[name] for name in t.after if name in task_of) for t in tasks)


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
    ends = rested_ends(problem)
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


def _keeps(tasks: Iterable[Task]) -> tuple[int, ...]:
    keeps = tuple(task.keeps_s or NEVER_S for task in tasks)
    return keeps if any(each < NEVER_S for each in keeps) else ()


def _kit_settled(problem: Problem, tasks: Iterable[Task]) -> dict[int, tuple[int, int]]:
    settled = {n: settled_ends(problem, task) for n, task in enumerate(tasks) if task.kit_cents}
    return {n: (min(ends), max(ends)) for n, ends in settled.items() if ends}


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
