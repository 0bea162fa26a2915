"""Buffers in the exact solver's model: what lies there, from when to when, is never too much."""

from ortools.sat.python import cp_model

from scheduler.buffers import NO_BUFFER
from scheduler.exact_model import Model


def hold_places(model: Model, horizon: int) -> None:
    """Let no buffer hold more at any second than there is room for."""
    buffers = model.indexed.buffers
    stays: list[list[cp_model.IntervalVar]] = [[] for _ in buffers.places]
    for lying in buffers.lying:
        since = model.indexed.now_s if lying.arrives_s is None else lying.arrives_s
        if since <= horizon:
            stays[lying.buffer].append(_stay(model, since, lying.takers, horizon, None))
    for task, takers in enumerate(model.indexed.after):
        if takers:
            for buffer, literals in _where(model, task).items():
                is_there = model.cp.new_bool_var(f"{task} lies in {buffer}")
                model.cp.add(is_there == cp_model.LinearExpr.sum(literals))
                stay = _stay(model, model.end[task], takers, horizon, is_there)
                stays[buffer].append(stay)
    for buffer, places in enumerate(buffers.places):
        model.cp.add_cumulative(stays[buffer], [1] * len(stays[buffer]), places)


def _where(model: Model, task: int) -> dict[int, list[cp_model.IntVar]]:
    """Return for each buffer that may take a task's result when it does."""
    where: dict[int, list[cp_model.IntVar]] = {}
    ways = [(machine, v) for (t, machine), v in model.leads.items() if t == task]
    ways += [(machine, v) for (t, _, machine), v in model.joins.items() if t == task]
    for machine, literal in ways:
        if model.indexed.buffers.of[machine] != NO_BUFFER:
            where.setdefault(model.indexed.buffers.of[machine], []).append(literal)
    return where


def _stay(
    model: Model,
    since: cp_model.IntVar | int,
    takers: tuple[int, ...],
    horizon: int,
    is_there: cp_model.IntVar | None,
) -> cp_model.IntervalVar:
    """Say from when to when a result lies there; the second counts in which the last work takes it."""
    cp = model.cp
    if not takers:
        return cp.new_interval_var(since, horizon + 1 - since, horizon + 1, "")
    gone = cp.new_int_var(0, horizon + 1, "")
    for taker in takers:
        cp.add(gone >= model.start[taker] + 1)
    takes = cp.new_int_var(0, horizon + 1, "")
    if is_there is None:
        return cp.new_interval_var(since, takes, gone, "")
    return cp.new_optional_interval_var(since, takes, gone, is_there, "")
