"""The layers of the packages, held by import-linter, and the rooms in which a library may be spoken to."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("plant_config", "scheduler", "drivers", "controller", "simulators")
ROOMS = {
    "ortools": ("scheduler/exact", "scheduler/balance", "scheduler/bounds"),
    "sqlalchemy": ("controller/journal/",),
    "alembic": ("controller/journal/",),
    "asyncua": ("drivers/opcua", "simulators/opcua"),
    "python_calamine": ("controller/orders/workbook",),
    "pymodbus": ("drivers/modbus", "simulators/modbus"),
    "shapely": ("scheduler/nesting/", "plant_config/footprint"),
}
"""Library -> how the paths of the modules begin that may import it (architecture, section 2)."""


def test_every_import_goes_down_the_layers():
    linter = Path(sys.executable).parent / "lint-imports"
    said = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_is_imported_in_its_own_rooms_only(library):
    rooms = ROOMS[library]
    users = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if library in imported(path)
    }
    assert users
    assert [user for user in sorted(users) if not user.startswith(rooms)] == []


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
