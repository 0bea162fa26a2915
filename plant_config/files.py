"""Which files a plant's folder has, and what each of them holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from pydantic import Field

from plant_config.equipment import Group, Machine
from plant_config.material import Material, Stock
from plant_config.plant import CutOff, Rates, Shift
from plant_config.process import Step
from plant_config.product import Product
from plant_config.profile import Profile

Places: TypeAlias = Annotated[int, Field(strict=True)]
"""A number; `true` is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantFile:
    """plant.yaml: the plant's name and its times."""

    name: str
    label: str
    timezone: str
    shifts: tuple[Shift, ...]
    cut_offs: tuple[CutOff, ...]
    calendars: Mapping[str, tuple[str, ...]]
    totes: int = 0
    """How many totes there are; 0: enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinesFile:
    """machines.yaml: cells, and the machines in them."""

    groups: tuple[Group, ...]
    machines: tuple[Machine, ...]
    pools: Mapping[str, int] = field(default_factory=dict[str, int])
    """People with a skill, or tools, that cells share: how many there are."""
    buffers: Mapping[str, Places] = field(default_factory=dict[str, int])
    """Racks, shelves, cooling places that cells put what they make into: how many parts each holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialsFile:
    """materials.yaml: what steps use up."""

    materials: tuple[Material, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFile:
    """processes/NAME.yaml: the bill of process of a product."""

    product: str
    steps: tuple[Step, ...]


SINGLE: Mapping[str, type] = {
    "plant.yaml": PlantFile,
    "machines.yaml": MachinesFile,
    "materials.yaml": MaterialsFile,
    "rates.yaml": Rates,
}
"""Files that a plant has exactly once."""

OPTIONAL: Mapping[str, type] = {"stock.yaml": Stock}
"""Files that a plant may have."""

SEVERAL: Mapping[str, type] = {
    "products": Product,
    "processes": ProcessFile,
    "profiles": Profile,
}
"""Folders with one such file for each product, process and machine model."""
