"""Batches that last as long as their longest member, solved to the end: a batch goes by that member.

Source: Lackner, Mrkvicka, Musliu, Walkiewicz and Winter 2023 (Constraints 28, Exact methods for the
oven scheduling problem), the model of representative jobs; here with tasks in order of falling length,
so that whoever stands for a batch says how long it takes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from ortools.sat.python import cp_model

from scheduler.decode import may_run, to_schedule
from scheduler.exact_gaps import why_not_by_batches
from scheduler.indexed import NEVER_S, Batch, Indexed, Rows, facts_of
from scheduler.problem import Aim
from scheduler.schedule import Schedule
from scheduler.times import Times, decode_rows

DEPOT = -1
"""What stands before the first and after the last batch of a machine."""
ROUNDING = 1e-3
"""The solver counts in whole numbers but reports them as floats."""


class Window(NamedTuple):
    """Working time of a machine in the model."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Model:
    """Literals and times; tasks are numbered as in the problem."""

    cp: cp_model.CpModel
    indexed: Indexed
    takes: list[int]
    windows: list[list[Window]]
    start: list[cp_model.IntVar]
    late: dict[int, cp_model.IntVar] = field(default_factory=dict)
    """Order -> it is late."""
    leads: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    """(task, machine) -> it stands for a batch there."""
    joins: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    """(task, leader) -> it is in that batch."""
    inside: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """(leader, machine, window) -> the batch runs in that window."""
    follows: dict[tuple[int, int, int], cp_model.IntVar] = field(default_factory=dict)
    """(machine, leader or depot, next leader or depot) -> one directly after the other."""


class Range(NamedTuple):
    """What the best schedule is worth at the least, and at the most."""

    least: int
    most: int


class Answer(NamedTuple):
    """A schedule if one was found, and what none goes below."""

    schedule: Schedule | None
    bound: int


def is_batch_problem(indexed: Indexed) -> bool:
    """Say whether batches last as long as their longest member, wherever they run, and nothing waits
    for anything."""
    return (
        indexed.aim is Aim.SCORE
        and not any(indexed.before)
        and not any(indexed.crews)
        and not indexed.pins
        and indexed.nests is None
        and indexed.wait_s >= NEVER_S
        and not why_not_by_batches(indexed)
        and not any(each.least_size for each in indexed.resources)
        and all(takes_s >= 0 for table in indexed.setup_s for row in table for takes_s in row)
        and all(_is_longest(indexed, machine) for machine in range(len(indexed.machine_ids)))
        and all(len({*_seconds(indexed, task)}) == 1 for task in range(len(indexed.task_ids)))
    )


def _is_longest(indexed: Indexed, machine: int) -> bool:
    resource = indexed.resources[machine]
    return not (resource.capacity and (resource.per_work_ms or resource.per_height_ms))


def _seconds(indexed: Indexed, task: int) -> Iterator[int]:
    return (facts_of(indexed, machine, (task,))[1] for machine in indexed.takes[task])


def ask(
    indexed: Indexed,
    rows: Rows,
    known: Range,
    late: Mapping[int, bool],
    solver: cp_model.CpSolver,
    raised: Callable[[int], None],
) -> Answer:
    """Look for something better than complete sequences, given of some orders whether they are late in
    whatever is; `raised` hears of each better bound."""
    times = decode_rows(indexed, rows)
    assert times is not None, "They were a right schedule."
    model = build(indexed, known, late)
    hint(model, rows, times)
    solver.best_bound_callback = lambda bound: raised(min(known.most, ceil(bound - ROUNDING)))
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, known.least)
    low = solver.objective_value if status == cp_model.OPTIMAL else solver.best_objective_bound
    return Answer(read(model, solver), max(known.least, ceil(low - ROUNDING)))


