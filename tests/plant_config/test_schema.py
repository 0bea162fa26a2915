"""The JSON Schema of a plant's files takes the shipped plants and refuses what the loader refuses."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from plant_config import schemas, shipped

DOCS = Path(__file__).parents[2] / "docs" / "schema"
KINDS = schemas()


def kind_of(path: Path, folder: Path) -> str:
    inside = path.relative_to(folder)
    return inside.parts[0] if len(inside.parts) > 1 else path.stem


def files():
    for plant in ("sneaker", "muesli", "aligner"):
        folder = shipped(plant)
        assert folder is not None
        for path in sorted(folder.rglob("*.yaml")):
            if not path.name.startswith("faults"):
                yield pytest.param(path, kind_of(path, folder), id=f"{plant}/{path.name}")


@pytest.mark.parametrize("kind", KINDS)
def test_each_schema_is_one(kind):
    Draft202012Validator.check_schema(KINDS[kind])


@pytest.mark.parametrize(("path", "kind"), list(files()))
def test_a_shipped_file_fits_its_schema(path, kind):
    value = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    assert [e.message for e in Draft202012Validator(KINDS[kind]).iter_errors(value)] == []


def test_a_misspelt_key_does_not_fit():
    machines = YAML(typ="safe").load((shipped("sneaker") / "machines.yaml").read_text("utf-8"))
    machines["machines"][0]["grupp"] = "knitting"
    found = [e.message for e in Draft202012Validator(KINDS["machines"]).iter_errors(machines)]
    assert any("grupp" in message for message in found)


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_in_the_docs_are_today_s(kind):
    kept = json.loads((DOCS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert kept == KINDS[kind]
