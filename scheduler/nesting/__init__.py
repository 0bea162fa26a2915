"""Which parts fit on one plate: by size, as boxes, and by their outlines.

`lay` needs numpy and shapely and is imported from its own module, where a plant states outlines.
"""

from scheduler.nesting.sums import fill, fits

__all__ = ["fill", "fits"]
