"""What is imported when: help is instant because nothing heavy is loaded for it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = ("ortools", "numpy", "networkx", "asyncua", "pymodbus", "sqlalchemy", "fastapi", "pydantic")


def loaded_by(statement: str) -> set[str]:
    """Return the heavy packages that a fresh interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return set(said.stdout.split())


def test_the_command_line_loads_nothing_heavy_before_a_command_runs():
    assert loaded_by("import controller.cli") == set()


@pytest.mark.parametrize("package", ["drivers", "plant_config"])
def test_lower_packages_do_not_load_protocols_solvers_or_databases(package):
    assert not loaded_by(f"import {package}") & {"asyncua", "pymodbus", "sqlalchemy", "ortools"}


def test_pages_and_figures_load_no_protocol():
    assert not loaded_by("import controller.insights, controller.orders") & {"asyncua", "pymodbus"}
