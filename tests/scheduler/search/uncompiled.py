"""Kernels as they are written, in a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def uncompiled(module: str, function: str) -> Any:
    """Return what a function of a test module gives where nothing is compiled."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json, {module} as t; print(json.dumps(t.{function}()))"],
        cwd=HERE,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout)
