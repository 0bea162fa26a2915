"""Whether a part fits on a plate by itself, whichever way it is turned, and how that is said."""

from scheduler.shape import Plate, Shape

MM = 1000
CORNERS = 3


def too_large(plate: Plate | None, shape: Shape | None) -> bool:
    """Say whether no turn lets a part lie within a plate's border."""
    if plate is None or shape is None:
        return False
    # Geometry takes a third of a second to load, and most problems have none.
    from scheduler.nesting.turned import turns  # noqa: PLC0415

    return not turns(shape, plate)


def outline_fault(shape: Shape) -> str | None:
    """Say as a clause why a shape is no outline; None when it is one."""
    if any(len(set(ring)) < CORNERS for ring in shape.rings):
        return "has a line of fewer than three corners"
    import shapely  # noqa: PLC0415 see above

    polygon = shapely.Polygon(shape.rings[0], shape.rings[1:])
    if not polygon.is_valid:
        return f"crosses or touches itself: {shapely.is_valid_reason(polygon)}"
    return None if polygon.area else "covers nothing"


def measures(shape: Shape) -> str:
    """Say how large a part is as it is drawn: `410 x 320 mm`."""
    xs, ys = zip(*shape.rings[0], strict=True)
    return f"{_mm(max(xs) - min(xs))} x {_mm(max(ys) - min(ys))} mm"


def plate_measures(plate: Plate) -> str:
    """Say how large a plate is."""
    return f"{_mm(plate.width_um)} x {_mm(plate.depth_um)} mm"


def _mm(length_um: int) -> str:
    return f"{length_um / MM:.3f}".rstrip("0").rstrip(".")
