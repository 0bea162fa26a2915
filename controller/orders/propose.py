"""What the columns and values of an unknown file probably mean, for a person to confirm."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher, get_close_matches

from controller.orders.cells import Sheet
from controller.orders.mapping import ColumnMap, ColumnMeans, Constant, ValueMeans, head_of
from controller.orders.shop import FIELDS, SHOP_NAMES
from controller.orders.table import column_name, columns_of
from plant_config import Plant

_WORDS: Mapping[str, tuple[str, ...]] = {
    "order": (
        "order no",
        "order number",
        "order id",
        "po",
        "po number",
        "auftrag",
        "bestellnummer",
    ),
    "line": ("position", "pos", "line item", "item no", "line no"),
    "quantity": ("qty", "amount", "count", "pieces", "menge", "anzahl", "stk"),
    "product": ("item", "title", "article", "artikel", "produkt", "product name"),
    "carrier": ("shipping", "shipping method", "ship via", "delivery", "versand", "versandart"),
    "ship_on": ("due", "due date", "ship date", "deliver by", "liefertermin", "versanddatum"),
    "customer": ("customer name", "name", "client", "recipient", "ship to", "kunde"),
    "place": ("city", "town", "destination", "ort", "stadt"),
}
"""Names that other systems give to our columns; assumed."""

_SURE, _KNOWN, _WITHIN = 100, 90, 75
_LIKE = 0.78
_BY_VALUES = 0.6
"""Share of a column's values that are options of a feature, from which on they show what it is."""

_LOOKED_AT = 2_000
_MOST_VALUES = 40


def propose(sheet: Sheet, plant: Plant) -> ColumnMap:
    """Propose a field for each column and a meaning for each value that the plant does not know."""
    head = head_of(sheet)
    seen = {column: _values(sheet, at) for at, column in enumerate(head) if column}
    fields = _assigned(seen, plant, sheet.shop)
    columns = tuple(ColumnMeans(column=each, field=fields.get(each, "")) for each in seen)
    missing = set(fields.values())
    constants = tuple(_constants(plant, missing))
    values = tuple(_unknown(plant, {f: seen[c] for c, f in fields.items()}))
    return ColumnMap(columns=columns, values=values, constants=constants, shop=sheet.shop)


def certain(sheet: Sheet, plant: Plant) -> ColumnMap | None:
    """Return the map of a shop's file that nobody has mapped: its own names, and choices that are
    called just as the plant calls them. Any other file has to use the plant's columns."""
    if not sheet.shop:
        return None
    ours = {label.casefold(): name for name, label in _labels(plant).items()}
    columns: list[ColumnMeans] = []
    for name in head_of(sheet):
        field = FIELDS.get(name, "" if name in SHOP_NAMES or _is_variant(name) else None)
        field = ours.get(name.casefold(), column_name(name)) if field is None else field
        columns.append(ColumnMeans(column=name, field=field))
    return ColumnMap(columns=tuple(columns), shop=True)


def options_of(plant: Plant, field: str) -> dict[str, str]:
    """Return the words that a field may have, with their labels; empty where any text goes."""
    if field == "carrier":
        return {each.carrier: each.carrier for each in plant.cut_offs}
    if field == "product":
        return {name: each.label or name for name, each in plant.products.items()}
    return {
        option.name: option.label or option.name
        for product in plant.products.values()
        for feature in product.features
        if feature.name == field and feature.kind != "text"
        for option in feature.options
    }


def _labels(plant: Plant) -> dict[str, str]:
    return {
        feature.name: feature.label or feature.name
        for product in plant.products.values()
        for feature in product.features
    }


def _is_variant(name: str) -> bool:
    return name.startswith("Variant ")


def _values(sheet: Sheet, at: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    lines = [line for line in sheet.lines if any(cell.strip() for cell in line)]
    for line in lines[1:_LOOKED_AT]:
        cell = line[at].strip() if at < len(line) else ""
        if cell:
            found[cell] = None
    return tuple(found)


def _assigned(seen: Mapping[str, tuple[str, ...]], plant: Plant, shop: bool) -> dict[str, str]:
    """Give each field the column that is most like it, the surest first."""
    scored = sorted(
        (
            (-_score(column, values, field, plant, shop), at, column, field)
            for at, (column, values) in enumerate(seen.items())
            for field in columns_of(plant)
        ),
    )
    fields: dict[str, str] = {}
    for score, _, column, field in scored:
        if score < 0 and column not in fields and field not in fields.values():
            fields[column] = field
    return fields


def _score(column: str, values: tuple[str, ...], field: str, plant: Plant, shop: bool) -> float:
    if shop and column in SHOP_NAMES:
        return float(_SURE) if FIELDS.get(column) == field else 0.0
    said = column_name(column).replace("_", " ").strip("# ")
    names = {field.replace("_", " "), _labels(plant).get(field, field).casefold()}
    if said in names:
        return float(_SURE)
    if said in _WORDS.get(field, ()):
        return float(_KNOWN)
    best = max(SequenceMatcher(None, said, name).ratio() for name in names)
    score = 100 * best * 0.8 if best >= _LIKE else 0.0
    if any(set(name.split()) <= set(said.split()) for name in names):
        score = max(score, _WITHIN)
    return max(score, _by_values(values, field, plant))


def _by_values(values: tuple[str, ...], field: str, plant: Plant) -> float:
    options = options_of(plant, field)
    known = {word.casefold() for pair in options.items() for word in pair}
    hits = sum(value.casefold() in known for value in values)
    share = hits / len(values) if values else 0.0
    return 40 + 40 * share if share >= _BY_VALUES else 0.0


def _constants(plant: Plant, given: Iterable[str]) -> Iterator[Constant]:
    """A field that nothing fills can only be the same for all rows."""
    carriers = options_of(plant, "carrier")
    if "carrier" not in given:
        only = next(iter(carriers)) if len(carriers) == 1 else ""
        yield Constant(field="carrier", value=only)
    if "product" not in given and len(plant.products) > 1:
        yield Constant(field="product", value="")
    if "quantity" not in given:
        yield Constant(field="quantity", value="1")


def _unknown(plant: Plant, seen: Mapping[str, tuple[str, ...]]) -> Iterator[ValueMeans]:
    """Yield values that are no option, each with the option that is most like it."""
    for field, values in seen.items():
        options = options_of(plant, field)
        if not options:
            continue
        words = {word.casefold(): name for name, label in options.items() for word in (label, name)}
        strange = [value for value in values if value.casefold() not in words]
        for value in strange[:_MOST_VALUES]:
            close = get_close_matches(value.casefold(), words, n=1, cutoff=0.6)
            yield ValueMeans(field=field, said=value, means=words[close[0]] if close else "")
