"""What the routes of the intake take in and give out."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.orders import ColumnMap
from controller.orders.intake import Checked
from controller.orders.propose import options_of
from controller.orders.table import columns_of
from controller.outbox import Delivery, SavedMap
from controller.requests import LeftAlone, RefusedRow
from plant_config import Plant

SHOWN_ROWS = 200
"""Refused rows that one answer shows; the CSV has all of them."""

_LABELS = {
    "order": "Order number",
    "quantity": "Quantity",
    "carrier": "Carrier (cut-off)",
    "line": "Line",
    "product": "Product",
    "ship_on": "Ship on (due)",
    "customer": "Customer name",
    "place": "Place",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNow:
    """A field that a column may fill; without options any text goes."""

    field: str
    label: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedNow:
    """What would become of a file; nothing was recorded."""

    rows: int
    accepted: int
    repeated: int
    refused: int
    refused_rows: tuple[RefusedRow, ...]
    """The first of them."""
    left_alone: tuple[LeftAlone, ...]
    """Items of a web shop's orders that are not made here."""
    ours: bool
    """Every column is called as the plant calls it."""
    used: str
    """Name of the saved column map that fits; empty when none was used."""
    column_map: ColumnMap | None
    """What the file was read as; a proposal where no saved one fits."""
    samples: Mapping[str, tuple[str, ...]]
    fields: tuple[FieldNow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapNow:
    """A saved column map."""

    name: str
    saved: int
    by: str
    column_map: ColumnMap


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNow:
    """A delivery that has not arrived."""

    id: str
    event: str
    receiver: str
    kind: str
    about: str
    stand: str
    tries: int
    made: int
    due: int
    says: str


def checked_now(checked: Checked, plant: Plant) -> CheckedNow:
    """Show a check."""
    looked, said = checked.looked, checked.imported
    return CheckedNow(
        rows=looked.examined.rows,
        accepted=len(said.accepted),
        repeated=len(said.repeated),
        refused=len(said.refused),
        refused_rows=said.refused[:SHOWN_ROWS],
        left_alone=said.left_alone[:SHOWN_ROWS],
        ours=looked.ours,
        used=looked.used.name if looked.used is not None else "",
        column_map=looked.shown,
        samples=looked.samples,
        fields=fields_now(plant),
    )


def fields_now(plant: Plant) -> tuple[FieldNow, ...]:
    """Return all fields of a plant with the words that each may have."""
    labels = {
        feature.name: feature.label or feature.name
        for product in plant.products.values()
        for feature in product.features
    }
    return tuple(
        FieldNow(
            field=name,
            label=_LABELS.get(name) or labels.get(name, name),
            options=options_of(plant, name),
        )
        for name in columns_of(plant)
    )


def map_now(saved: SavedMap) -> MapNow:
    """Show a saved map."""
    return MapNow(name=saved.name, saved=saved.saved, by=saved.by, column_map=saved.column_map)


def delivery_now(delivery: Delivery) -> DeliveryNow:
    """Show a delivery without its body."""
    return DeliveryNow(
        id=delivery.id,
        event=delivery.event,
        receiver=delivery.receiver,
        kind=delivery.kind,
        about=delivery.about,
        stand=delivery.stand.value,
        tries=delivery.tries,
        made=delivery.made,
        due=delivery.due,
        says=delivery.says,
    )
