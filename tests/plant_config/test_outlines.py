"""Outlines of parts and plates in a plant's files: read, proved, and told where they are wrong."""

from math import cos, radians, sin
from random import Random

import pytest

from plant_config import Line, Order, PlantErrors, check, configure, load, oversize, route
from plant_config.drawn import drawn
from plant_config.footprint import Plate, area_mm2, measures, stretched
from plant_config.turning import lies_on
from tests.plant_config.small import changed as changed_once


def changed(files, *changes):
    """The files with one change after another."""
    for file, old, new in changes:
        files = changed_once(files, file, old, new)
    return files


PLATE = ("machines.yaml", "capacity: 4,", "plate: {width: 200 mm, depth: 100 mm, gap: 2 mm},")
BAKED = ("processes/doll.yaml", "takes: 10 min\n    size: 1\n")
DRAWN = (
    "products/doll.yaml",
    "{name: front, short: F}",
    '{name: front, short: F, outline: {width: 10, height: 20, path: "M 0 0 L 10 0 L 0 20 Z"}}',
)
ALSO_DRAWN = (
    "products/doll.yaml",
    "{name: back, short: B}",
    "{name: back, short: B, outline: {width: 10, height: 20}}",
)


def outline(text, size=""):
    """A change that gives the step `bake` an outline in place of its size."""
    return (*BAKED, f"takes: 10 min\n{size}    outline: {text}\n")


def doll(plant, size="2"):
    spec = configure(plant.products["doll"], {"size": size, "crisp": "baked"})
    return Order(id="o", lines=(Line(1, spec, 1),), release_s=0, due_s=9, cut_off="Noon")


def baked(plant, size="2"):
    found = route(doll(plant, size), plant).operations.values()
    return [each for each in found if each.step == "bake"]


def test_a_box_follows_the_options(files):
    plant = load(changed(files, PLATE, outline("{width: size.length * 1 mm, depth: 30 mm}")))
    front, _ = baked(plant)
    assert measures(front.outline) == (20_000, 30_000)
    assert front.size == 600, "without a size, the area in mm2 counts"
    assert plant.groups["baking"].batch.capacity == 20_000
    assert check(plant) == ()


def test_points_are_millimetres_and_have_holes(files):
    points = "points_mm: [[0, 0], [40.5, 0], [40.5, 40], [0, 40]]"
    holes = "holes_mm: [[[10, 10], [10, 30], [30, 30], [30, 10]]]"
    plant = load(changed(files, PLATE, outline(f"{{{points}, {holes}}}")))
    front, _ = baked(plant)
    assert front.outline[0] == ((0, 0), (40_500, 0), (40_500, 40_000), (0, 40_000))
    assert front.size == 40.5 * 40 - 400
    bigger = load(changed(files, PLATE, outline(f"{{{points}, {holes}, width: 81 mm}}")))
    assert measures(baked(bigger)[0].outline) == (81_000, 80_000), "the other side in proportion"


def test_a_piece_lies_as_it_is_drawn(files):
    plant = load(
        changed(
            files, PLATE, DRAWN, ALSO_DRAWN, outline("{piece: true, depth: size.length * 1 mm}")
        )
    )
    front, back = baked(plant)
    assert len(front.outline[0]) == 3
    assert len(back.outline[0]) == 4
    assert measures(front.outline) == measures(back.outline) == (10_000, 20_000)
    assert (front.size, back.size) == (100, 200)


def test_a_stated_size_is_kept(files):
    plant = load(
        changed(files, PLATE, outline("{width: 20 mm, depth: 30 mm}", size="    size: 900\n"))
    )
    assert baked(plant)[0].size == 900


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{width: 20 mm}", "an outline states width and depth, points_mm, or piece: true"),
        ("{points_mm: [[0, 0], [9, 9]]}", "a line needs three corners at the least"),
        (
            "{points_mm: [[0, 0], [9, 9], [9, 0], [0, 9]]}",
            "crosses or touches itself or another one near 4.5 4.5",
        ),
        (
            "{points_mm: [[0, 0], [9, 0], [9, 9]], holes_mm: [[[20, 20], [21, 20], [21, 21]]]}",
            "crosses or touches itself or another",
        ),
        (
            "{points_mm: [[0, 0], [9, 0], [9, 1 mm]]}",
            "expected a number of millimetres such as 12.5",
        ),
        ("{points_mm: [[0, 0], [9, 0], [9, 1.00001]]}", "not a whole number of micrometres"),
        ("{holes_mm: [[[0, 0], [1, 0], [1, 1]]]}", "holes_mm lie in points_mm"),
        ("{piece: true}", "state its width, depth or both"),
        ("{piece: true, width: 9 mm}", "piece 'front' of doll has no outline"),
        ("{piece: true, width: 9 mm, points_mm: [[0, 0], [9, 0], [9, 1]]}", "not both"),
        ("{width: size.lenght * 1 mm, depth: 3 mm}", "size.length"),
        ("{with: 3 mm, depth: 3 mm}", "no such key"),
    ],
)
def test_a_mistake_in_an_outline_is_told_with_its_place(files, text, said):
    with pytest.raises(PlantErrors) as raised:
        load(changed(files, PLATE, outline(text)))
    told = str(raised.value)
    assert said in told
    assert told.startswith("processes/doll.yaml:19:"), told


