"""Seeded order streams: rows as in a shop's CSV file, for days that nobody wrote down."""

from collections.abc import Mapping
from typing import TypeVar

from plant_config import Plant, Product, Rejection, configure
from simulators.faults import chance

Row = Mapping[str, str]
T = TypeVar("T")

_MOST = 3
"""Most pieces of one line; assumed."""


class DemandError(Exception):
    """A plant whose products cannot be drawn at random; whoever wrote the product can act."""


def rows(plant: Plant, orders: int, seed: int, *, first: int = 5001) -> tuple[Row, ...]:
    """Return one valid line for each of so many orders; the same seed gives the same day."""
    return tuple(_row(plant, str(first + number), seed) for number in range(orders))


def as_csv(drawn: tuple[Row, ...]) -> str:
    """Return the rows as the text of an order file."""
    columns = tuple(dict.fromkeys(column for row in drawn for column in row))
    lines = [",".join(columns)]
    lines += [",".join(row.get(column, "") for column in columns) for row in drawn]
    return "\n".join(lines) + "\n"


def _row(plant: Plant, order: str, seed: int) -> Row:
    product = _pick(tuple(plant.products.values()), seed, order, "product")
    cut_off = _pick(plant.cut_offs, seed, order, "carrier")
    quantity = 1 + int(chance(seed, order, "quantity") ** 2 * _MOST)
    return {
        "order": order,
        "line": "1",
        "quantity": str(quantity),
        "product": product.name,
        "carrier": cut_off.carrier,
        "customer": f"Customer {order}",
        "place": "Kiel",
        **_choices(product, order, seed),
    }


def _choices(product: Product, order: str, seed: int) -> Mapping[str, str]:
    """Draw every option, and give way to the rules as a customer would: to the nearest that fits."""
    asked = {
        feature.name: _pick(feature.options, seed, order, feature.name).name
        for feature in product.features
        if feature.kind != "text"
    }
    found = configure(product, asked)
    spec = next(iter(found.nearest), None) if isinstance(found, Rejection) else found
    if spec is None:
        raise DemandError(f"Nothing near {asked} can be built of {product.name!r}.")
    return {name: option for name, option in spec.options if name in asked}


def _pick(choices: tuple[T, ...], *said: object) -> T:
    return choices[int(chance(*said) * len(choices))]
