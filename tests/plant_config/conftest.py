"""The small plant, read once."""

import pytest

from plant_config import Plant, read_folder, shipped
from tests.plant_config.small import folder, plant_of


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    return folder(read_folder(shipped("sneaker"))["profiles/jobmap.yaml"])


@pytest.fixture(scope="session")
def plant(files: dict[str, str]) -> Plant:
    return plant_of(files)
