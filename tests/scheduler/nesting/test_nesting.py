"""The nester, held against geometry that knows nothing of it."""

from itertools import permutations
from random import Random

import numpy as np
import pytest
import shapely
from parts import MM, box, lies_right, plate, polygon, random_shape

from scheduler.nesting.boxes import as_boxes
from scheduler.nesting.laid import Laid
from scheduler.nesting.lay import is_proven_too_much, lay
from scheduler.nesting.memory import nests_of
from scheduler.nesting.overlap import flaws, lie_right
from scheduler.nesting.raster import Board, cell_of, stacked
from scheduler.nesting.turned import touched, turns


@pytest.mark.parametrize("seed", range(40))
def test_what_is_laid_lies_right(seed):
    chance = Random(seed)
    on = plate(chance.uniform(100, 300), chance.uniform(100, 300), chance.choice((0, 0.5, 2, 7)))
    shapes = [random_shape(chance) for _ in range(chance.randint(1, 9))]
    places = lay(on, shapes)
    while places is None and shapes:
        shapes.pop()
        places = lay(on, shapes)
    assert places is not None
    assert lies_right(on, shapes, places)
    assert not list(flaws(on, shapes, places))
    assert not is_proven_too_much(on, shapes)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("way", ["boxes", "raster"])
def test_each_way_by_itself_lays_right(way, seed):
    chance = Random(seed)
    on = plate(200, 160, chance.choice((0, 3)))
    shapes = [random_shape(chance, 70) for _ in range(6)]
    while shapes:
        if way == "boxes":
            places = as_boxes(on, shapes)
        else:
            board = stacked(Board(on, cell_of(on, 90)), shapes, range(len(shapes)))
            places = board.laid if isinstance(board, Board) else None
        if places is not None:
            break
        shapes.pop()
    assert len(shapes) > 1
    assert lies_right(on, shapes, places)


def test_outlines_find_room_where_boxes_do_not():
    bracket = polygon([(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)])
    on = plate(150, 105, 2)
    assert as_boxes(on, [bracket, bracket]) is None
    assert lies_right(on, [bracket, bracket], lay(on, [bracket, bracket]))


def test_a_part_lies_in_the_hole_of_another():
    frame = polygon(
        [(0, 0), (100, 0), (100, 100), (0, 100)], [(20, 20), (20, 80), (80, 80), (80, 20)]
    )
    on = plate(100, 100, 2)
    assert lies_right(on, [frame, box(50, 50)], lay(on, [frame, box(50, 50)]))
    assert lay(on, [frame, box(59, 59)]) is None


@pytest.mark.parametrize("gap_mm", [0, 2])
def test_what_fits_to_the_micrometre_fits(gap_mm):
    on = plate(300, 200, gap_mm)
    assert lay(on, [box(300, 200)]) is not None
    assert lay(on, [box(200, 300)]) is not None
    assert lay(on, [box(300.001, 200)]) is None
    half = (300 - gap_mm) / 2
    assert lies_right(on, [box(half, 200)] * 2, lay(on, [box(half, 200)] * 2))
    assert lay(on, [box(half, 200), box(half + 0.01, 200)]) is None


def test_six_squares_fill_a_plate_and_a_seventh_is_proven_too_much():
    on = plate(300, 200)
    assert lay(on, [box(100, 100)] * 6) is not None
    assert is_proven_too_much(on, [box(100, 100)] * 7)
    assert lay(on, [box(100, 100)] * 7) is None


def test_the_answer_does_not_depend_on_the_order_of_parts():
    chance = Random(5)
    on = plate(160, 150, 2)
    shapes = [random_shape(chance, 90) for _ in range(4)]
    answers = [lay(on, order) for order in permutations(shapes)]
    assert len({answer is None for answer in answers}) == 1
    for order, answer in zip(permutations(shapes), answers, strict=True):
        assert answer is None or lies_right(on, order, answer)


@pytest.mark.parametrize("seed", range(60))
def test_a_part_is_too_large_only_if_no_turn_fits(seed):
    chance = Random(seed)
    on = plate(chance.uniform(60, 120), chance.uniform(30, 120), 3)
    shape = random_shape(chance, 150)
    outer = np.array(shape.rings[0], float)
    angles = np.radians(np.arange(0, 180, 0.05))[:, None]
    width = np.ptp(np.cos(angles) * outer[:, 0] - np.sin(angles) * outer[:, 1], axis=1)
    depth = np.ptp(np.sin(angles) * outer[:, 0] + np.cos(angles) * outer[:, 1], axis=1)
    room = np.minimum(on.width_um / width, on.depth_um / depth).max()
    if abs(room - 1) > 0.003:
        assert bool(turns(shape, on)) == (room > 1)


