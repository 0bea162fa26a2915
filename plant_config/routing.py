"""Route an order: fill the steps of its products' bills of process, and link them into a DAG."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import networkx as nx

from plant_config.equipment import Group
from plant_config.expression import Environment
from plant_config.footprint import Rings
from plant_config.identity import Same
from plant_config.order import Line, Order, assembly_id, operation_id, unit_id
from plant_config.outlined import outline_of, size_of
from plant_config.plant import Plant
from plant_config.process import Operation, Routing, Step
from plant_config.product import Product, Spec
from plant_config.turning import lies_on

_KEPT = 65_536
"""Filled steps that are kept; a day of 1,000 different orders needs about 10,000."""


class Demand(NamedTuple):
    """What an operation asks of a machine."""

    size: int
    recipe: Mapping[str, int | str]
    outline: Rings = ()
    height: int = 0


@dataclass(frozen=True, slots=True)
class _Filled:
    """What a step comes to for one subject, but for its names."""

    modes: tuple[tuple[str, int], ...]
    family: str
    size: int
    work: int
    height: int
    outline: Rings
    recipe: tuple[tuple[str, int | str], ...]
    uses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a step is done to: a unit, an assembly or an order."""

    name: str
    units: tuple[str, ...]
    environment: Environment


def route(order: Order, plant: Plant) -> Routing:
    """Return everything that must happen for an order; a plant that passes `check` has a machine
    for each operation of each valid spec."""
    operations: dict[str, Operation] = {}
    graph: nx.DiGraph[str] = nx.DiGraph()
    skipped: dict[str, None] = {}
    for line, step, subject, subjects in _tasks(order, plant):
        name = operation_id(subject.name, step.name)
        graph.add_node(name)
        before = _before(plant, line, step, subject, subjects)
        graph.add_edges_from((earlier, name) for earlier in before)
        if name in operations:
            continue
        filled = _fill(plant, step, subject.environment)
        if filled is None:
            skipped[name] = None
        else:
            operations[name] = _operation(order, subject, step, filled)
    for name in skipped:
        _bridge(graph, name)
    return Routing(order.id, operations, graph)


def _tasks(
    order: Order, plant: Plant
) -> Iterator[tuple[Line, Step, _Subject, Mapping[str, tuple[_Subject, ...]]]]:
    """Yield each step with each subject that it is done to; an order's steps once for each line."""
    for line in order.lines:
        steps = plant.processes[line.spec.product]
        for subjects in _subjects(order, line, plant):
            for step in steps:
                yield from ((line, step, subject, subjects) for subject in subjects[step.per])


def spec_environment(product: Product, spec: Spec) -> dict[str, int | str]:
    """Return what the names mean for a spec: each feature's option, and the option's facts."""
    chosen = dict(spec.options)
    known: dict[str, int | str] = {}
    for feature in product.features:
        known[feature.name] = chosen[feature.name]
        option = next(o for o in feature.options if o.name == chosen[feature.name])
        known.update((f"{feature.name}.{fact}", value) for fact, value in option.facts.items())
    return known


