"""`lotwright stock` says what the page says."""

import json
from collections.abc import Iterator

import pytest
from conftest import Served
from shelves import stock_desk
from typer.testing import CliRunner, Result

from controller import cli


@pytest.fixture
def served() -> Iterator[Served]:
    floor = Served(stock_desk())
    floor.start()
    yield floor
    floor.stop()


def lotwright(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def test_stock_is_listed_for_people_and_for_programs(served: Served) -> None:
    said = lotwright("stock", "--url", served.url)
    assert said.exit_code == 0
    assert "Laces" in said.output
    assert "Order now" in said.output
    given = json.loads(lotwright("stock", "--url", served.url, "--json").output)
    assert given["kept"]
    assert {each["name"] for each in given["materials"]} >= {"yarn", "laces"}


def test_a_material_shows_its_lots_and_a_lot_its_orders(served: Served) -> None:
    lots = lotwright("stock", "yarn", "--url", served.url).output
    assert "IN-3312" in lots
    assert "used up" in lots
    recall = lotwright("stock", "yarn", "--lot", "IN-3307", "--url", served.url)
    assert recall.exit_code == 0
    assert recall.output.startswith("Lot IN-3307 of Yarn Ink: 0 mg left.")
    assert "4127" in recall.output


def test_what_is_not_there_is_said_with_an_exit_code(served: Served) -> None:
    assert lotwright("stock", "silk", "--url", served.url).exit_code != 0
    assert lotwright("stock", "--lot", "IN-3307", "--url", served.url).exit_code == 1
