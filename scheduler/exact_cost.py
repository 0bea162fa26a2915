"""What the exact solver's model makes small: each count of an objective tied to literals and times."""

from typing import assert_never

from ortools.sat.python import cp_model

from scheduler.exact_model import DEPOT, Model
from scheduler.exact_runs import setup_literal
from scheduler.objectives import (
    Changed,
    Cycle,
    Late,
    Latest,
    Linear,
    Overdue,
    Runs,
    Short,
    Spread,
    levels_of,
    running_ends,
    short_s,
)
from scheduler.problem import Aim, Problem
from scheduler.schedule import settled_ends


def make_small(problem: Problem, model: Model, least: int) -> None:
    """Minimise the objective that the problem asks for; it is known not to go below `least`."""
    express = next(each.express for each in levels_of(problem) if each.express is not None)
    linear = express(problem)
    orders = list(dict.fromkeys(task.order for task in problem.tasks.values()))
    match problem.aim:
        case Aim.CENTS:
            _lateness(model, orders)
            _spreads(problem, model)
        case Aim.SCORE:
            _lateness(model, orders)
            _runs(model)
        case Aim.MAKESPAN:
            _latest(problem, model)
        case Aim.TARDINESS:
            _overdue(problem, model, orders)
        case _:
            assert_never(problem.aim)
    value = model.cp.new_int_var(least, cp_model.INT32_MAX, "value")
    total = _total(problem, model, linear)
    model.cp.add(linear.per * value + linear.per - 1 >= total)
    model.cp.minimize(value)


def _lateness(model: Model, orders: list[str]) -> None:
    indexed, cp = model.indexed, model.cp
    for order, last in enumerate(indexed.last_of):
        if not indexed.late_cost[order]:
            continue
        for cut, due_s in enumerate((indexed.due_s[order], *indexed.again[order])):
            misses = cp.new_bool_var(f"late {order} {cut}")
            model.counted[Late(orders[order], cut)] = misses
            if indexed.floor_end[order] > due_s:
                cp.add(misses == 1)
            for task in last:
                cp.add(model.end[task] <= due_s).only_enforce_if(misses.Not())
        late = model.counted[Late(orders[order])]
        short = cp.new_int_var(0, indexed.reserve_s, f"short {order}")
        model.counted[Short(orders[order])] = short
        full_s = indexed.due_s[order] - indexed.reserve_s
        cp.add(short >= indexed.floor_end[order] - full_s).only_enforce_if(late.Not())
        for task in last:
            cp.add(short >= model.end[task] - full_s).only_enforce_if(late.Not())


def _spreads(problem: Problem, model: Model) -> None:
    """Tie the first and the last end before a join from below and above: a smaller spread costs less."""
    indexed, cp = model.indexed, model.cp
    for number, task in enumerate(problem.tasks.values()):
        if not task.kit_cents or not indexed.before[number]:
            continue
        first = cp.new_int_var(-cp_model.INT32_MAX, cp_model.INT32_MAX, f"first for {task.id}")
        last = cp.new_int_var(-cp_model.INT32_MAX, cp_model.INT32_MAX, f"last for {task.id}")
        for end in (*(model.end[t] for t in indexed.before[number]), *settled_ends(problem, task)):
            cp.add(first <= end)
            cp.add(last >= end)
        spread = cp.new_int_var(0, cp_model.INT32_MAX, f"spread for {task.id}")
        cp.add(spread >= last - first)
        model.counted[Spread(task.id)] = spread


def _runs(model: Model) -> None:
    """Count the seconds of each batch once, at the task that leads it."""
    seconds: list[cp_model.IntVar] = []
    for leader, (start, end) in enumerate(zip(model.start, model.end, strict=True)):
        runs = model.cp.new_int_var(0, cp_model.INT32_MAX, f"runs {leader}")
        for (task, _), leads in model.leads.items():
            if task == leader:
                model.cp.add(runs >= end - start).only_enforce_if(leads)
        seconds.append(runs)
    total = model.cp.new_int_var(0, cp_model.INT32_MAX, "runs")
    model.cp.add(total >= cp_model.LinearExpr.sum(seconds))
    model.counted[Runs()] = total


def _latest(problem: Problem, model: Model) -> None:
    running_s = max((slot.end_s for slot in problem.frozen.running), default=0)
    model.counted[Latest()] = latest = model.cp.new_int_var(running_s, cp_model.INT32_MAX, "latest")
    for end in model.end:
        model.cp.add(latest >= end)


def _overdue(problem: Problem, model: Model, orders: list[str]) -> None:
    indexed, cp = model.indexed, model.cp
    for order, last in enumerate(indexed.last_of):
        due = problem.dues.get(orders[order])
        if due is None:
            continue
        least_s = max(0, indexed.floor_end[order] - due.due_s)
        overdue = cp.new_int_var(least_s, cp_model.INT32_MAX, f"overdue {order}")
        model.counted[Overdue(orders[order])] = overdue
        for task in last:
            cp.add(overdue >= model.end[task] - due.due_s)


def _total(problem: Problem, model: Model, linear: Linear) -> cp_model.LinearExprT:
    """Fill the model's literals into what an objective counts; what is settled adds a constant."""
    running = running_ends(problem)
    changed = _changes(model)
    factors: list[int] = []
    counts: list[cp_model.IntVar] = []
    paid = 0
    for factor, count in linear.terms:
        match count:
            case Late() | Short() | Overdue() | Latest() | Runs() | Spread() if (
                count in model.counted
            ):
                factors.append(factor)
                counts.append(model.counted[count])
            case Late() | Short() | Overdue():
                if count.order in running:
                    paid += factor * _settled(problem, count, running[count.order])
            case Cycle(name):
                machine = model.indexed.machine_ids.index(name)
                led = [leads for (_, m), leads in model.leads.items() if m == machine]
                factors += [factor] * len(led)
                counts += led
            case Changed(group, before, after):
                literals = changed.get((group, before, after), [])
                factors += [factor] * len(literals)
                counts += literals
            case Spread():
                pass  # all that it waits for is over
            case Latest() | Runs():
                raise AssertionError("What all work takes is always counted.")
            case _:
                assert_never(count)
    return cp_model.LinearExpr.weighted_sum(counts, factors) + paid


def _settled(problem: Problem, count: Late | Short | Overdue, end_s: int) -> int:
    """Count for an order of which only running work is left."""
    due = problem.dues[count.order]
    match count:
        case Late():
            return int(end_s > (due.due_s, *due.again_s)[count.cut])
        case Short():
            return short_s(end_s, due.due_s, problem.reserve_s)
        case Overdue():
            return max(0, end_s - due.due_s)
        case _:
            assert_never(count)


def _changes(model: Model) -> dict[tuple[str, str, str], list[cp_model.IntVar]]:
    """Return for each change of family in a group the literals that say it happens."""
    indexed = model.indexed
    changed: dict[tuple[str, str, str], list[cp_model.IntVar]] = {}
    for machine, before, after in model.follows:
        if after != DEPOT:
            family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
            names = (indexed.family_names[family], indexed.family_names[indexed.family_of[after]])
            made = setup_literal(model, machine, before, after)
            changed.setdefault((indexed.resources[machine].group, *names), []).append(made)
    return changed
