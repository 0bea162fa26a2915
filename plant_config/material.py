"""Materials: what steps use up, in base units, at a standard cost."""

from dataclasses import dataclass
from typing import Literal

from plant_config.units import Amount, Cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Something that is used up. `price` is for `per` base units (mg, ul or pieces)."""

    name: str
    label: str = ""
    unit: Literal["mg", "ul", "piece"]
    price: Cents
    per: Amount
