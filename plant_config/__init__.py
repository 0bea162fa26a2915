"""What a plant can make, how, and on what: values, a loader, and what follows from them alone."""

from plant_config.equipment import Evidence, Group, Machine, Modbus, OpcUa, Station
from plant_config.order import Line, Order
from plant_config.plant import Plant
from plant_config.process import Operation, Routing
from plant_config.product import Choices, Product, Rejection, Spec
from plant_config.profile import Profile

__all__ = [
    "Choices",
    "Evidence",
    "Group",
    "Line",
    "Machine",
    "Modbus",
    "OpcUa",
    "Operation",
    "Order",
    "Plant",
    "Product",
    "Profile",
    "Rejection",
    "Routing",
    "Spec",
    "Station",
]
