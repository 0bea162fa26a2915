"""Whether parts lie right: exact geometry, which knows nothing of how their places were found."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import shapely
from shapely.affinity import rotate, translate

from scheduler.nesting.laid import Laid
from scheduler.nesting.lay import lay, rank
from scheduler.shape import Plate, Shape

TOLERANCE_UM = 0.01
"""Places are floats; a hundredth of a micrometre is no overlap."""
KEPT = 1 << 16


def flaws(plate: Plate, shapes: Sequence[Shape], places: Sequence[Laid]) -> Iterator[str]:
    """Say which parts are missing, stick out or come too close; silence means that all lie right."""
    if sorted(each.part for each in places) != list(range(len(shapes))):
        yield "not each part lies there once"
    lying = [(each.part, _polygon(shapes[each.part], each)) for each in places]
    for part, polygon in lying:
        left, bottom, right, top = polygon.bounds
        inside = min(left, bottom, plate.width_um - right, plate.depth_um - top)
        if inside < -TOLERANCE_UM:
            yield f"part {part} sticks out by {-inside:.0f} um"
    for (one, a), (other, b) in combinations(lying, 2):
        apart = a.distance(b)
        if apart < plate.gap_um - TOLERANCE_UM:
            yield f"parts {one} and {other} are {apart:.0f} um apart"
        elif apart <= TOLERANCE_UM and a.intersection(b).area > TOLERANCE_UM * a.length:
            yield f"parts {one} and {other} overlap"


def _polygon(shape: Shape, place: Laid) -> shapely.Polygon:
    turned = rotate(_drawn(shape), place.degrees, origin=(0, 0))
    return translate(turned, place.x_um, place.y_um)


@lru_cache(maxsize=4096)
def _drawn(shape: Shape) -> shapely.Polygon:
    return shapely.Polygon(shape.rings[0], shape.rings[1:])


def lie_right(plate: Plate, shapes: Sequence[Shape]) -> bool:
    """Say whether there is an arrangement of these parts, found by `lay` and right by itself."""
    return _found_right(plate, tuple(sorted(shapes, key=rank)))


@lru_cache(maxsize=KEPT)
def _found_right(plate: Plate, shapes: tuple[Shape, ...]) -> bool:
    places = lay(plate, shapes)
    return places is not None and next(flaws(plate, shapes, places), None) is None
