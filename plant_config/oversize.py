"""Parts that no plate is large enough for, and how that is said."""

from plant_config.footprint import UM_IN_MM, Plate, measures
from plant_config.order import Order
from plant_config.plant import Plant
from plant_config.process import Operation
from plant_config.routing import Demand, route
from plant_config.turning import lies_on


def oversize(order: Order, plant: Plant) -> str | None:
    """Say which part of an order is larger than every plate, its measure and the largest plate; None
    when all lie on one."""
    if all(group.batch.plate is None for group in plant.groups.values()):
        return None
    for name, operation in route(order, plant).operations.items():
        if operation.outline and not operation.modes:
            why = too_large(plant, operation.needs, _demand(operation))
            if why is not None:
                return f"{name} is larger than every plate: {why}."
    return None


def too_large(plant: Plant, needs: str, demand: Demand) -> str | None:
    """Say as a clause that no plate for a capability takes a part; None when one does, or when not
    all machines for it have plates."""
    groups = [group for group in plant.groups.values() if needs in group.offers]
    plates = [(group.batch.plate, group.name) for group in groups if group.batch.plate]
    if not demand.outline or not plates or len(plates) < len(groups):
        return None
    if any(lies_on(demand.outline, demand.height, plate) for plate, _ in plates):
        return None
    plate, owner = max(plates, key=lambda each: each[0].width * each[0].depth)
    width, depth = measures(demand.outline)
    high = plate.height > 0
    part = _measured(width, depth, demand.height if high else 0)
    return f"it is {part}, and the largest plate, in {owner}, is {_plate(plate)}"


def _demand(operation: Operation) -> Demand:
    recipe = dict(operation.recipe)
    return Demand(operation.size, recipe, operation.outline, operation.height)


def _plate(plate: Plate) -> str:
    return _measured(plate.width, plate.depth, plate.height)


def _measured(width: int, depth: int, height: int) -> str:
    sides = (width, depth, height) if height else (width, depth)
    return " x ".join(f"{side / UM_IN_MM:g}" for side in sides) + " mm"
