"""JSON Schema of a plant's files, for editors that complete and check while somebody types."""

from collections.abc import Mapping
from typing import TypeAlias

from plant_config.files import OPTIONAL, SEVERAL, SINGLE
from plant_config.parsing import adapter

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TITLES: Mapping[str, str] = {
    "products": "products/*.yaml",
    "processes": "processes/*.yaml",
    "profiles": "profiles/*.yaml",
}


def schemas() -> dict[str, dict[str, Json]]:
    """Return the schema of each kind of file: `machines` is for machines.yaml, `products` for the
    files below products/."""
    kinds = {name.removesuffix(".yaml"): kind for name, kind in {**SINGLE, **OPTIONAL}.items()}
    kinds |= SEVERAL
    return {name: _schema(name, kind) for name, kind in sorted(kinds.items())}


def _schema(name: str, kind: type) -> dict[str, Json]:
    parser = adapter(kind).json_schema()
    # The parser reads a tuple of one; the file is what stands in it.
    return {
        "$schema": _DIALECT,
        "title": _TITLES.get(name, f"{name}.yaml"),
        **parser["prefixItems"][0],
        "$defs": parser.get("$defs", {}),
    }
