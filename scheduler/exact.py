"""Small problems solved to the end: a CP-SAT model of batches, setups, windows, crews and joins."""

from collections.abc import Callable, Iterator
from itertools import pairwise, product
from math import ceil
from typing import NamedTuple

from ortools.sat.python import cp_model

from scheduler.decode import may_run, to_schedule
from scheduler.exact_buffers import hold_places
from scheduler.exact_cost import make_small
from scheduler.exact_gaps import why_not_exact
from scheduler.exact_hint import complete_hint
from scheduler.exact_model import DEPOT, Model
from scheduler.exact_runs import limit_runs, new_setup, setup_literal
from scheduler.indexed import NEVER_S, Batch, Indexed, Rows, facts_of, index
from scheduler.problem import Problem
from scheduler.schedule import Schedule
from scheduler.times import Times

SLICES = (0.1, 0.2, 0.4, 0.8)
"""Deterministic seconds of solving between two looks at `stop()`; equal on every machine."""
CALLS_PER_SECOND = 1_000
"""What a deterministic second counts against a `stop` that counts moves."""
ROUNDING = 1e-3
"""The solver counts in whole numbers but reports them as floats."""


class Answer(NamedTuple):
    """What the exact solver can say: a schedule if it has one, and cents that none goes below."""

    schedule: Schedule | None
    bound: int
    proven: bool


def solve_exactly(
    problem: Problem,
    rows: Rows,
    times: Times,
    stop: Callable[[], bool],
    *,
    seed: int = 0,
    least: int = 0,
) -> Answer:
    """Improve complete sequences to the optimum if it can be found and proven in time; `least` are
    cents that are known to be a bound."""
    answer = Answer(None, least, proven=False)
    indexed = index(problem)
    if why_not_exact(indexed) or _passes(stop, SLICES[0]):
        return answer
    model = whole_model(problem, rows, times, least)
    for slice_s, next_s in zip(SLICES, (*SLICES[1:], 0.0), strict=True):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed % (1 << 31)
        solver.parameters.max_deterministic_time = slice_s
        status = solver.solve(model.cp)
        low = solver.objective_value if status == cp_model.OPTIMAL else solver.best_objective_bound
        bound = max(answer.bound, ceil(low - ROUNDING))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            schedule = schedule_of(model, solver)
            answer = Answer(schedule, bound, status == cp_model.OPTIMAL)
        else:
            answer = Answer(answer.schedule, bound, proven=False)
        if answer.proven or _passes(stop, next_s):
            break
    return answer


def whole_model(problem: Problem, rows: Rows, times: Times, least: int = 0) -> Model:
    """Return the one model of all there is to decide, with a complete plan to begin at. It knows nothing of
    what `why_not_exact` names, and grows with the square of the tasks that a machine may run."""
    model = _build(problem, index(problem), times)
    make_small(problem, model, least)
    _hint(model, rows, times)
    complete_hint(model.cp)
    return model


def _passes(stop: Callable[[], bool], slice_s: float) -> bool:
    """Ask `stop` as often as local search would in this time, so that one that counts is kept to."""
    return any(stop() for _ in range(round(slice_s * CALLS_PER_SECOND)))


def _build(problem: Problem, indexed: Indexed, times: Times) -> Model:
    windows = _windows(indexed, max(times.end, default=0))
    horizon = max((closes for row in windows for _, closes in row), default=0)
    cp = cp_model.CpModel()
    tasks = range(len(indexed.task_ids))
    model = Model(
        cp,
        indexed,
        windows,
        start=[cp.new_int_var(indexed.earliest[t], horizon, f"start {t}") for t in tasks],
        end=[cp.new_int_var(indexed.earliest[t], horizon, f"end {t}") for t in tasks],
        setup_start=[cp.new_int_var(0, horizon, f"setup {t}") for t in tasks],
    )
    for task in tasks:
        if indexed.most[task] < NEVER_S:
            cp.add(model.end[task] - model.start[task] <= indexed.most[task])
        for earlier in indexed.before[task]:
            there = model.end[earlier] + indexed.rest[earlier]
            cp.add(model.start[task] >= there)
            if indexed.keeps and indexed.keeps[earlier] < NEVER_S:
                cp.add(model.start[task] <= there + indexed.keeps[earlier])
    _batches(model)
    for (leader, machine), leads in model.leads.items():
        _one_batch(model, leader, machine, leads)
    for machine in range(len(indexed.machine_ids)):
        _one_machine(model, machine)
    _crews(model)
    _pools(model)
    if indexed.buffers.are_used:
        hold_places(model, horizon)
    return model


