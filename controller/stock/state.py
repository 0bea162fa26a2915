"""What is in the store, and what is on its way."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of a traceable lot, in the material's base unit."""

    material: str
    lot: str
    quantity: int
    received_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A receipt on its way."""

    material: str
    reference: str
    quantity: int
    at_s: int


@dataclass(slots=True)
class Store:
    """All material of the plant; `kept` is false for a plant that keeps no stock: nothing runs out there."""

    kept: bool = False
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict[tuple[str, str], Lot])
    """(material, lot) -> what is left, oldest first."""
    expected: dict[str, Expected] = field(default_factory=dict[str, Expected])