def solver_for(slice_s: float, seed: int) -> cp_model.CpSolver:
    """Return a solver of one thread that gives up after deterministic seconds."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % (1 << 31)
    solver.parameters.max_deterministic_time = slice_s
    return solver


def lengths(indexed: Indexed) -> list[int]:
    """Return how long a batch is of which a task is the longest."""
    return [next(_seconds(indexed, task)) for task in range(len(indexed.task_ids))]


def build(indexed: Indexed, known: Range, late: Mapping[int, bool]) -> Model:
    """Say what a schedule within a range is, given of some orders whether they are late in each of them."""
    cp = cp_model.CpModel()
    tasks = range(len(indexed.task_ids))
    takes = lengths(indexed)
    windows = [
        _windows(indexed, machine, sum(takes)) for machine in range(len(indexed.machine_ids))
    ]
    horizon = max((row[-1].closes for row in windows if row), default=0)
    start = [
        cp.new_int_var(indexed.earliest[t], max(horizon, indexed.earliest[t]), "") for t in tasks
    ]
    model = Model(cp, indexed, takes, windows, start)
    for order, cost in enumerate(indexed.late_cost):
        if cost:
            model.late[order] = cp.new_bool_var("")
            if indexed.floor_end[order] > indexed.due_s[order]:
                cp.add(model.late[order] == 1)
    for order, is_late in late.items():
        if order in model.late:
            cp.add(model.late[order] == is_late)
    gather(model)
    for task in tasks:
        _in_time(model, task)
    for machine in range(len(indexed.machine_ids)):
        _sequence(model, machine)
    _minimise(model, known)
    return model


def _windows(indexed: Indexed, machine: int, work_s: int) -> list[Window]:
    """Return all windows, the last of them no longer than anything needs."""
    group = indexed.group_of[machine]
    longest = max(s for row in indexed.setup_s[group] for s in row)
    latest = max([0, *indexed.earliest, *(d for d in indexed.due_s if d < NEVER_S // 2)])
    ends = latest + 2 * (work_s + (len(indexed.task_ids) + 1) * longest)
    rows = zip(indexed.opens[machine], indexed.closes[machine], strict=True)
    return [Window(a, min(b, max(a, ends) + ends)) for a, b in rows]


def gather(model: Model) -> None:
    """Put tasks into batches that machines can hold."""
    _batches(model)
    _fill(model)


def _batches(model: Model) -> None:
    """Each task stands for a batch or joins that of a longer one."""
    indexed, cp = model.indexed, model.cp
    ranked = sorted(range(len(indexed.task_ids)), key=lambda t: (-model.takes[t], t))
    for at, task in enumerate(ranked):
        able = [k for k in indexed.takes[task] if may_run(indexed, k, (task,))]
        for machine in able:
            model.leads[task, machine] = cp.new_bool_var("")
        ways = [model.leads[task, machine] for machine in able]
        for leader in ranked[:at]:
            common = [
                k
                for k in able
                if (leader, k) in model.leads and may_run(indexed, k, (leader, task))
            ]
            if common:
                joins = model.joins[task, leader] = cp.new_bool_var("")
                ways.append(joins)
                cp.add_bool_or([model.leads[leader, k] for k in common]).only_enforce_if(joins)
                cp.add(model.start[leader] >= indexed.earliest[task]).only_enforce_if(joins)
        cp.add_exactly_one(ways)


def _fill(model: Model) -> None:
    """Keep to what machines hold, batch by batch and all batches from some length on together."""
    indexed, cp = model.indexed, model.cp
    joined: dict[int, list[tuple[int, cp_model.IntVar]]] = {}
    for (task, leader), literal in model.joins.items():
        joined.setdefault(leader, []).append((task, literal))
    holds = [each.capacity for each in indexed.resources]
    for leader, members in joined.items():
        own = [(k, v) for (t, k), v in model.leads.items() if t == leader]
        sizes = [indexed.size[task] for task, _ in members]
        used = cp_model.LinearExpr.weighted_sum([v for _, v in members], sizes)
        rooms = [max(0, holds[k] - indexed.size[leader]) for k, _ in own]
        cp.add(used <= cp_model.LinearExpr.weighted_sum([v for _, v in own], rooms))
        cp.add(cp_model.LinearExpr.sum([v for _, v in own]) <= 1)
        most = [indexed.resources[k].max_members for k, _ in own]
        if any(most):
            rooms = [(each or len(indexed.task_ids)) - 1 for each in most]
            count = cp_model.LinearExpr.sum([v for _, v in members])
            cp.add(count <= cp_model.LinearExpr.weighted_sum([v for _, v in own], rooms))
    for family in sorted(set(indexed.family_of)):
        _cover(model, [t for t in range(len(model.takes)) if indexed.family_of[t] == family])


def _cover(model: Model, tasks: list[int]) -> None:
    """Say for each length that what takes longer fits into the batches that take longer."""
    indexed = model.indexed
    for takes in sorted({model.takes[task] for task in tasks}):
        longer = [task for task in tasks if model.takes[task] >= takes]
        own = [(t, k) for t in longer for k in indexed.takes[t] if (t, k) in model.leads]
        if all(indexed.resources[k].capacity for _, k in own) and len(longer) > 1:
            rooms = [indexed.resources[k].capacity for _, k in own]
            literals = [model.leads[pair] for pair in own]
            least = sum(indexed.size[task] for task in longer)
            model.cp.add(cp_model.LinearExpr.weighted_sum(literals, rooms) >= least)


def _in_time(model: Model, task: int) -> None:
    """A task that ends too late makes its order late."""
    indexed, cp = model.indexed, model.cp
    order = indexed.order_of[task]
    if order not in model.late:
        return
    due_s, late = indexed.due_s[order], model.late[order]
    for (t, _), literal in model.leads.items():
        if t == task:
            in_time = model.start[task] <= due_s - model.takes[task]
            cp.add(in_time).only_enforce_if([literal, late.Not()])
    for (t, leader), literal in model.joins.items():
        if t == task:
            in_time = model.start[leader] <= due_s - model.takes[leader]
            if due_s - model.takes[leader] < max(indexed.earliest[task], indexed.earliest[leader]):
                cp.add_implication(literal, late)
            else:
                cp.add(in_time).only_enforce_if([literal, late.Not()])


def _sequence(model: Model, machine: int) -> None:
    """Bring a machine's batches into one order, with the setups that the order asks for."""
    indexed, cp = model.indexed, model.cp
    setups = indexed.setup_s[indexed.group_of[machine]]
    leaders = [task for task, k in model.leads if k == machine]
    arcs: list[tuple[int, int, cp_model.LiteralT]] = [(0, 0, idle := cp.new_bool_var(""))]
    into: dict[int, list[tuple[int, cp_model.IntVar]]] = {task: [] for task in leaders}
    for a, before in enumerate([DEPOT, *leaders]):
        if before != DEPOT:
            arcs.append((a, a, model.leads[before, machine].Not()))
            cp.add_implication(model.leads[before, machine], idle.Not())
        family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
        for b, after in enumerate([DEPOT, *leaders]):
            if a == b:
                continue
            follows = model.follows[machine, before, after] = cp.new_bool_var("")
            arcs.append((a, b, follows))
            if after == DEPOT:
                continue
            setup_s = setups[family][indexed.family_of[after]]
            into[after].append((setup_s, follows))
            if before != DEPOT:
                ready = model.start[before] + model.takes[before] + setup_s
                cp.add(model.start[after] >= ready).only_enforce_if(follows)
    cp.add_circuit(arcs)
    _hours(model, machine, into)


