"""Quantities as people write them, `1 h 30 min` or `EUR 9.50`, as whole base units and back."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from plant_config.wording import TextError, one_of

BASE = {
    "time": "s",
    "mass": "mg",
    "length": "um",
    "area": "mm2",
    "volume": "ul",
    "temperature": "C",
}
"""Dimension -> the unit in which it is kept."""

UNITS: dict[str, tuple[str, int]] = {
    "s": ("time", 1),
    "min": ("time", 60),
    "h": ("time", 3600),
    "d": ("time", 86400),
    "mg": ("mass", 1),
    "g": ("mass", 1000),
    "kg": ("mass", 1_000_000),
    "um": ("length", 1),
    "mm": ("length", 1000),
    "cm": ("length", 10_000),
    "m": ("length", 1_000_000),
    "mm2": ("area", 1),
    "cm2": ("area", 100),
    "m2": ("area", 1_000_000),
    "ul": ("volume", 1),
    "mm3": ("volume", 1),
    "ml": ("volume", 1000),
    "cm3": ("volume", 1000),
    "l": ("volume", 1_000_000),
    "C": ("temperature", 1),
}
"""Unit -> (dimension, how many base units it is)."""

_EXAMPLE = {"time": "45 s", "mass": "575 g", "length": "25 mm", "area": "390 cm2"}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+[23]?)\s*")
_SIGNED = re.compile(r"\s*(-?)\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+[23]?)\s*")
_MONEY = re.compile(r"(-?)\s*([A-Z]{3})\s*(-?)(\d+)(?:\.(\d{2}))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DAY_S = 86400


def parse_quantity(text: object, dimension: str) -> int:
    """Return whole base units of a dimension: `1 h 30 min` as 5400."""
    example = _EXAMPLE.get(dimension, f"12 {BASE[dimension]}")
    if isinstance(text, str) and text.strip().isdecimal():
        text = int(text)
    if isinstance(text, int | float) and not isinstance(text, bool):
        unit = BASE[dimension]
        raise TextError(
            f"a number without a unit; expected a {dimension} such as {example!r}", f"{text} {unit}"
        )
    if not isinstance(text, str):
        raise TextError(f"expected a {dimension} such as {example!r}")
    total, at = Fraction(0), 0
    while at < len(text) or at == 0:
        part = _PART.match(text, at)
        if part is None:
            raise TextError(f"expected a {dimension} such as {example!r}", None, at + 1)
        total += whole_units(part[1], part[2], dimension, at + 1)
        at = part.end()
    return int(total)


def whole_units(number: str, unit: str, dimension: str | None = None, column: int = 1) -> int:
    """Return `number` of `unit` in base units, which must come out whole."""
    known = {u for u, (of, _) in UNITS.items() if dimension in (None, of)}
    if unit not in known:
        listed = one_of(u for u in UNITS if u in known)
        raise TextError(f"no unit {unit!r} here; expected {listed}", None, column)
    kind, factor = UNITS[unit]
    amount = Fraction(number) * factor
    if amount.denominator != 1:
        raise TextError(f"not a whole number of {BASE[kind]}", None, column)
    return int(amount)


def parse_seconds(text: object) -> int:
    """Return seconds: `45 s`, `12 min`, `1 h 30 min`."""
    return parse_quantity(text, "time")


def parse_length(text: object) -> int:
    """Return micrometres: `25 mm`, `0.4 m`."""
    return parse_quantity(text, "length")


def parse_cents(text: object) -> int:
    """Return cents of an amount that names its currency: `EUR 9.50`, `-EUR 3.00`."""
    found = _MONEY.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        bare = isinstance(text, int | float) and not isinstance(text, bool)
        maybe = f"EUR {float(text):.2f}" if bare else None  # type: ignore[arg-type]
        raise TextError("expected an amount with its currency such as 'EUR 9.50'", maybe)
    cents = int(found[4]) * 100 + int(found[5] or 0)
    return -cents if found[1] or found[3] else cents


def parse_clock(text: object) -> int:
    """Return seconds after local midnight of `06:00`; `24:00` ends the day."""
    found = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 if found else _DAY_S + 1
    if found is None or seconds > _DAY_S or int(found[2]) >= 60:  # noqa: PLR2004
        raise TextError("expected a time of day such as '06:00', at most '24:00'")
    return seconds


def parse_amount(value: object) -> object:
    """Return base units of a text with a unit (`390 cm2`); anything else passes unchanged."""
    if isinstance(value, str):
        found = _SIGNED.fullmatch(value)
        if found and found[3] in UNITS:
            amount = whole_units(found[2], found[3])
            return -amount if found[1] else amount
    return value


def format_seconds(seconds: int) -> str:
    """Write a duration so that `parse_seconds` reads it back: `1 h 30 min`."""
    parts, rest = [], abs(seconds)
    for unit, factor in (("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, factor)
        if count:
            parts.append(f"{count} {unit}")
    return ("-" if seconds < 0 else "") + (" ".join(parts) or "0 s")


def format_cents(cents: int, currency: str = "EUR") -> str:
    """Write an amount: `EUR 9.50`, `-EUR 3.00`."""
    euros, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{currency} {euros}.{rest:02d}"


def format_clock(seconds: int) -> str:
    """Write a time of day: `06:00`."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def format_quantity(amount: int, dimension: str) -> str:
    """Write base units in the largest unit that needs no fraction: `575 g`."""
    fitting = [(f, u) for u, (of, f) in UNITS.items() if of == dimension and amount % f == 0]
    factor, unit = max(fitting) if amount else (1, BASE[dimension])
    return f"{amount // factor} {unit}"


def _schema(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


Seconds = Annotated[int, BeforeValidator(parse_seconds), _schema("1 h 30 min")]
"""A duration, written with its unit."""
Length = Annotated[int, BeforeValidator(parse_length), _schema("25 mm")]
"""A length, written with its unit; micrometres."""
Cents = Annotated[int, BeforeValidator(parse_cents), _schema("EUR 9.50")]
"""Money, written with its currency."""
ClockTime = Annotated[int, BeforeValidator(parse_clock), _schema("06:00")]
"""Seconds after local midnight, written as a time of day."""
Amount = Annotated[
    int,
    BeforeValidator(parse_amount),
    WithJsonSchema({"type": ["integer", "string"], "examples": [8, "390 cm2"]}),
]
"""A count, or a quantity with its unit, in base units (mg, um, mm2, ul, s)."""
Fact = Annotated[int | str, BeforeValidator(parse_amount)]
"""A word, a count, or a quantity with its unit, in base units (mg, um, mm2, ul, s)."""
