"""Parameters of a recipe, and what machines measured, with their units as people read them."""

from collections.abc import Iterable

_UNITS = {
    "um": (1000, "mm", 1),
    "mg": (1000, "g", 0),
    "ul": (1000, "ml", 0),
    "mm": (1, "mm", 0),
    "g": (1, "g", 0),
    "c": (1, "°C", 0),
    "s": (60, "min", 0),
    "percent": (1, "%", 0),
    "mgpm3": (1, "mg/m³", 0),
}
"""Ending of a name -> how many of it make one of the unit shown, that unit, and its digits."""
_SHORT_S = 90


def parameters(named: Iterable[tuple[str, int | str]]) -> str:
    """Say parameters in a row: `height 24.0 mm, temperature 64 °C, yarns ink`."""
    return ", ".join(_parameter(name, value) for name, value in named)


def _parameter(name: str, value: int | str) -> str:
    words, _, ending = name.rpartition("_")
    if isinstance(value, str) or not words or ending not in _UNITS:
        shown = f"{value:,}" if isinstance(value, int) else value.replace("+", " + ")
        return f"{name.replace('_', ' ')} {shown}"
    many, unit, digits = _UNITS[ending]
    if ending == "s" and value < _SHORT_S:
        many, unit = 1, "s"
    return f"{words.replace('_', ' ')} {value / many:,.{digits}f} {unit}"
