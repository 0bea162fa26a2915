"""What an order costs at standard rates, and what its customers pay for being different."""

from collections.abc import Iterable
from fractions import Fraction

from plant_config.configure import price
from plant_config.equipment import BatchRule
from plant_config.order import Order
from plant_config.plant import Plant
from plant_config.process import Operation
from plant_config.routing import route


def standard_cost(plant: Plant, order: Order) -> int:
    """Return machine, labour and material cents of an order, each operation on the first machine
    that can do it. An operation bears its own work, and of what a batch shares (base, height,
    takes) the part of the capacity that it fills; changeovers belong to the day, not to an order.
    """
    return cost_of(plant, route(order, plant).operations.values())


def cost_of(plant: Plant, operations: Iterable[Operation]) -> int:
    """Return machine, labour and material cents of some operations, by the same rule."""
    return rounded(
        sum(
            (operation_cost(plant, each) + material_cost(plant, each) for each in operations),
            Fraction(0),
        )
    )


def premium(plant: Plant, order: Order) -> int:
    """Return the cents that an order pays above the cheapest specs of its products."""
    return sum(
        line.quantity * price(plant.products[line.spec.product], line.spec)[1]
        for line in order.lines
    )


def operation_cost(plant: Plant, operation: Operation) -> Fraction:
    """Return the cents of an operation's own time at its group's rate."""
    if not operation.modes:
        return Fraction(0)
    machine, takes_s = operation.modes[0]
    group = plant.group_of(machine)
    return own_seconds(group.batch, operation, takes_s) * group.rate / 3600


def own_seconds(rule: BatchRule, operation: Operation, takes_s: int) -> Fraction:
    """Return the seconds of a cycle that an operation answers for."""
    work_s = Fraction(operation.work * rule.per_work_ms, 1000)
    shared_s = rule.base + Fraction(operation.height * rule.per_height_ms, 1000) + takes_s
    if rule.capacity and operation.size:
        return work_s + shared_s * Fraction(operation.size, rule.capacity)
    return work_s + shared_s / (rule.max_members or 1)


def material_cost(plant: Plant, operation: Operation) -> Fraction:
    """Return the cents of what an operation uses up."""
    return sum(
        (
            Fraction(plant.materials[name].price * amount, plant.materials[name].per)
            for name, amount in operation.uses
        ),
        Fraction(0),
    )


def rounded(cents: Fraction) -> int:
    """Round half up to whole cents."""
    return (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
