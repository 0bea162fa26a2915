"""The stock file: what it says, and what is wrong with it, each with its place."""

import pytest

from plant_config.load import load
from plant_config.material import Stock, parse_units, said_units, unit_example, units_of
from plant_config.mistakes import PlantErrors
from plant_config.wording import TextError
from tests.plant_config.small import changed


def mistakes(files, *change):
    with pytest.raises(PlantErrors) as caught:
        load(changed(files, "stock.yaml", *change))
    return [str(error) for error in caught.value.errors]


def test_a_stock_file_says_lots_and_receipts(plant):
    assert plant.stock is not None
    assert [(lot.material, lot.lot, lot.quantity) for lot in plant.stock.lots] == [
        ("cloth", "C1", 40_000_000),
        ("box", "B1", 200),
    ]
    assert [(e.reference, e.quantity, e.after) for e in plant.stock.expected] == [
        ("PO7", 100, 86_400)
    ]


def test_a_plant_may_keep_no_stock_and_says_so(files):
    without = {name: text for name, text in files.items() if name != "stock.yaml"}
    assert load(without).stock is None
    assert load({**without, "stock.yaml": "lots: []"}).stock == Stock()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "material: cloth, lot",
            "material: clot, lot",
            "stock.yaml:2:16: 'clot': no such material",
        ),
        ("quantity: 40 kg", "quantity: 40 l", "stock.yaml:2:42"),
        ("quantity: 200", "quantity: 2 kg", "expected a number of pieces such as '12'"),
        ("quantity: 40 kg", "quantity: 40", "a number without a unit"),
        ("lot: B1", "batch: B1", "batch"),
        ("{material: box, lot: B1", "{material: cloth, lot: C1", "stands here twice"),
    ],
)
def test_a_mistake_in_it_has_its_place(files, old, new, said):
    assert any(said in each for each in mistakes(files, old, new)), mistakes(files, old, new)


@pytest.mark.parametrize(
    ("unit", "quantity", "said"),
    [
        ("mg", 1_200_000, "1.2 kg"),
        ("mg", 119_600, "119.6 g"),
        ("mg", 7, "7 mg"),
        ("mg", 0, "0 mg"),
        ("mg", -120_000, "\N{MINUS SIGN}120 g"),
        ("ul", 24_000, "24 ml"),
        ("ul", 5_000_000, "5 l"),
        ("piece", 1_200, "1,200"),
    ],
)
def test_amounts_are_written_for_people(unit, quantity, said):
    assert said_units(quantity, unit) == said


@pytest.mark.parametrize("unit", ["mg", "ul", "piece"])
def test_an_example_of_a_unit_can_be_read(unit):
    assert parse_units(unit_example(unit), unit) > 0
    assert units_of(unit)


@pytest.mark.parametrize(("text", "count"), [("12", 12), ("12 pieces", 12), (7, 7), ("1 pc", 1)])
def test_pieces_are_counted(text, count):
    assert parse_units(text, "piece") == count


@pytest.mark.parametrize("text", ["1.5", "-3", "two", "12 kg", True, None])
def test_pieces_come_whole(text):
    with pytest.raises(TextError):
        parse_units(text, "piece")
