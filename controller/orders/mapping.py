"""What a file's own columns and values mean, saved by name and used again for the same head."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

from controller.orders.cells import Sheet
from controller.orders.shop import SHOP_NAMES

_VARIANT = "Variant "


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeans:
    """A column of the file and the field that it fills; an empty field leaves it out."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    column: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMeans:
    """A value of a field as the file says it, and as the plant says it: Navy is ink."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    field: str
    said: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A field that has the same value in every row, unless a column says another."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How a file with a head of its own is read."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    name: str = ""
    columns: tuple[ColumnMeans, ...] = ()
    """Every column of the head; the ones left out too, so that a new one is noticed."""
    values: tuple[ValueMeans, ...] = ()
    constants: tuple[Constant, ...] = ()
    shop: bool = False
    foreign: Literal["skip", "refuse"] = "skip"
    """What becomes of a shop's item that is none of ours: left alone, or refused with its order."""

    def field_of(self, column: str) -> str | None:
        """Return the field that a column fills; None when the column is not known here."""
        folded = column.strip().casefold()
        for each in self.columns:
            if each.column.strip().casefold() == folded:
                return each.field
        return None

    def meaning(self, field: str, said: str) -> str:
        """Return what a value means; one that nobody has decided on stays as it is, to be refused."""
        folded = said.casefold()
        for each in self.values:
            if each.field == field and each.said.strip().casefold() == folded:
                return each.means or said
        return said

    def others(self, field: str) -> tuple[str, ...]:
        """Return the words that a file may use for a field's values."""
        return tuple(each.said for each in self.values if each.field == field)


def head_of(sheet: Sheet) -> tuple[str, ...]:
    """Return the first line that is not blank."""
    for line in sheet.lines:
        if any(cell.strip() for cell in line):
            return tuple(cell.strip() for cell in line)
    return ()


def fitting(maps: Iterable[ColumnMap], sheet: Sheet) -> ColumnMap | None:
    """Return the saved map for a head like this one; a shop's head grows with its properties."""
    head = {name.casefold() for name in head_of(sheet) if name}
    for each in maps:
        known = {column.column.strip().casefold() for column in each.columns if column.column}
        if each.shop != sheet.shop:
            continue
        if known == head or (sheet.shop and head <= known | _shop_names(head)):
            return each
    return None


def _shop_names(head: Iterable[str]) -> set[str]:
    fixed = {name.casefold() for name in SHOP_NAMES}
    return fixed | {name for name in head if name.startswith(_VARIANT.casefold())}


def as_said(names: Mapping[str, str], field: str) -> str:
    """Return a field's name in the file."""
    return names.get(field, field)