def _hours(model: Model, machine: int, into: dict[int, list[tuple[int, cp_model.IntVar]]]) -> None:
    """Keep setup and batch in one window, and batches apart."""
    cp, rows = model.cp, []
    for task, arcs in into.items():
        leads, takes = model.leads[task, machine], model.takes[task]
        setup = cp_model.LinearExpr.weighted_sum([v for _, v in arcs], [s for s, _ in arcs])
        kept = []
        for number, (opens, closes) in enumerate(model.windows[machine]):
            inside = model.inside[task, machine, number] = cp.new_bool_var("")
            cp.add(model.start[task] - setup >= opens).only_enforce_if(inside)
            cp.add(model.start[task] + takes <= closes).only_enforce_if(inside)
            kept.append(inside)
        cp.add_exactly_one([*kept, leads.Not()])
        rows.append(cp.new_optional_fixed_size_interval_var(model.start[task], takes, leads, ""))
    cp.add_no_overlap(rows)


def _minimise(model: Model, known: Range) -> None:
    indexed = model.indexed
    literals, costs = [], []
    for order, late in model.late.items():
        literals.append(late)
        costs.append(indexed.late_cost[order])
    for (task, machine), leads in model.leads.items():
        literals.append(leads)
        costs.append(indexed.run_cost[machine] * model.takes[task] + indexed.cycle_cost[machine])
    for (machine, before, after), follows in model.follows.items():
        if after != DEPOT:
            family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
            table = indexed.setup_cost[indexed.group_of[machine]]
            literals.append(follows)
            costs.append(table[family][indexed.family_of[after]])
    total = cp_model.LinearExpr.weighted_sum(literals, costs)
    model.cp.add(total >= known.least)
    model.cp.add(total <= known.most)
    model.cp.minimize(total)


