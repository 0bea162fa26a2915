"""Materials: what steps use up, in base units, at a standard cost, and what of them is in store."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from plant_config.units import UNITS, Amount, Cents, Seconds, parse_quantity
from plant_config.wording import TextError

BaseUnit: TypeAlias = Literal["mg", "ul", "piece"]

_DIMENSION = {"mg": "mass", "ul": "volume"}
_PIECES = re.compile(r"\s*(\d+)\s*(?:pieces?|pcs?\.?)?\s*", re.IGNORECASE)
_SHOWN = {"mg": ((1_000_000, "kg"), (1000, "g"), (1, "mg")), "ul": ((1_000_000, "l"), (1000, "ml"))}
_PLACES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Something that is used up. `price` is for `per` base units (mg, ul or pieces)."""

    name: str
    label: str = ""
    unit: BaseUnit
    price: Cents
    per: Amount
    reorder_at: Amount = 0
    """Order more when less than this is free; 0: nobody watches it."""
    lot_size: Amount = 0
    """How much comes at once; 0: as much as is ordered."""
    lead_time: Seconds = 0
    """From the order to the receipt."""

    @property
    def shown(self) -> str:
        """Return what people call it."""
        return self.label or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLot:
    """A lot that is in the store when a journal begins."""

    material: str
    lot: str
    quantity: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningReceipt:
    """A receipt that is announced when a journal begins; `after` counts from the plant's second 0."""

    material: str
    reference: str
    quantity: Amount
    after: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """stock.yaml: what is there, and what is on its way, when a journal begins. A plant without this
    file keeps no stock: nothing runs out there."""

    lots: tuple[OpeningLot, ...] = ()
    expected: tuple[OpeningReceipt, ...] = ()


def parse_units(text: object, unit: BaseUnit) -> int:
    """Return base units of what people write for a material: `2 kg`, `40 ml`, `12`. Raises TextError."""
    if unit != "piece":
        return parse_quantity(text, _DIMENSION[unit])
    found = _PIECES.fullmatch(str(text)) if isinstance(text, str | int) else None
    if found is None or isinstance(text, bool):
        raise TextError("expected a number of pieces such as '12'")
    return int(found[1])


def said_units(quantity: int, unit: BaseUnit) -> str:
    """Write an amount of a material for people: `1.2 kg`, `120 g`, `12`."""
    if unit == "piece":
        return f"{quantity:,}"
    size = abs(quantity)
    factor, name = next((f, n) for f, n in _SHOWN[unit] if size >= f or (f, n) == _SHOWN[unit][-1])
    shown = f"{size / factor:,.{_PLACES}f}".rstrip("0").rstrip(".")
    sign = "\N{MINUS SIGN}" if quantity < 0 else ""
    return f"{sign}{shown} {name}"


def unit_example(unit: BaseUnit) -> str:
    """Show how an amount of a material is written."""
    return {"mg": "2 kg", "ul": "500 ml", "piece": "12"}[unit]


def units_of(unit: BaseUnit) -> tuple[str, ...]:
    """Return the units in which a material may be given."""
    if unit == "piece":
        return ("pieces",)
    return tuple(name for name, (of, _) in UNITS.items() if of == _DIMENSION[unit])
