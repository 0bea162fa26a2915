"""Changeovers, working time, carriers and standard costs."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from plant_config import (
    changeover,
    cut_offs,
    due_of,
    family_parts,
    initial_family,
    origin_utc,
    plant_s_of,
    premium,
    standard_cost,
    utc_of,
    windows,
)
from plant_config.costing import own_seconds, rounded
from tests.plant_config.small import order

H = 3600


def test_a_family_is_read_back_into_words_and_numbers():
    assert family_parts("yarn=ink;gauge=12") == {"yarn": "ink", "gauge": 12}
    assert family_parts("") == {}


def test_the_morning_has_a_family(plant):
    assert initial_family(plant.groups["cutting"]) == "colour=red;shade=50"
    assert initial_family(plant.groups["hands"]) == ""


def test_the_first_rule_that_holds_decides_a_changeover(plant):
    cutting = plant.groups["cutting"]
    dark = changeover(cutting, "colour=red;shade=50", "colour=black;shade=10")
    light = changeover(cutting, "colour=red;shade=50", "colour=white;shade=90")
    assert dark is not None
    assert light is not None
    assert (dark.takes, dark.says, dark.cleaning) == (300, "to dark", False)
    assert (light.takes, light.cost, light.cleaning) == (1200, 300, True)


def test_no_change_of_family_takes_nothing(plant):
    cutting = plant.groups["cutting"]
    assert changeover(cutting, "colour=red;shade=50", "colour=red;shade=50") is None
    assert changeover(cutting, "", "colour=red;shade=50") is None
    assert changeover(plant.groups["hands"], "a=1", "a=2") is None


def test_shifts_that_meet_are_one_window(plant):
    assert windows(plant, "cutting", 0, 2) == ((0, 16 * H), (24 * H, 40 * H))
    assert windows(plant, "cutting", 1, 1) == ((24 * H, 40 * H),)


def test_a_shift_may_pass_midnight(plant):
    assert windows(plant, "baking", 0, 1) == ((0, 8 * H), (17 * H, 19 * H))


def test_a_carrier_leaves_strictly_after(plant):
    assert due_of(plant, "Noon", 0) == 6 * H
    assert due_of(plant, "Noon", 6 * H - 1) == 6 * H
    assert due_of(plant, "Noon", 6 * H) == 30 * H
    assert due_of(plant, "Evening", -1) == 15 * H
    assert due_of(plant, "Noon", 0, day=2) == 54 * H
    with pytest.raises(KeyError):
        due_of(plant, "Never", 0)


def test_departures_are_listed_in_order_with_the_end_included(plant):
    assert cut_offs(plant, 0, 30 * H) == ((6 * H, "Noon"), (15 * H, "Evening"), (30 * H, "Noon"))
    assert cut_offs(plant, 6 * H, 15 * H) == ((15 * H, "Evening"),)


def test_plan_seconds_are_instants_of_the_plants_time_zone(plant):
    origin = origin_utc(plant, date(2026, 11, 24))
    assert origin == datetime(2026, 11, 24, 5, tzinfo=UTC)
    assert origin_utc(plant, date(2026, 7, 1)) == datetime(2026, 7, 1, 4, tzinfo=UTC)
    assert plant_s_of(origin, utc_of(origin, 12_345)) == 12_345
    assert plant_s_of(origin, datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC)) == -1


def test_an_operation_bears_its_part_of_a_batch(plant):
    from plant_config import route

    routing = route(order(plant, "7", (1, {"size": "2", "crisp": "baked"})), plant)
    bake = routing.operations["7/1.1/bake"]
    assert own_seconds(plant.groups["baking"].batch, bake, 600) == Fraction(660, 4)


def test_a_standard_cost_adds_time_and_material(plant):
    asked = order(plant, "7", (1, {"size": "2"}))
    # cut 90 + 100 s, join 300 s, stuff 2 x 60 s, pack 180 s at one cent a second;
    # 300 g of cloth, one box
    assert standard_cost(plant, asked) == 90 + 100 + 300 + 120 + 180 + 300 + 50


def test_a_premium_counts_every_piece_of_an_order(plant):
    assert premium(plant, order(plant, "7", (2, {"size": "2"}), (1, {"size": "1"}))) == 400


def test_half_a_cent_is_rounded_up():
    assert [rounded(Fraction(n, 2)) for n in (1, 2, 3)] == [1, 1, 2]