def hint(model: Model, rows: Rows, times: Times) -> None:
    """Tell the solver everything about a complete plan, so that it begins there."""
    indexed, cp = model.indexed, model.cp
    true: set[int] = set()
    for machine, row in enumerate(rows):
        leaders = [leader_of(model, batch) for batch in row]
        chain = [DEPOT, *leaders, DEPOT]
        true.update(model.follows[machine, a, b].index for a, b in pairwise(chain) if row)
        for at, (batch, leader) in enumerate(zip(row, leaders, strict=True)):
            begin, end = times.setup_start[machine][at], times.end[batch[0]]
            windows = model.windows[machine]
            number = next(n for n, (a, b) in enumerate(windows) if a <= begin and end <= b)
            true.add(model.leads[leader, machine].index)
            true.add(model.inside[leader, machine, number].index)
            true.update(model.joins[task, leader].index for task in batch if task != leader)
            for task in batch:
                begins = times.start[machine][at] if task == leader else indexed.earliest[task]
                cp.add_hint(model.start[task], begins)
    for order, late in model.late.items():
        ends = [times.end[task] for task in indexed.last_of[order]]
        cp.add_hint(late, max([indexed.floor_end[order], *ends]) > indexed.due_s[order])
    for literals in (model.leads, model.joins, model.inside, model.follows):
        for literal in literals.values():
            cp.add_hint(literal, literal.index in true)


def leader_of(model: Model, batch: Batch) -> int:
    """Return who stands for a batch."""
    return min(batch, key=lambda task: (-model.takes[task], task))


def read(model: Model, solver: cp_model.CpSolver) -> Schedule | None:
    """Decode what the solver found: each batch begins as early as it can."""
    indexed = model.indexed
    rows: Rows = [[] for _ in indexed.machine_ids]
    led: dict[int, list[int]] = {}
    for (task, leader), joins in model.joins.items():
        if solver.boolean_value(joins):
            led.setdefault(leader, []).append(task)
    after = {
        (machine, a): b
        for (machine, a, b), follows in model.follows.items()
        if solver.boolean_value(follows)
    }
    for machine, row in enumerate(rows):
        leader = after.get((machine, DEPOT), DEPOT)
        while leader != DEPOT:
            row.append(tuple(sorted((leader, *led.get(leader, [])))))
            leader = after[machine, leader]
    times = decode_rows(indexed, rows)
    return None if times is None else to_schedule(indexed, rows, times)
