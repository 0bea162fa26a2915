"""Which machines share tasks, in which order they feed each other, and which of them are lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from scheduler.indexed import NEVER_S, Indexed
from scheduler.runs import has_limit


@dataclass(frozen=True, slots=True)
class Area:
    """Machines that share tasks, directly or through others."""

    machines: tuple[int, ...]
    tasks: tuple[int, ...]
    is_line: bool
    waits: bool
    """Whether any task waits for another one."""
    is_circle: bool
    """Whether any of them waits for one of its own."""


def areas_of(indexed: Indexed) -> tuple[Area, ...]:
    """Return the areas, none before one that feeds it; those that feed each other are one."""
    together: nx.Graph[int] = nx.Graph()
    together.add_nodes_from(range(len(indexed.machine_ids)))
    for machines in {tuple(takes) for takes in indexed.takes}:
        nx.add_path(together, machines)
    for group, people in enumerate(indexed.crews):
        if people:
            nx.add_path(together, [k for k, g in enumerate(indexed.group_of) if g == group])
    number: dict[int, int] = {}
    parts = [sorted(part) for part in nx.connected_components(together)]
    for n, part in enumerate(parts):
        number |= dict.fromkeys(part, n)
    area_of = [number[next(iter(takes))] for takes in indexed.takes]
    feeds: nx.DiGraph[int] = nx.DiGraph()
    feeds.add_nodes_from(range(len(parts)))
    feeds.add_edges_from(
        {(area_of[earlier], area_of[t]) for t, row in enumerate(indexed.before) for earlier in row}
    )
    circles = nx.condensation(feeds)
    areas: list[Area] = []
    for n in nx.lexicographical_topological_sort(circles, key=lambda n: _first(parts, circles, n)):
        held = circles.nodes[n]["members"]
        tasks = tuple(task for task, area in enumerate(area_of) if area in held)
        machines = tuple(sorted(k for area in held for k in parts[area]))
        if tasks:
            is_circle = len(held) > 1 or any(feeds.has_edge(area, area) for area in held)
            areas.append(_area(indexed, machines, tasks, is_circle=is_circle))
    return tuple(areas)


def _first(parts: list[list[int]], circles: "nx.DiGraph[int]", n: int) -> int:
    held: set[int] = circles.nodes[n]["members"]
    return min(parts[area][0] for area in held)


def _area(
    indexed: Indexed, machines: tuple[int, ...], tasks: tuple[int, ...], *, is_circle: bool
) -> Area:
    waits = any(indexed.before[task] for task in tasks)
    is_line = not is_circle and not _keeps(indexed, tasks) and _is_line(indexed, machines, tasks)
    return Area(machines, tasks, is_line, waits, is_circle)


def _keeps(indexed: Indexed, tasks: Iterable[int]) -> bool:
    """Say whether any task makes what does not keep, or takes it."""
    if not indexed.keeps:
        return False
    related = (other for task in tasks for other in (task, *indexed.before[task]))
    return any(indexed.keeps[task] < NEVER_S for task in related)


def _is_line(indexed: Indexed, machines: Sequence[int], tasks: Iterable[int]) -> bool:
    """Say whether all machines are alike, without setups, and take one task at a time."""
    group = indexed.group_of[machines[0]]
    alike = all(
        indexed.group_of[k] == group
        and indexed.resources[k].capacity == 0
        and indexed.cycle_cost[k] == 0
        and not has_limit(indexed.resources[k])
        and not indexed.resources[k].resumable
        and _rates(indexed, k) == _rates(indexed, machines[0])
        for k in machines
    )
    if not alike or any(any(row) for row in indexed.setup_s[group]):
        return False
    if any(any(row) for row in indexed.setup_cost[group]) or not _hours_agree(indexed, machines):
        return False
    return all(
        len(indexed.takes[t]) == len(machines) and len(set(indexed.takes[t].values())) == 1
        for t in tasks
    )


def _rates(indexed: Indexed, k: int) -> tuple[int, int, int]:
    resource = indexed.resources[k]
    return resource.base_s, resource.per_work_ms, resource.per_height_ms


def _hours_agree(indexed: Indexed, machines: Sequence[int]) -> bool:
    """Say whether machines differ only in when they are free first."""
    closes = max((indexed.closes[k] for k in machines), key=len)
    opens = max((indexed.opens[k] for k in machines), key=len)
    return all(
        indexed.closes[k] == closes[len(closes) - len(indexed.closes[k]) :]
        and indexed.opens[k][1:] == opens[len(opens) - len(indexed.opens[k]) + 1 :]
        for k in machines
        if indexed.opens[k]
    ) and all(indexed.opens[k] for k in machines)
