"""Plain shops solved to the end: CP-SAT is asked for a plan better than the best, until there is none."""

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from scheduler.exact_limits import Limits, Way, limits
from scheduler.problem import Aim
from scheduler.search.dispatch import worth
from scheduler.search.graph import ends_of
from scheduler.search.paths import closing, plan_in_time
from scheduler.search.shop import Plan, Shop, durations

SLICES = (0.05, 0.1, 0.5, 4.0, 32.0)
"""Deterministic seconds of solving between two looks at `stop()`, of about ten seconds of a processor
each; a slice forgets what the one before has learnt, so they grow fast."""
BOUNDING = 1
"""The slice that minimises and so raises the bound. All others only ask for something better: that
proves up to five times faster. Source: trial."""
ROUNDING = 1e-3
"""The solver counts in whole numbers but reports them as floats."""


class Ports(NamedTuple):
    """How a proof hears of its end and of others, and tells what it finds."""

    stop: Callable[[], bool]
    """Asked between slices of solving; a slice may take long, so the process is killed if need be."""
    found: Callable[[Plan, int], None]
    """Told of each better plan and its value."""
    raised: Callable[[int], None]
    """Told of each better bound."""
    visitor: Callable[[], Plan | None]
    """A plan that a search has found beside, once."""


class Proof(NamedTuple):
    """The best plan known, a value that none goes below, and whether they meet."""

    plan: Plan
    bound: int
    proven: bool


class _Question(NamedTuple):
    """Is there a plan worth `most` at the most? None is worth less than `bound`."""

    shop: Shop
    aim: Aim
    bound: int
    most: int
    left: Limits
    minimising: bool


class _Model(NamedTuple):
    cp: cp_model.CpModel
    start: list[cp_model.IntVar]
    taken: list[list[cp_model.IntVar]]
    """Task -> a literal for each way; none where there is one way only."""


def prove(
    shop: Shop, plan: Plan, aim: Aim, bound: int, ports: Ports, seed: int = 0, workers: int = 1
) -> Proof:
    """Improve a plan until it is proven to be the best one, or `stop()` says yes.

    With one worker, the same seed and a `stop` that counts, the answer is the same.
    """
    best = _worth(shop, aim, plan)
    at, rising = 0, False
    while bound < best and at < len(SLICES) and not ports.stop():
        other = ports.visitor()
        if other is not None and _worth(shop, aim, other) < best:
            plan, best = other, _worth(shop, aim, other)
            continue
        # Where one better plan was found there are often many, and minimising finds them in a row.
        minimising = rising or at == BOUNDING
        question = _Question(shop, aim, bound, best - 1, limits(shop, aim, best - 1), minimising)
        better, least = _ask(question, plan, _solver(SLICES[at], seed, workers))
        if least > bound:
            bound = min(least, best)
            ports.raised(bound)
        rising = better is not None and _worth(shop, aim, better) < best
        if better is not None and rising:
            plan, best = better, _worth(shop, aim, better)
            ports.found(plan, best)
        elif not minimising or at == BOUNDING:
            at += 1
    return Proof(plan, bound, bound >= best)


def _worth(shop: Shop, aim: Aim, plan: Plan) -> int:
    return worth(shop, aim, ends_of(shop, plan))


def _solver(slice_s: float, seed: int, workers: int) -> cp_model.CpSolver:
    """Without linear relaxation, and with precedences between tasks of a machine learnt on the way:
    proofs of job shops take a fifth to a twentieth of the time. Source: trial."""
    solver = cp_model.CpSolver()
    solver.parameters.linearization_level = 0
    solver.parameters.use_dynamic_precedence_in_disjunctive = True
    solver.parameters.use_strong_propagation_in_disjunctive = True
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % (1 << 31)
    solver.parameters.max_deterministic_time = slice_s
    return solver


def _ask(question: _Question, plan: Plan, solver: cp_model.CpSolver) -> tuple[Plan | None, int]:
    """Return a better plan if there is one in time, and what no plan goes below."""
    if not all(question.left.ways):
        return None, question.most + 1
    model = _build(question)
    value = _value(question, model)
    if question.minimising:
        model.cp.minimize(value)
        _hint(question, model, plan)
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        return None, question.most + 1
    least = question.bound
    if question.minimising:
        least = max(least, ceil(solver.best_objective_bound - ROUNDING))
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _read(question, model, solver), least
    return None, least


