"""One row of an order file becomes one line of an order, or the column to blame and why."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from controller.orders.table import Row, did_you_mean, is_plain, quoted
from plant_config import Feature, Line, Plant, Product, Rejection, configure

LARGEST_QUANTITY = 99
"""More of one spec is taken for a slip of the finger; assumed."""

_MOST_LINES = 999
"""Lines of one order; assumed."""

_DOTTED = re.compile(r"^(\d\d)\.(\d\d)\.(\d{4})$")
"""24.11.2026; with slashes nobody knows which number is the month."""


class RowError(Exception):
    """A row that cannot be made; whoever wrote the file can correct it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What one row asks for; `texts` are the customer's words by feature."""

    line: Line
    texts: tuple[tuple[str, str], ...]


def read_line(row: Row, number: int, plant: Plant) -> Asked:
    """Read a row as line `number` of its order. Raises `RowError`."""
    quantity = _quantity(row.cells.get("quantity", ""))
    product = _product(row.cells.get("product", ""), plant)
    features = {feature.name: feature for feature in product.features}
    _no_strangers(row.cells, product, plant)
    choices: dict[str, str] = {}
    texts: list[tuple[str, str]] = []
    for name, feature in features.items():
        said = row.cells.get(name, "")
        if feature.kind == "text":
            words = _words(feature, said)
            choices[name] = "text" if words else "none"
            texts += [(name, words)] if words else []
        elif said:
            choices[name] = _option(feature, said)
    spec = configure(product, choices)
    if isinstance(spec, Rejection):
        raise _fault(spec, choices, product)
    return Asked(Line(number, spec, quantity), tuple(texts))


def line_number(said: str, taken: AbstractSet[int]) -> int:
    """Return the number that the row gives itself, or the next one. Raises `RowError`."""
    if not said:
        return max(taken, default=0) + 1
    if not (said.isascii() and said.isdigit()) or not 1 <= int(said[:6]) <= _MOST_LINES:
        raise RowError("line", f"The line is not a number from 1 to {_MOST_LINES}.")
    if int(said) in taken:
        raise RowError("line", f"Line {said} of the order is there twice.")
    return int(said)


def carrier(said: str, plant: Plant) -> str:
    """Return the carrier that was meant. Raises `RowError`."""
    known = tuple(dict.fromkeys(cut_off.carrier for cut_off in plant.cut_offs))
    if not said:
        raise RowError("carrier", "The carrier is missing.")
    for name in known:
        if name.casefold() == said.casefold():
            return name
    raise RowError("carrier", f"No carrier is called {quoted(said)}.{did_you_mean(said, known)}")


def ship_day(said: str, first: date | None) -> int:
    """Return the plan day of a `ship_on` date; 0 when none is given. Raises `RowError`."""
    if not said:
        return 0
    try:
        day = date.fromisoformat(_DOTTED.sub(r"\3-\2-\1", said))
    except ValueError as broken:
        why = f"{quoted(said)} is no date. Write it as 2026-11-24."
        raise RowError("ship_on", why) from broken
    if first is None:
        raise RowError("ship_on", "The plant has no calendar date yet. Leave the date out.")
    if day < first:
        raise RowError("ship_on", f"{said} is before the plant's first day, {first}.")
    return (day - first).days


def _quantity(said: str) -> int:
    if not said:
        raise RowError("quantity", "The quantity is missing.")
    if not (said.isascii() and said.isdigit()):
        raise RowError("quantity", f"{quoted(said)} is no whole number.")
    if len(said) > len(str(LARGEST_QUANTITY)) or not 1 <= int(said) <= LARGEST_QUANTITY:
        raise RowError("quantity", f"The quantity is not from 1 to {LARGEST_QUANTITY}.")
    return int(said)


def _product(said: str, plant: Plant) -> Product:
    known = tuple(plant.products)
    if not said and len(known) == 1:
        return plant.products[known[0]]
    if not said:
        raise RowError("product", "The product is missing.")
    for name, product in plant.products.items():
        if said.casefold() in (name.casefold(), product.label.casefold()):
            return product
    raise RowError("product", f"No product is called {quoted(said)}.{did_you_mean(said, known)}")


def _no_strangers(cells: Mapping[str, str], product: Product, plant: Plant) -> None:
    """Refuse a choice about a feature that only other products of the plant have."""
    own = {feature.name for feature in product.features}
    for other in plant.products.values():
        for feature in other.features:
            if feature.name in cells and feature.name not in own:
                raise RowError(feature.name, f"The product {product.name!r} has no {feature.name}.")


def _words(feature: Feature, said: str) -> str:
    words = "" if said.casefold() == "none" else said
    if not words.isprintable():
        raise RowError(feature.name, "The text has a line break or a sign that cannot be printed.")
    if feature.max_length and len(words) > feature.max_length:
        over = f"The text has {len(words)} characters; {feature.max_length} fit."
        raise RowError(feature.name, over)
    return words


def _option(feature: Feature, said: str) -> str:
    """Return the option that was meant, by name or label; what is unknown stays as it was said."""
    folded = said.casefold()
    for option in feature.options:
        if folded in (option.name.casefold(), option.label.casefold()):
            return option.name
    if not is_plain(said):
        raise RowError(feature.name, f"{feature.label or feature.name} has no such option.")
    return said


def _fault(rejection: Rejection, choices: Mapping[str, str], product: Product) -> RowError:
    column = rejection.feature or _blamed(rejection, choices, product)
    # The first reason is enough to act on; the next ones show after that is put right.
    reason = rejection.reasons[0].strip()
    reason = reason if reason.endswith((".", "?")) else f"{reason}."
    return RowError(
        column, reason if reason.endswith("?") else reason + _repair(rejection, choices)
    )


def _blamed(rejection: Rejection, choices: Mapping[str, str], product: Product) -> str:
    """Blame the first feature that the nearest repair would change, else none."""
    for spec in rejection.nearest[:1]:
        for name, option in spec.options:
            if name in choices and choices[name] != option:
                return name
    return ""


def _repair(rejection: Rejection, choices: Mapping[str, str]) -> str:
    for spec in rejection.nearest[:1]:
        changes = list(_changes(dict(spec.options), choices))
        if changes:
            return f" Possible is {', '.join(changes)}."
    return ""


def _changes(options: Mapping[str, str], choices: Mapping[str, str]) -> Iterator[str]:
    for name, said in choices.items():
        if name in options and options[name] != said:
            yield f"{name} {options[name]}"
