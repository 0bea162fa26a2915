"""Where a part lies on a plate."""

from typing import NamedTuple


class Laid(NamedTuple):
    """A part turned counter-clockwise about its origin, and then moved. The plate's corner is 0 0."""

    part: int
    """Its place among the parts that were asked about."""
    degrees: float
    x_um: float
    y_um: float
