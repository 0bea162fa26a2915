"""A step's footprint, filled in: what a part of known measure covers."""

from functools import lru_cache

from plant_config.drawn import drawn
from plant_config.expression import Environment
from plant_config.footprint import Footprint, Rings, area_mm2, box_of, stretched
from plant_config.identity import Same
from plant_config.plant import Plant
from plant_config.process import Step


def outline_of(plant: Plant, step: Step, known: Environment) -> Rings:
    """Return what a part covers; nothing where the step says no outline."""
    footprint = step.outline
    if footprint is None:
        return ()
    width, depth = (
        None if side is None else side.number(known) for side in (footprint.width, footprint.depth)
    )
    return outlined(plant, step, known.get("piece", ""), width, depth)


def outlined(
    plant: Plant, step: Step, piece: int | str, width: int | None, depth: int | None
) -> Rings:
    """Return the outline of a measure; nothing where the step says none."""
    footprint = step.outline
    if footprint is None:
        return ()
    line = _line(Same(plant), Same(step), piece) if footprint.piece else _corners(footprint)
    if not line:
        assert width is not None, "A footprint without corners states both sides."
        assert depth is not None, "A footprint without corners states both sides."
        return box_of(width, depth)
    return stretched(line, width, depth)


def size_of(size: int | None, outline: Rings) -> int:
    """Return what counts against a capacity: what is stated, or else the area of the outline."""
    return (area_mm2(outline) if outline else 0) if size is None else size


def _corners(footprint: Footprint) -> Rings:
    return (footprint.points_mm, *footprint.holes_mm) if footprint.points_mm else ()


@lru_cache(maxsize=1024)
def _line(plant: Same[Plant], step: Same[Step], piece: int | str) -> Rings:
    for name, steps in plant.value.processes.items():
        if any(each is step.value for each in steps):
            found = next(each for each in plant.value.products[name].pieces if each.name == piece)
            assert found.outline is not None, "A plant without it is refused when it is loaded."
            line = drawn(found.outline.width, found.outline.height, found.outline.path)
            assert line is not None, "A plant without it is refused when it is loaded."
            return line
    raise KeyError(step.value.name)