@pytest.mark.parametrize(
    ("plate", "said"),
    [
        ("{width: 200 mm, depth: 0 mm}", "a plate has a width and a depth above 0"),
        ("{width: 20 m, depth: 1 m}", "at most 10 m"),
        ("{width: 200, depth: 100 mm}", "a number without a unit"),
        ("{width: 200 mm}", "misses 'depth'"),
        ("{width: 200 mm, depth: 100 mm, gap: 100 mm}", "the gap between parts must be smaller"),
        ("{width: 200 mm, depth: 100 mm, gap: 2 g}", "no unit 'g' here"),
    ],
)
def test_a_mistake_in_a_plate_is_told_with_its_place(files, plate, said):
    with pytest.raises(PlantErrors) as raised:
        load(changed(files, ("machines.yaml", "capacity: 4,", f"plate: {plate},")))
    told = str(raised.value)
    assert said in told
    assert told.startswith("machines.yaml:26:"), told


def test_plates_and_outlines_need_each_other(files):
    with pytest.raises(PlantErrors, match="baking has plates, so the step must say its outline"):
        load(changed(files, PLATE))
    with pytest.raises(PlantErrors, match="no group that offers 'bake' has a plate"):
        load(changed(files, outline("{width: 20 mm, depth: 30 mm}")))


def test_a_piece_needs_a_step_for_units_and_one_closed_line(files):
    broken = (*DRAWN[:2], DRAWN[2].replace("L 0 20 Z", "L 0 20 Z M 1 1 L 2 2 L 1 2 Z"))
    for change, said in (
        (broken, "the outline of piece 'front' is not one closed line"),
        (
            (*DRAWN[:2], DRAWN[2].replace("L 10 0 L 0 20", "L 10 20 L 10 0 L 0 20")),
            "crosses itself",
        ),
    ):
        with pytest.raises(PlantErrors, match=said):
            load(changed(files, PLATE, change, ALSO_DRAWN, outline("{piece: true, width: 9 mm}")))


def test_check_finds_a_spec_whose_part_is_too_large_for_every_plate(files):
    plant = load(changed(files, PLATE, outline("{width: size.length * 6 mm, depth: 30 mm}")))
    found = check(plant)
    assert {each.truth for each in found} == {"every_spec_has_a_route"}
    assert "it is 240 x 30 mm, and the largest plate, in baking, is 200 x 100 mm" in str(found[0])
    assert dict(found[0].witness.options)["size"] == "3"
    assert oversize(doll(plant, "2"), plant) is None
    why = oversize(doll(plant, "3"), plant)
    assert why.startswith("o/1.1/bake is larger than every plate: it is 240 x 30 mm")


def test_check_finds_a_side_that_is_no_length(files):
    plant = load(changed(files, PLATE, outline("{width: (size.length - 20) * 1 mm, depth: 30 mm}")))
    told = [str(each) for each in check(plant)]
    assert any("outline width: 0 um is no length above 0" in each for each in told), told


def test_a_part_too_high_for_the_plate_has_no_machine(files):
    low = ("machines.yaml", "capacity: 4,", "plate: {width: 200 mm, depth: 100 mm, height: 40 mm},")
    box = "{width: 20 mm, depth: 30 mm}\n    height: size.length * 1 mm"
    assert check(load(changed(files, low, outline(box)))) == ()
    high = box.replace("1 mm", "2 mm")
    plant = load(changed(files, low, outline(high)))
    assert "it is 20 x 30 x 80 mm, and the largest plate, in baking, is 200 x 100 x 40 mm" in str(
        check(plant)[0]
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_part_lies_on_a_plate_if_any_turn_fits(seed):
    chance = Random(seed)
    ring = tuple((chance.randrange(90_000), chance.randrange(90_000)) for _ in range(5))
    plate = Plate(width=chance.randrange(30_000, 110_000), depth=chance.randrange(10_000, 110_000))
    room = 0.0
    for step in range(3600):
        c, s = cos(radians(step / 20)), sin(radians(step / 20))
        across = [c * x - s * y for x, y in ring]
        up = [s * x + c * y for x, y in ring]
        wide, deep = max(across) - min(across), max(up) - min(up)
        room = max(room, min(plate.width / wide, plate.depth / deep))
    if abs(room - 1) > 0.003:
        assert lies_on((ring,), 0, plate) == (room > 1)


def test_a_drawn_curve_becomes_corners():
    circle = drawn(
        200,
        200,
        "M 0 100 C 0 45 45 0 100 0 C 155 0 200 45 200 100 C 200 155 155 200 100 200 C 45 200 0 155 0 100 Z",
    )
    assert circle is not None
    assert abs(area_mm2(circle) - 3.1416 * 100 * 100) < 400
    assert measures(stretched(circle, 50_000, None)) == (50_000, 50_000)
    assert drawn(10, 10, "M 0 0 L 10 0 Z") is None
    assert drawn(10, 10, "M 0 0 L 10 0 L 5") is None
    assert drawn(10, 10, "L 0 0 L 10 0 L 5 5 Z") is None
    assert drawn(10, 10, "M 0 0 Q 10 0 10 10 Z") is not None