def _windows(indexed: Indexed, end_s: int) -> list[list[tuple[int, int]]]:
    """Return the windows that some best schedule keeps to: behind the last due time only sequences
    and batches cost, so room for all tasks one by one loses no optimum."""
    tasks = range(len(indexed.task_ids))
    alone = [
        max((facts_of(indexed, m, (t,))[1] for m in indexed.takes[t]), default=0) for t in tasks
    ]
    longest = max((s for group in indexed.setup_s for row in group for s in row), default=0)
    work_s = 3 * (sum(alone) + len(alone) * longest)
    settled = max([end_s, *indexed.earliest, *(d for d in indexed.due_s if d < 1 << 49)])
    kept: list[list[tuple[int, int]]] = []
    for opens, closes in zip(indexed.opens, indexed.closes, strict=True):
        row: list[tuple[int, int]] = []
        room, count = 0, 0
        for window in zip(opens, closes, strict=True):
            if room >= work_s or count >= len(alone):
                break
            begin, until = window
            row.append((begin, min(until, max(begin, settled) + work_s)))
            if until > settled:
                room += until - max(begin, settled)
                count += 1
        kept.append(row)
    return kept


def _batches(model: Model) -> None:
    """Each task leads one batch or joins one; members fit together."""
    indexed, cp = model.indexed, model.cp
    tasks = range(len(indexed.task_ids))
    for task in tasks:
        for machine in indexed.takes[task]:
            if may_run(indexed, machine, (task,)):
                model.leads[task, machine] = cp.new_bool_var(f"{task} leads on {machine}")
    for task in tasks:
        for leader, machine in product(range(task), indexed.takes[task]):
            linked = leader in indexed.before[task] or task in indexed.before[leader]
            if (leader, machine) not in model.leads or linked:
                continue
            if may_run(indexed, machine, (leader, task)):
                joins = cp.new_bool_var(f"{task} joins {leader} on {machine}")
                model.joins[task, leader, machine] = joins
                cp.add_implication(joins, model.leads[leader, machine])
                cp.add(model.start[task] == model.start[leader]).only_enforce_if(joins)
                cp.add(model.end[task] == model.end[leader]).only_enforce_if(joins)
    for task in tasks:
        ways = [v for (t, _), v in model.leads.items() if t == task]
        ways += [v for (t, _, _), v in model.joins.items() if t == task]
        cp.add_exactly_one(ways)


