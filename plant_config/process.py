"""The bill of process, and what it becomes for an order: operations in a partial order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import networkx as nx

from plant_config.expression import Expression
from plant_config.footprint import Footprint, Rings
from plant_config.units import Cents, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of a material a step takes for one subject, in the material's base unit."""

    material: Expression
    quantity: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of the bill of process, before a spec fills it in.

    A batch of operations takes `base + sum(work) * per_work + max(height) * per_height
    + max(takes)`, the first three from the machine's batch rule (equipment.BatchRule).
    """

    name: str
    label: str
    """What the floor calls what is being made: `Upper`, `Midsole`, `Bonding`."""
    per: Literal["unit", "assembly", "order"]
    needs: str
    """The capability that a machine must offer."""
    after: tuple[str, ...] = ()
    when: Expression | None = None
    takes: Expression | None = None
    size: Expression | None = None
    work: Expression | None = None
    height: Expression | None = None
    outline: Footprint | None = None
    """What one of it covers of a plate; `size` is then its area in mm2 unless it is stated."""
    family: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    """Setup class: named parts, each a word or number of the spec (`yarn: upper_colour`)."""
    recipe: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    uses: tuple[Use, ...] = ()
    keeps: Seconds = 0
    """The next step must begin within this of its end: primer dries, dough rises. 0: any time."""
    kit: Cents = 0
    """What an hour costs between the first and the last of its parts: they lie about until all are there."""

    def expressions(self) -> tuple[Expression, ...]:
        """Return everything in it that a spec fills in."""
        sides = () if self.outline is None else (self.outline.width, self.outline.depth)
        single = (self.when, self.takes, self.size, self.work, self.height, *sides)
        used = (expression for use in self.uses for expression in (use.material, use.quantity))
        named = (*self.family.values(), *self.recipe.values(), *used)
        return (*(expression for expression in single if expression is not None), *named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A step filled in for its subject. Whole seconds, whole base units."""

    id: str
    order: str
    subject: str
    units: tuple[str, ...]
    """The pieces that the subject stands for."""
    step: str
    needs: str
    modes: tuple[tuple[str, int], ...]
    """(machine, its own seconds) for each machine that can do it, in the plant's order."""
    family: str
    """Canonical `name=value;...` of the step's family parts; empty when there are none."""
    size: int = 0
    work: int = 0
    height: int = 0
    outline: Rings = ()
    """What it covers of a plate: the outer line, then holes; micrometres. Empty where nothing is said."""
    recipe: tuple[tuple[str, int | str], ...] = ()
    uses: tuple[tuple[str, int], ...] = ()
    keeps_s: int = 0
    kit_cents: int = 0


@dataclass(frozen=True, slots=True)
class Routing:
    """Everything that must happen for one order; `graph` is a DAG of operation ids."""

    order: str
    operations: Mapping[str, Operation]
    graph: "nx.DiGraph[str]"
