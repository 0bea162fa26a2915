"""A whole plant as one frozen value, and questions that any part of the software asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from plant_config.equipment import Group, Machine
from plant_config.material import Material, Stock
from plant_config.process import Step
from plant_config.product import Product
from plant_config.profile import Profile
from plant_config.units import Cents, ClockTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of the day; seconds after local midnight."""

    name: str
    begins: ClockTime
    ends: ClockTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """A carrier leaves every working day at this time of day."""

    carrier: str
    at: ClockTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Standard costs that no machine owns."""

    currency: str = "EUR"
    late: Cents
    """Margin lost when an order misses its cut-off."""
    second_person_above: Cents | None = None
    """A doubt worth more than this is decided by two persons; None: one is always enough."""
    source: str
    """Where the numbers come from, or the word 'assumed'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What a plant can make, how, and on what."""

    name: str
    label: str
    timezone: str
    shifts: tuple[Shift, ...]
    cut_offs: tuple[CutOff, ...]
    calendars: Mapping[str, tuple[str, ...]]
    """Calendar name -> names of the shifts in which work may run."""
    products: Mapping[str, Product]
    processes: Mapping[str, tuple[Step, ...]]
    """Product name -> its bill of process."""
    groups: Mapping[str, Group]
    machines: Mapping[str, Machine]
    materials: Mapping[str, Material]
    profiles: Mapping[str, Profile]
    rates: Rates
    pools: Mapping[str, int] = field(default_factory=dict[str, int])
    """People with a skill, or tools, that cells share -> how many there are."""
    buffers: Mapping[str, int] = field(default_factory=dict[str, int])
    """Racks, shelves, cooling places -> how many results of a step lie there until they are taken."""
    stock: Stock | None = None
    """What a journal begins with; None: no stock is kept, and nothing runs out."""
    totes: int = 0
    """How many totes there are; 0: enough."""
    digest: str = ""
    """SHA-256 of the folder's files, so that a journal can say which plant it ran on (R12)."""

    def group_of(self, machine: str) -> Group:
        """Return the cell of a machine."""
        return self.groups[self.machines[machine].group]

    @property
    def day_begins_s(self) -> int:
        """Return the start of the first shift, in seconds after local midnight: the origin."""
        return min(shift.begins for shift in self.shifts)