def _build(question: _Question) -> _Model:
    """Place every task on one machine within its limits, one after the other there."""
    shop, cp = question.shop, cp_model.CpModel()
    model = _Model(cp, [], [])
    rows: list[list[tuple[Way, cp_model.IntVar | None, cp_model.IntervalVar]]] = [
        [] for _ in range(shop.machines)
    ]
    for ways in question.left.ways:
        first_s = min(way.begin_s for way in ways)
        begin = cp.new_int_var(first_s, max(way.end_s - way.takes_s for way in ways), "")
        literals = [cp.new_bool_var("") for _ in ways] if len(ways) > 1 else []
        model.start.append(begin)
        model.taken.append(literals)
        if literals:
            cp.add_exactly_one(literals)
        else:
            only = cp.new_fixed_size_interval_var(begin, ways[0].takes_s, "")
            rows[ways[0].machine].append((ways[0], None, only))
        for way, literal in zip(ways, literals, strict=False):
            made = cp.new_optional_fixed_size_interval_var(begin, way.takes_s, literal, "")
            rows[way.machine].append((way, literal, made))
            cp.add(begin >= way.begin_s).only_enforce_if(literal)
            cp.add(begin <= way.end_s - way.takes_s).only_enforce_if(literal)
    for row in rows:
        cp.add_no_overlap([interval for _, _, interval in row])
        _fits(cp, [(way, literal) for way, literal, _ in row])
    ptr, before = shop.before_ptr.tolist(), shop.before.tolist()
    for x, begin in enumerate(model.start):
        for earlier in before[ptr[x] : ptr[x + 1]]:
            cp.add(begin >= _end(question, model, earlier))
    return model


def _fits(cp: cp_model.CpModel, row: list[tuple[Way, cp_model.IntVar | None]]) -> None:
    """Say at once that a machine's work fits between its first and its last second."""
    chosen = [(way.takes_s, literal) for way, literal in row if literal is not None]
    if chosen:
        room_s = max(way.end_s for way, _ in row) - min(way.begin_s for way, _ in row)
        certain_s = sum(way.takes_s for way, literal in row if literal is None)
        takes, literals = zip(*chosen, strict=True)
        cp.add(cp_model.LinearExpr.weighted_sum(literals, takes) <= room_s - certain_s)


def _end(question: _Question, model: _Model, task: int) -> cp_model.LinearExprT:
    ways, literals = question.left.ways[task], model.taken[task]
    least_s = min(way.takes_s for way in ways)
    more = [way.takes_s - least_s for way in ways] if literals else []
    return model.start[task] + cp_model.LinearExpr.weighted_sum(literals, more) + least_s


def _value(question: _Question, model: _Model) -> cp_model.IntVar:
    """Tie the value to the ends of tasks that nothing of the same order waits for."""
    shop, cp = question.shop, model.cp
    value = cp.new_int_var(question.bound, question.most, "")
    late: dict[int, cp_model.IntVar] = {}
    for x in np.flatnonzero(closing(shop)).tolist():
        j = int(shop.order_of[x])
        due, weight = int(shop.due[j]), int(shop.weight[j])
        if question.aim is Aim.MAKESPAN:
            if question.minimising:
                cp.add(value >= _end(question, model, x))
        elif weight:
            if j not in late:
                least = max(0, int(shop.floor[j]) - due)
                late[j] = cp.new_int_var(least, max(least, question.most // weight), "")
            cp.add(late[j] >= _end(question, model, x) - due)
    if question.aim is Aim.TARDINESS:
        weights = [int(shop.weight[j]) for j in late]
        cp.add(cp_model.LinearExpr.weighted_sum(list(late.values()), weights) <= value)
    return value


def _hint(question: _Question, model: _Model, plan: Plan) -> None:
    """Begin near the best plan; it is not better than itself, so the hint cannot hold everywhere."""
    takes = durations(question.shop, plan.machine)
    starts = (ends_of(question.shop, plan) - takes).tolist()
    machines = plan.machine.tolist()
    for x, ways in enumerate(question.left.ways):
        model.cp.add_hint(model.start[x], starts[x])
        for way, literal in zip(ways, model.taken[x], strict=False):
            model.cp.add_hint(literal, way.machine == machines[x])


def _read(question: _Question, model: _Model, solver: cp_model.CpSolver) -> Plan:
    shop = question.shop
    machine = np.zeros(shop.tasks, np.uint32)
    start = np.array([solver.value(begin) for begin in model.start], np.int64)
    for x, ways in enumerate(question.left.ways):
        chosen = [
            way
            for way, literal in zip(ways, model.taken[x], strict=False)
            if solver.boolean_value(literal)
        ]
        machine[x] = (chosen or ways)[0].machine
    return plan_in_time(shop, machine, start, start + durations(shop, machine))
