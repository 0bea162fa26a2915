"""How long a machine runs one family, for the exact solver: each batch knows how far its run has come."""

from ortools.sat.python import cp_model

from scheduler.exact_model import DEPOT, Model
from scheduler.runs import has_limit


def setup_literal(model: Model, machine: int, before: int, after: int) -> cp_model.IntVar:
    """Return what says that the setup between two batches is made: that the one follows the other, and
    where runs are limited and the family stays, that cleaning is due."""
    key = machine, before, after
    return model.cleans.get(key, model.follows[key])


def new_setup(model: Model, machine: int, before: int, after: int) -> None:
    """Let the setup from a family to itself be made or not, where it is due after long runs only."""
    indexed = model.indexed
    if not has_limit(indexed.resources[machine]) or after == DEPOT:
        return
    family = indexed.first_family[machine] if before == DEPOT else indexed.family_of[before]
    if family == indexed.family_of[after]:
        key = machine, before, after
        model.cleans[key] = cleans = model.cp.new_bool_var(f"clean {key}")
        model.cp.add_implication(cleans, model.follows[key])


def limit_runs(model: Model, machine: int) -> None:
    """Add up the run of each batch, and clean exactly when it would get too long."""
    resource, cp = model.indexed.resources[machine], model.cp
    if not has_limit(resource):
        return
    most = resource.most_run_s or resource.most_run_size
    ran = {DEPOT: cp.new_constant(resource.ran)}
    for leader in (task for task, m in model.leads if m == machine):
        ran[leader] = cp.new_int_var(0, most, f"run up to {leader} on {machine}")
    for (m, before, after), follows in model.follows.items():
        if m != machine or after == DEPOT:
            continue
        amount = _amount(model, machine, after)
        cleans = model.cleans.get((machine, before, after))
        if cleans is None:
            cp.add(ran[after] == amount).only_enforce_if(follows)
            continue
        cp.add(ran[after] == ran[before] + amount).only_enforce_if(follows, cleans.Not())
        cp.add(ran[after] == amount).only_enforce_if(cleans)
        cp.add(ran[before] + amount > most).only_enforce_if(cleans)


def _amount(model: Model, machine: int, leader: int) -> cp_model.LinearExpr:
    """Return what a batch adds to a run, its size or its seconds."""
    indexed = model.indexed
    if not indexed.resources[machine].most_run_size:
        return model.end[leader] - model.start[leader]
    joined = [(t, v) for (t, r, m), v in model.joins.items() if r == leader and m == machine]
    sizes = [indexed.size[task] for task, _ in joined]
    members = cp_model.LinearExpr.weighted_sum([v for _, v in joined], sizes)
    return members + indexed.size[leader]
