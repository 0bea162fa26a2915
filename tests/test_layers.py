"""The layers of the packages, held by import-linter and the settings in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_import_goes_down_the_layers():
    linter = Path(sys.executable).parent / "lint-imports"
    said = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert said.returncode == 0, said.stdout + said.stderr
