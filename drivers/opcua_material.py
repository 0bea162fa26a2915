"""What a cycle used up as ISA-95 MaterialActuals, and back.

Source: OPC 10031-4 v2.00, clause 6.3.6 (ISA95MaterialDataType: one of its ids must be
defined; uses as in ISA-95 part 2); unit ids are the UNECE Recommendation
20 common codes as OPC 10000-8, 5.6.3 (EUInformation) turns them into numbers.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

from asyncua import ua

from drivers.driver import Used

Structure: TypeAlias = Any
_Unit: TypeAlias = Literal["mg", "ul", "piece"]

CONSUMED = "material consumed"
_CONSUMED = frozenset({CONSUMED, "consumed", "consumable"})
EVERYTHING = "everything"
"""Material class of a figure that is not about one material."""
UNITS_URI = "http://www.opcfoundation.org/UA/units/un/cefact"

_CODES: Mapping[str, tuple[_Unit, Decimal]] = {
    "MGM": ("mg", Decimal(1)),
    "GRM": ("mg", Decimal(1_000)),
    "KGM": ("mg", Decimal(1_000_000)),
    "MLT": ("ul", Decimal(1_000)),
    "LTR": ("ul", Decimal(1_000_000)),
    "4G": ("ul", Decimal(1)),
    "C62": ("piece", Decimal(1)),
    "H87": ("piece", Decimal(1)),
}
"""UNECE code -> base unit, how many of them it is: milligram, gram, kilogram, millilitre, litre,
microlitre, one, piece."""
_CODE_OF: Mapping[_Unit, str] = {"mg": "MGM", "ul": "4G", "piece": "C62"}
_MOST = 10**15


def encode_used(used: Iterable[Used]) -> list[Structure]:
    """Return what was used up as ISA95MaterialDataType."""
    return [
        ua.ISA95MaterialDataType(  # type: ignore[attr-defined]
            MaterialClassID=None if each.material else EVERYTHING,
            MaterialDefinitionID=each.material or None,
            MaterialUse=CONSUMED,
            Quantity=str(each.quantity),
            EngineeringUnits=ua.EUInformation(
                NamespaceUri=UNITS_URI,
                UnitId=unit_id(_CODE_OF[each.unit]),
                DisplayName=ua.LocalizedText(each.unit),
            ),
        )
        for each in used
    ]


def decode_used(actuals: Iterable[Structure]) -> tuple[Used, ...]:
    """Return what material actuals say was consumed, as far as it is in a unit that is known."""
    return tuple(used for each in actuals if (used := _used(each)) is not None)


def unit_id(code: str) -> int:
    """Return the number of a UNECE code: its characters as bytes, the first one highest."""
    return int.from_bytes(code.encode("ascii"), "big")


def _used(actual: Structure) -> Used | None:
    if (getattr(actual, "MaterialUse", None) or CONSUMED).lower() not in _CONSUMED:
        return None
    units = getattr(actual, "EngineeringUnits", None)
    code = next((c for c in _CODES if units is not None and unit_id(c) == units.UnitId), None)
    if code is None:
        return None
    unit, factor = _CODES[code]
    try:
        amount = Decimal(str(actual.Quantity)) * factor
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < _MOST:
        return None
    return Used(
        quantity=int(amount.to_integral_value()),
        unit=unit,
        material=getattr(actual, "MaterialDefinitionID", None) or "",
    )
