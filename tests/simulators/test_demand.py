"""Order streams: the same seed, the same day; every row can be ordered."""

import csv
import io

import pytest

from plant_config import Spec, configure, load, read_folder, shipped
from simulators.demand import as_csv, rows

PLANT = load(read_folder(shipped("sneaker")))


def test_every_drawn_order_can_be_built():
    drawn = rows(PLANT, 20, seed=4)
    shoe = PLANT.products["shoe"]
    for row in drawn:
        asked = {f.name: row[f.name] for f in shoe.features if row.get(f.name)}
        assert isinstance(configure(shoe, asked), Spec)
    assert len({row["order"] for row in drawn}) == 20
    assert {row["carrier"] for row in drawn} == {"Nord Parcel", "Night Express"}
    assert {row["quantity"] for row in drawn} >= {"1", "2"}


@pytest.mark.parametrize("other", [5, 6])
def test_a_seed_is_a_day(other):
    assert rows(PLANT, 3, seed=4) == rows(PLANT, 3, seed=4)
    assert rows(PLANT, 3, seed=4) != rows(PLANT, 3, seed=other)


def test_the_rows_are_a_csv_file():
    drawn = rows(PLANT, 5, seed=1)
    assert [dict(row) for row in csv.DictReader(io.StringIO(as_csv(drawn)))] == [
        dict(r) for r in drawn
    ]