def modes_for(
    plant: Plant, step: Step, demand: Demand, takes_s: int
) -> tuple[tuple[str, int], ...]:
    """Return the machines that can do it, each with its own seconds, in the plant's order."""
    fit = {g.name for g in plant.groups.values() if step.needs in g.offers and admits(g, demand)}
    return tuple(
        (machine.id, (takes_s * machine.pace_percent + 50) // 100)
        for machine in plant.machines.values()
        if machine.group in fit
    )


def admits(group: Group, demand: Demand) -> bool:
    """Return whether a group's machines take an operation."""
    if group.batch.capacity and demand.size > group.batch.capacity:
        return False
    plate = group.batch.plate
    if plate and demand.outline and not lies_on(demand.outline, demand.height, plate):
        return False
    for parameter, (low, high) in group.limits.items():
        value = demand.recipe.get(parameter)
        if isinstance(value, int) and not low <= value <= high:
            return False
    return True


def _subjects(
    order: Order, line: Line, plant: Plant
) -> Iterator[Mapping[str, tuple[_Subject, ...]]]:
    """Yield, for each quantity of one, what its steps are done to, by level."""
    product = plant.products[line.spec.product]
    count = len(product.pieces)
    known = {**_known(Same(product), line.spec), "quantity": line.quantity}
    total = sum(each.quantity for each in order.lines)
    whole = _Subject(
        order.id,
        tuple(
            unit_id(order.id, each.number, unit)
            for each in order.lines
            for unit in range(1, each.quantity * len(plant.products[each.spec.product].pieces) + 1)
        ),
        {"quantity": total},
    )
    for first in range(1, line.quantity * count + 1, count):
        names = [unit_id(order.id, line.number, first + i) for i in range(count)]
        together = assembly_id(order.id, line.number, first, first + count - 1)
        yield {
            "unit": tuple(
                _Subject(name, (name,), {**known, "piece": piece.name})
                for name, piece in zip(names, product.pieces, strict=True)
            ),
            "assembly": (_Subject(together, tuple(names), known),),
            "order": (whole,),
        }


@lru_cache(maxsize=4096)
def _known(product: Same[Product], spec: Spec) -> dict[str, int | str]:
    return spec_environment(product.value, spec)


def _before(
    plant: Plant,
    line: Line,
    step: Step,
    subject: _Subject,
    subjects: Mapping[str, tuple[_Subject, ...]],
) -> Iterator[str]:
    """Name the operations that must end before this one, of subjects that share its units."""
    level_of = {each.name: each.per for each in plant.processes[line.spec.product]}
    for earlier in step.after:
        for other in subjects[level_of[earlier]]:
            if level_of[earlier] != "unit" or step.per != "unit" or other.name == subject.name:
                yield operation_id(other.name, earlier)


def _fill(plant: Plant, step: Step, known: Environment) -> _Filled | None:
    read = _names_read(Same(step))
    shared = tuple((name, known[name]) for name in read if name in known)
    return _filled(Same(plant), Same(step), shared)


@lru_cache(maxsize=1024)
def _names_read(step: Same[Step]) -> tuple[str, ...]:
    read = {name for e in step.value.expressions() for name in e.names()}
    if step.value.outline is not None and step.value.outline.piece:
        read.add("piece")
    return tuple(sorted(read))


@lru_cache(maxsize=_KEPT)
def _filled(
    plant: Same[Plant], step: Same[Step], shared: tuple[tuple[str, int | str], ...]
) -> _Filled | None:
    known, s = dict(shared), step.value
    if s.when is not None and not s.when.truth(known):
        return None
    recipe = tuple((name, value.parameter(known)) for name, value in s.recipe.items())
    outline = outline_of(plant.value, s, known)
    size = size_of(None if s.size is None else s.size.number(known), outline)
    height = 0 if s.height is None else s.height.number(known)
    takes_s = 0 if s.takes is None else s.takes.number(known)
    uses = ((str(u.material.parameter(known)), u.quantity.number(known)) for u in s.uses)
    return _Filled(
        modes=modes_for(plant.value, s, Demand(size, dict(recipe), outline, height), takes_s),
        family=";".join(f"{name}={value.parameter(known)}" for name, value in s.family.items()),
        size=size,
        work=0 if s.work is None else s.work.number(known),
        height=height,
        outline=outline,
        recipe=recipe,
        uses=tuple((material, quantity) for material, quantity in uses if quantity),
    )


def _operation(order: Order, subject: _Subject, step: Step, filled: _Filled) -> Operation:
    return Operation(
        id=operation_id(subject.name, step.name),
        order=order.id,
        subject=subject.name,
        units=subject.units,
        step=step.name,
        needs=step.needs,
        modes=filled.modes,
        family=filled.family,
        size=filled.size,
        work=filled.work,
        height=filled.height,
        outline=filled.outline,
        recipe=filled.recipe,
        uses=filled.uses,
        keeps_s=step.keeps,
        kit_cents=step.kit,
    )


def _bridge(graph: "nx.DiGraph[str]", name: str) -> None:
    """Take a skipped operation out and keep the order of what was around it."""
    before, after = list(graph.pred[name]), list(graph.succ[name])
    graph.remove_node(name)
    graph.add_edges_from((earlier, later) for earlier in before for later in after)