def _one_batch(model: Model, leader: int, machine: int, leads: cp_model.IntVar) -> None:
    """Hold capacity and duration, and keep setup and batch in one window."""
    indexed, cp = model.indexed, model.cp
    resource = indexed.resources[machine]
    members = {t: v for (t, r, m), v in model.joins.items() if r == leader and m == machine}
    if resource.capacity:
        sizes = [indexed.size[task] for task in members]
        size = cp_model.LinearExpr.weighted_sum(list(members.values()), sizes)
        cp.add(size <= resource.capacity - indexed.size[leader])
        if resource.least_size:
            enough = size >= resource.least_size - indexed.size[leader]
            cp.add(enough).only_enforce_if(leads)
    if resource.max_members:
        cp.add(cp_model.LinearExpr.sum(list(members.values())) <= resource.max_members - 1)
    parts = [model.start[leader], _work_seconds(model, leader, machine, members)]
    by_height = {t: indexed.height[t] * resource.per_height_ms // 1000 for t in (leader, *members)}
    own = {t: indexed.takes[t][machine] for t in (leader, *members)}
    for values in (by_height, own):
        largest = cp.new_int_var(values[leader], max(values.values()), "")
        for task, joins in members.items():
            cp.add(largest >= values[task]).only_enforce_if(joins)
        if indexed.buffers.are_used:
            # What ends earlier than the model says might come to a buffer that is still full.
            own_values = (values[task] * joins for task, joins in members.items())
            cp.add_max_equality(largest, [values[leader], *own_values])
        parts.append(largest)
    total = cp_model.LinearExpr.sum(parts) + resource.base_s
    cp.add(model.end[leader] == total).only_enforce_if(leads)
    for number, (opens, closes) in enumerate(model.windows[machine]):
        inside = cp.new_bool_var(f"{leader} on {machine} in {number}")
        model.inside[leader, machine, number] = inside
        cp.add(model.setup_start[leader] >= opens).only_enforce_if(inside)
        cp.add(model.end[leader] <= closes).only_enforce_if(inside)
    kept = [v for (t, m, _), v in model.inside.items() if t == leader and m == machine]
    cp.add(cp_model.LinearExpr.sum(kept) == leads)


def _work_seconds(
    model: Model, leader: int, machine: int, members: dict[int, cp_model.IntVar]
) -> cp_model.IntVar:
    """Return the whole seconds of the members' work, rounded down over their sum."""
    indexed, rate = model.indexed, model.indexed.resources[machine].per_work_ms
    alone = indexed.work[leader] * rate
    works = [indexed.work[task] * rate for task in members]
    seconds = model.cp.new_int_var(alone // 1000, (alone + sum(works)) // 1000, "")
    total = cp_model.LinearExpr.weighted_sum(list(members.values()), works) + alone
    model.cp.add(1000 * seconds <= total)
    model.cp.add(1000 * seconds + 999 >= total)
    return seconds


def _one_machine(model: Model, machine: int) -> None:
    """Bring a machine's batches into one order, with the setups that the order asks for."""
    indexed, cp = model.indexed, model.cp
    setups = indexed.setup_s[indexed.group_of[machine]]
    leaders = [task for task, m in model.leads if m == machine]
    idle = cp.new_bool_var(f"{machine} idle")
    arcs: list[tuple[int, int, cp_model.LiteralT]] = [(0, 0, idle)]
    for number, task in enumerate(leaders, 1):
        arcs.append((number, number, model.leads[task, machine].Not()))
        cp.add_implication(model.leads[task, machine], idle.Not())
    for (a, before), (b, after) in product(enumerate([DEPOT, *leaders]), repeat=2):
        if a == b:
            continue
        follows = cp.new_bool_var(f"{after} after {before} on {machine}")
        model.follows[machine, before, after] = follows
        arcs.append((a, b, follows))
        if after == DEPOT:
            continue
        family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
        setup_s = setups[family][indexed.family_of[after]]
        new_setup(model, machine, before, after)
        made = setup_literal(model, machine, before, after)
        if setup_s < 0:
            cp.add(made == 0)
        gap = model.start[after] - model.setup_start[after]
        cp.add(gap >= setup_s).only_enforce_if(made)
        cp.add(gap >= 0).only_enforce_if(follows)
        if before != DEPOT:
            cp.add(model.setup_start[after] >= model.end[before]).only_enforce_if(follows)
    cp.add_circuit(arcs)
    limit_runs(model, machine)


def _crews(model: Model) -> None:
    indexed, cp = model.indexed, model.cp
    for group, people in enumerate(indexed.crews):
        if not people:
            continue
        held = list(_held(indexed.crew_busy[group], people))
        intervals = [cp.new_fixed_size_interval_var(a, b - a, "") for a, b, _ in held]
        demands = [count for _, _, count in held]
        for machine, before, after in model.follows:
            if after == DEPOT or indexed.group_of[machine] != group:
                continue
            family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
            setup_s = indexed.setup_s[group][family][indexed.family_of[after]]
            if setup_s > 0:
                begin, made = model.setup_start[after], setup_literal(model, machine, before, after)
                interval = cp.new_optional_fixed_size_interval_var(begin, setup_s, made, "")
                intervals.append(interval)
                demands.append(1)
        cp.add_cumulative(intervals, demands, people)


def _pools(model: Model) -> None:
    """Whoever sets a machine up stays with it until its batch has ended."""
    indexed, cp = model.indexed, model.cp
    for pool, units in enumerate(indexed.pools.units):
        held = list(_held(indexed.pools.busy[pool], units))
        intervals = [cp.new_fixed_size_interval_var(a, b - a, "") for a, b, _ in held]
        demands = [count for _, _, count in held]
        for (leader, machine), leads in model.leads.items():
            if indexed.pools.of[machine] == pool:
                begin, end = model.setup_start[leader], model.end[leader]
                seconds = cp.new_int_var(0, cp_model.INT32_MAX, "")
                intervals.append(cp.new_optional_interval_var(begin, seconds, end, leads, ""))
                demands.append(1)
        cp.add_cumulative(intervals, demands, units)


def _held(busy: tuple[tuple[int, int], ...], people: int) -> Iterator[tuple[int, int, int]]:
    """Yield from when to when what runs already holds how many of a crew or pool; no more than there are,
    for what runs is not asked whether it may."""
    moments = sorted({moment for span in busy for moment in span})
    for begin, end in pairwise(moments):
        count = sum(since <= begin < until for until, since in busy)
        if count:
            yield begin, end, min(count, people)


def _hint(model: Model, rows: Rows, times: Times) -> None:
    """Tell the solver everything about a complete plan, so that it begins there."""
    cp = model.cp
    true: set[int] = set()
    for machine, row in enumerate(rows):
        leaders = [batch[0] for batch in row]
        pairs = zip([DEPOT, *leaders], [*leaders, DEPOT], strict=True) if row else ()
        true.update(model.follows[machine, a, b].index for a, b in pairs)
        for at, batch in enumerate(row):
            true.add(model.leads[batch[0], machine].index)
            true.update(model.joins[task, batch[0], machine].index for task in batch[1:])
            begin, end = times.setup_start[machine][at], times.end[batch[0]]
            window = _window_of(model.windows[machine], begin, end)
            true.add(model.inside[batch[0], machine, window].index)
            cp.add_hint(model.setup_start[batch[0]], begin)
            for task in batch:
                cp.add_hint(model.start[task], times.start[machine][at])
                cp.add_hint(model.end[task], end)
    for literals in (model.leads, model.joins, model.inside, model.follows):
        for literal in literals.values():
            cp.add_hint(literal, literal.index in true)


def _window_of(windows: list[tuple[int, int]], begin: int, end: int) -> int:
    return next(n for n, (opens, closes) in enumerate(windows) if opens <= begin and end <= closes)


def schedule_of(model: Model, solver: cp_model.CpSolver) -> Schedule:
    """Name what the solver found, with its own times: a crew may be used better than in turn."""
    indexed = model.indexed
    rows: Rows = [[] for _ in indexed.machine_ids]
    setup_start: list[list[int]] = [[] for _ in rows]
    start: list[list[int]] = [[] for _ in rows]
    end = [0] * len(indexed.task_ids)
    for machine, leader in _in_sequence(model, solver):
        joined = [
            t
            for (t, r, m), v in model.joins.items()
            if r == leader and m == machine and solver.boolean_value(v)
        ]
        batch: Batch = tuple(sorted((leader, *joined)))
        rows[machine].append(batch)
        setup_start[machine].append(solver.value(model.setup_start[leader]))
        start[machine].append(solver.value(model.start[leader]))
        # A plan that is not yet the best may have batches that take longer than they must.
        seconds = facts_of(indexed, machine, batch)[1]
        for task in batch:
            end[task] = start[machine][-1] + seconds
    return to_schedule(indexed, rows, Times(end, setup_start, start, 0, rows))


def _in_sequence(model: Model, solver: cp_model.CpSolver) -> Iterator[tuple[int, int]]:
    after = {
        (machine, before): task
        for (machine, before, task), follows in model.follows.items()
        if solver.boolean_value(follows)
    }
    for machine in range(len(model.indexed.machine_ids)):
        leader = after.get((machine, DEPOT), DEPOT)
        while leader != DEPOT:
            yield machine, leader
            leader = after[machine, leader]
