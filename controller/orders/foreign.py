"""What of a web shop's order is not made here: it is left alone, and the reply says so."""

from dataclasses import replace

from controller.orders.cells import Sheet, shown
from controller.orders.mapping import ColumnMap
from controller.orders.table import column_name
from controller.requests import LeftAlone
from plant_config import Plant

_WHY = "It has none of the plant's choices and is none of its products. It was left to the shop."


def own_lines(
    sheet: Sheet, plant: Plant, column_map: ColumnMap | None
) -> tuple[Sheet, tuple[LeftAlone, ...]]:
    """Return a shop's table without the items that are not ours, and what was left out.

    Their lines and what only they say become blank, so that all rows keep their numbers."""
    if not sheet.shop or column_map is None or column_map.foreign == "refuse":
        return sheet, ()
    head, *lines = sheet.lines
    fields = [_field(column_map, name) for name in head]
    kept: list[tuple[str, ...]] = []
    left: list[LeftAlone] = []
    for number, cells in enumerate(lines, start=2):
        said = {field: cell.strip() for field, cell in zip(fields, cells, strict=False)}
        if _is_ours(said, plant, column_map):
            kept.append(cells)
            continue
        named = dict(zip(head, cells, strict=False))
        title, order = shown(named.get("Title", "")), shown(named.get("Order", ""))
        left.append(LeftAlone(row=number, order=order, item=title, reason=_WHY))
        kept.append(("",) * len(cells))
    if not left:
        return sheet, ()
    used = [any(cells[at].strip() for cells in kept) for at in range(len(head))]
    names = tuple(
        name if full or _known(column_map, name) else ""
        for name, full in zip(head, used, strict=True)
    )
    return replace(sheet, lines=(names, *kept)), tuple(left)


def _field(column_map: ColumnMap, name: str) -> str:
    field = column_map.field_of(name)
    return column_name(name) if field is None else field


def _known(column_map: ColumnMap, name: str) -> bool:
    """A column that a person or the shop's own names account for stays, even when it is empty."""
    return column_map.field_of(name) in {"", "order", "carrier", "quantity", "product"}


def _is_ours(said: dict[str, str], plant: Plant, column_map: ColumnMap) -> bool:
    """An item is ours by a choice of the plant's that it names, or by being one of its products."""
    features = {feature.name for product in plant.products.values() for feature in product.features}
    if any(said.get(name) for name in features):
        return True
    product = column_map.meaning("product", said.get("product", "")).casefold()
    names = {word.casefold() for p in plant.products.values() for word in (p.name, p.label) if word}
    return product in names
