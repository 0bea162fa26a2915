"""What a bar is called, in steps from the widest that says all to the shortest that says which."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.names import step_label, subject_name
from controller.state import State
from controller.web.naming import colours, counted
from controller.web.scene import order_id
from controller.web.words import Swatch
from plant_config import family_parts

Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is the same for a batch wherever and whenever it runs."""

    orders: tuple[str, ...]
    labels: Steps
    swatch: Swatch | None
    needs: tuple[str, ...]
    """Operations that have to end before it."""
    fits: tuple[tuple[str, int], ...]
    """(machine, seconds) for each machine that could make all of it at once."""


def info_of(state: State, machine: str, operations: tuple[str, ...], label: str = "") -> Info:
    """Look a batch up; `label` is what a job order was called (`Plate 121`)."""
    orders = tuple(dict.fromkeys(order_id(name) for name in operations))
    shared = len(operations) > 1 or state.plant.group_of(machine).batch.capacity > 0
    found = [name for name in operations if _routed(state, name)]
    labels = (
        _shared_labels(state, machine, operations, orders, label)
        if shared
        else _single_labels(state, operations[0], label)
    )
    return Info(
        orders=orders,
        labels=labels,
        swatch=_swatch(state, machine, found),
        needs=_needs(state, operations, found),
        fits=fits(state, tuple(found)) if len(found) == len(operations) else (),
    )


def _routed(state: State, operation: str) -> bool:
    opened = state.orders.get(order_id(operation))
    return opened is not None and operation in opened.routing.operations


def _shared_labels(
    state: State, machine: str, operations: tuple[str, ...], orders: tuple[str, ...], label: str
) -> Steps:
    noun = state.plant.group_of(machine).batch.noun
    amount = counted(len(operations), part_noun(state, operations[0]))
    whose = orders[0] if len(orders) == 1 else counted(len(orders), "order")
    if label:
        head, _, number = label.rpartition(" ")
        short = (label, number) if head else (label,)
        return (f"{label}, {amount}, {whose}", *short)
    return (f"{noun.capitalize()} of {amount}, {whose}", f"{amount}, {whose}", amount)


def part_noun(state: State, operation: str) -> str:
    """Name what a batch holds: parts, pairs (the product's noun), or orders."""
    opened = state.orders.get(order_id(operation))
    subject = operation.rpartition("/")[0]
    if subject == order_id(operation):
        return "order"
    if "-" in subject and opened is not None:
        return state.plant.products[opened.order.lines[0].spec.product].noun
    return "part"


def _single_labels(state: State, operation: str, label: str) -> Steps:
    order = order_id(operation)
    opened = state.orders.get(order)
    if opened is None or operation not in opened.routing.operations:
        return (label, order) if label and label != order else (order,)
    subject = subject_name(state.plant, opened, opened.routing.operations[operation].subject)
    return (subject, order) if subject != order else (order,)


def step_of(state: State, operation: str) -> str:
    """Name the step of an operation in lower case: `midsole`; its id's end when its order is gone."""
    if not _routed(state, operation):
        return operation.rpartition("/")[2]
    return step_label(state.plant, state.orders[order_id(operation)], operation).lower()


def _swatch(state: State, machine: str, operations: list[str]) -> Swatch | None:
    """The one colour that a shared vessel is set up for; other colours would be decoration."""
    group = state.plant.group_of(machine)
    if not operations or not group.batch.capacity:
        return None
    order = order_id(operations[0])
    family = state.orders[order].routing.operations[operations[0]].family
    shown = colours(state, order, family_parts(family).values())
    swatches = [part for part in shown if isinstance(part, Swatch)]
    return swatches[0] if len(swatches) == 1 else None


def _needs(state: State, operations: tuple[str, ...], found: list[str]) -> tuple[str, ...]:
    mine = set(operations)
    before = (
        name
        for operation in found
        for name in state.orders[order_id(operation)].routing.graph.pred[operation]
    )
    return tuple(dict.fromkeys(name for name in before if name not in mine))


def fits(state: State, operations: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Return the machines that could make all of these at once, with the seconds that each takes."""
    members = [state.orders[order_id(name)].routing.operations[name] for name in operations]
    own: list[Mapping[str, int]] = [dict(member.modes) for member in members]
    work, height = sum(m.work for m in members), max((m.height for m in members), default=0)
    size = sum(member.size for member in members)
    found: list[tuple[str, int]] = []
    for machine in own[0] if own else ():
        group = state.plant.group_of(machine)
        rule = group.batch
        small = (not rule.capacity or size <= rule.capacity) and (
            not rule.max_members or len(members) <= rule.max_members
        )
        if all(machine in modes for modes in own) and small:
            shared_s = (work * rule.per_work_ms) // 1000 + (height * rule.per_height_ms) // 1000
            longest_s = max(modes[machine] for modes in own)
            found.append((machine, rule.base + group.handling + shared_s + longest_s))
    return tuple(found)
