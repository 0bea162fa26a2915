"""A folder of YAML becomes a plant, or a list of all its mistakes."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from plant_config.document import Document, read_document
from plant_config.files import (
    OPTIONAL,
    SEVERAL,
    SINGLE,
    MachinesFile,
    MaterialsFile,
    PlantFile,
    ProcessFile,
)
from plant_config.material import Stock
from plant_config.mistakes import ConfigError, PlantErrors
from plant_config.parsing import adapter, parse_document
from plant_config.plant import Plant, Rates
from plant_config.product import Product
from plant_config.profile import Profile
from plant_config.references import Sheets, dangling, named
from plant_config.wording import one_of, suggest

PLANTS = Path(__file__).parent / "plants"

_Parsed = tuple[Document, Any]
T = TypeVar("T")


def load(folder: Mapping[str, str]) -> Plant:
    """Parse the files (name -> text) of a plant. Raises `PlantErrors` with every mistake found."""
    errors: list[ConfigError] = []
    parsed: dict[str, _Parsed] = {}
    for file in sorted(folder):
        kind = _kind_of(file, errors)
        if kind is None:
            continue
        document, found = read_document(file, folder[file])
        errors += found
        if document is None:
            continue
        value = parse_document(document, kind)
        if isinstance(value, list):
            errors += value
        else:
            parsed[file] = (document, value)
    for file in (name for name in SINGLE if name not in folder):
        errors.append(ConfigError(file, 1, 1, "", "the plant misses this file"))
    if errors:
        raise PlantErrors(tuple(sorted(set(errors))))
    sheets = _sheets(parsed)
    if errors := sorted(set(dangling(sheets))):
        raise PlantErrors(tuple(errors))
    rates: Rates = parsed["rates.yaml"][1]
    return _assembled(sheets, rates, digest(folder))


def digest(folder: Mapping[str, str]) -> str:
    """Return the SHA-256 over names and texts of the files that make the plant."""
    said = hashlib.sha256()
    for file in sorted(name for name in folder if name.endswith(".yaml")):
        text = folder[file].encode()
        said.update(f"{file} {len(text)}\n".encode() + text)
    return said.hexdigest()


def read_folder(path: Path) -> dict[str, str]:
    """Read the YAML files of a plant's folder: name below the folder -> text. What goes wrong on a
    simulated day (`faults*.yaml`) is no part of the plant."""
    files = sorted(file for file in path.rglob("*.yaml") if not file.name.startswith("faults"))
    return {file.relative_to(path).as_posix(): file.read_text(encoding="utf-8") for file in files}


def shipped(name: str) -> Path | None:
    """Return the folder of a plant that comes with the software, or None."""
    folder = PLANTS / name
    return (
        folder if name and folder.parent == PLANTS and (folder / "plant.yaml").is_file() else None
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of each file, by its name or its folder, for editors."""
    return {
        name: adapter(kind).json_schema(mode="validation")
        for name, kind in (*SINGLE.items(), *OPTIONAL.items(), *SEVERAL.items())
    }


def _kind_of(file: str, errors: list[ConfigError]) -> type | None:
    """Return what a file holds; files that are not YAML are not read."""
    if not file.endswith(".yaml"):
        return None
    folder, _, rest = file.partition("/")
    if not rest and (kind := SINGLE.get(file) or OPTIONAL.get(file)):
        return kind
    if rest and "/" not in rest and folder in SEVERAL:
        return SEVERAL[folder]
    known = (*SINGLE, *OPTIONAL, *(f"{name}/..." for name in SEVERAL))
    maybe = suggest(file, (*SINGLE, *OPTIONAL)) if not rest else suggest(folder, SEVERAL)
    errors.append(
        ConfigError(file, 1, 1, "", f"a plant has no such file; expected {one_of(known)}", maybe)
    )
    return None


def _sheets(parsed: Mapping[str, _Parsed]) -> Sheets:
    plant: tuple[Document, PlantFile] = parsed["plant.yaml"]
    machines: tuple[Document, MachinesFile] = parsed["machines.yaml"]
    materials: tuple[Document, MaterialsFile] = parsed["materials.yaml"]
    stock: tuple[Document, Stock] | None = parsed.get("stock.yaml")
    return Sheets(
        plant=plant,
        machines=machines,
        materials=materials,
        stock=stock,
        products=_all(parsed, "products", Product),
        processes=_all(parsed, "processes", ProcessFile),
        profiles=_all(parsed, "profiles", Profile),
    )


def _all(
    parsed: Mapping[str, _Parsed], folder: str, kind: type[T]
) -> tuple[tuple[Document, T], ...]:
    del kind  # names the type of what comes out
    return tuple(one for file, one in parsed.items() if file.startswith(f"{folder}/"))


def _assembled(sheets: Sheets, rates: Rates, folder_digest: str) -> Plant:
    plant, machines = sheets.plant[1], sheets.machines[1]
    return Plant(
        name=plant.name,
        label=plant.label,
        timezone=plant.timezone,
        shifts=plant.shifts,
        cut_offs=plant.cut_offs,
        calendars=plant.calendars,
        totes=plant.totes,
        products={product.name: product for _, product in sheets.products},
        processes={process.product: process.steps for _, process in sheets.processes},
        groups={group.name: group for group in machines.groups},
        machines={machine.id: machine for machine in machines.machines},
        materials={material.name: material for material in sheets.materials[1].materials},
        profiles=named(sheets.profiles),
        rates=rates,
        pools=machines.pools,
        buffers=machines.buffers,
        stock=None if sheets.stock is None else sheets.stock[1],
        digest=folder_digest,
    )
