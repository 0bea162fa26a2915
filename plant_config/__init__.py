"""What a plant can make, how, and on what: values, a loader, and what follows from them alone."""

from plant_config.changeovers import changeover, family_parts, initial_family
from plant_config.check import Finding, check
from plant_config.configure import configure, price
from plant_config.costing import cost_of, premium, standard_cost
from plant_config.equipment import (
    Changeover,
    Evidence,
    Group,
    Machine,
    Modbus,
    Mode,
    OpcUa,
    Station,
)
from plant_config.load import load, read_folder, shipped
from plant_config.material import Material
from plant_config.mistakes import ConfigError, PlantErrors
from plant_config.order import Line, Order, order_digest
from plant_config.oversize import oversize
from plant_config.plant import CutOff, Plant
from plant_config.process import Operation, Routing
from plant_config.product import Choices, Feature, Option, Product, Rejection, Spec
from plant_config.profile import Profile
from plant_config.routing import route
from plant_config.schema import schemas
from plant_config.timetable import cut_offs, due_of, origin_utc, plant_s_of, utc_of, windows

__all__ = [
    "Changeover",
    "Choices",
    "ConfigError",
    "CutOff",
    "Evidence",
    "Feature",
    "Finding",
    "Group",
    "Line",
    "Machine",
    "Material",
    "Modbus",
    "Mode",
    "OpcUa",
    "Operation",
    "Option",
    "Order",
    "Plant",
    "PlantErrors",
    "Product",
    "Profile",
    "Rejection",
    "Routing",
    "Spec",
    "Station",
    "changeover",
    "check",
    "configure",
    "cost_of",
    "cut_offs",
    "due_of",
    "family_parts",
    "initial_family",
    "load",
    "order_digest",
    "origin_utc",
    "oversize",
    "plant_s_of",
    "premium",
    "price",
    "read_folder",
    "route",
    "schemas",
    "shipped",
    "standard_cost",
    "utc_of",
    "windows",
]
