"""Setups by number: what a change between two families takes and costs on each group's machines."""

from collections.abc import Mapping

from scheduler.costs import setup_cost
from scheduler.problem import Problem
from scheduler.tables import SetupTables

FORBIDDEN_S = -1
"""What a change takes that may not be."""


def setups_by_number(
    problem: Problem, groups: Mapping[str, int], families: Mapping[str, int]
) -> tuple[tuple[list[list[int]], ...], tuple[list[list[int]], ...]]:
    """Rows without any setup share one list of zeros, so that many families stay cheap."""
    nothing = [0] * len(families)
    if isinstance(problem.setups, SetupTables):
        return _tables(problem.setups, groups, families, nothing)
    seconds = tuple([nothing] * len(families) for _ in groups)
    costs = tuple([nothing] * len(families) for _ in groups)
    for (group, before, after), setup in problem.setups.items():
        if group not in groups or before not in families or after not in families:
            continue
        g, f = groups[group], families[before]
        if seconds[g][f] is nothing:
            seconds[g][f], costs[g][f] = nothing.copy(), nothing.copy()
        forbidden = setup.forbidden
        seconds[g][f][families[after]] = FORBIDDEN_S if forbidden else setup.takes_s
        costs[g][f][families[after]] = 0 if forbidden else setup_cost(problem, group, setup)
    return seconds, costs


def _tables(
    tables: SetupTables, groups: Mapping[str, int], families: Mapping[str, int], nothing: list[int]
) -> tuple[tuple[list[list[int]], ...], tuple[list[list[int]], ...]]:
    """Setups that take time and cost nothing else."""
    seconds = tuple([nothing] * len(families) for _ in groups)
    columns = [families[name] for name in tables.names]
    for group, g in groups.items():
        for before, row in zip(columns, tables.seconds[group], strict=True):
            seconds[g][before] = nothing.copy()
            for column, takes_s in zip(columns, row, strict=True):
                seconds[g][before][column] = takes_s
    return seconds, tuple([nothing] * len(families) for _ in groups)