def test_a_stick_lies_across_the_plate_at_the_one_turn_that_fits():
    on = plate(300, 200)
    stick = box(354, 4)
    assert lay(on, [box(360, 4)]) is None
    assert lies_right(on, [stick], lay(on, [stick]))


@pytest.mark.parametrize("seed", range(20))
def test_every_cell_that_a_part_touches_is_marked(seed):
    chance = Random(seed)
    on = plate(200, 200, chance.choice((0, 4)))
    shape = random_shape(chance, 100)
    way = turns(shape, on)[chance.randrange(len(turns(shape, on)))]
    cell = 1500.0
    mask = touched(way, cell)
    ring, *holes = (np.array(each) for each in way.rings)
    part = shapely.Polygon(ring, holes)
    rows, columns = mask.shape
    for row in range(rows):
        for column in range(columns):
            square = shapely.box(column * cell, row * cell, (column + 1) * cell, (row + 1) * cell)
            covered = part.intersection(square).area / cell**2
            if covered > 1e-6:
                assert mask[row, column]
            if mask[row, column] and covered == 0:
                assert part.distance(square) < 1


@pytest.mark.parametrize("seed", range(30))
def test_a_part_that_is_moved_is_told_as_the_other_opinion_has_it(seed):
    chance = Random(seed)
    on = plate(200, 200, 2)
    shapes = [random_shape(chance, 80) for _ in range(5)]
    while (places := lay(on, shapes)) is None:
        shapes.pop()
    moved = list(places)
    at = chance.randrange(len(moved))
    moved[at] = moved[at]._replace(
        x_um=moved[at].x_um + chance.uniform(-40, 40) * MM,
        degrees=moved[at].degrees + chance.choice((0, 10)),
    )
    assert (not list(flaws(on, shapes, moved))) == lies_right(on, shapes, moved)


def test_flaws_are_told():
    on, shapes = plate(100, 100, 5), [box(40, 40), box(40, 40)]
    right = [Laid(0, 0.0, 0.0, 0.0), Laid(1, 0.0, 45_000.0, 0.0)]
    assert not list(flaws(on, shapes, right))
    for wrong, said in (
        (right[:1], "not each part"),
        ([right[0], right[0]], "not each part"),
        ([right[0], Laid(1, 0.0, 44_000.0, 0.0)], "4000 um apart"),
        ([right[0], Laid(1, 0.0, 61_000.0, 0.0)], "sticks out by 1000 um"),
        ([right[0], Laid(1, 0.0, 1_000.0, 0.0)], "0 um apart"),
    ):
        assert said in next(flaws(on, shapes, wrong))
    bare = plate(100, 100)
    assert "overlap" in next(flaws(bare, shapes, [right[0], Laid(1, 0.0, 39_000.0, 0.0)]))
    assert not list(flaws(bare, shapes, [right[0], Laid(1, 0.0, 40_000.0, 0.0)]))


def test_a_set_with_a_refused_one_in_it_is_refused_unasked():
    on = plate(100, 100)
    shapes = [box(60, 60), box(55, 50), box(10, 10)]
    nests = nests_of([on, None], [*shapes, shapes[2], None])
    assert nests is not None
    assert nests.fit(0, (0, 2))
    assert not nests.fit(0, (0, 1))
    asked = nests.plates[0].laid
    assert not nests.fit(0, (2, 0, 1))
    assert not nests.fit(0, (0, 1, 2, 3, 4))
    assert nests.fit(0, (3, 0)), "the same shapes were asked about before"
    assert nests.plates[0].laid == asked
    assert nests.fit(1, (0, 1, 2)), "what is no plate holds anything"
    assert nests.fit(0, (4,)), "what has no outline is not laid"


def test_remembered_refusals_never_change_what_the_judge_says():
    chance = Random(11)
    on = plate(150, 120, 2)
    shapes = [random_shape(chance, 70) for _ in range(12)]
    nests = nests_of([on], shapes)
    for _ in range(150):
        batch = tuple(sorted(chance.sample(range(12), chance.randint(1, 6))))
        if nests.fit(0, batch):
            assert lie_right(on, tuple(shapes[n] for n in batch))


def test_nothing_is_numbered_where_no_machine_has_a_plate():
    assert nests_of([None], [box(1, 1)]) is None
