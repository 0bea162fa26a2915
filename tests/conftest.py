"""What holds for every test: in CI, a suite that is required and skips is a failure."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from controller.kernels import find_kernels

# How long an example takes says nothing: the first one may wait for the compiler.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

# What `make setup` has compiled need not be compiled once more.
_kernels = find_kernels(None)
if _kernels.are_ready:
    _kernels.use()

MAY_SKIP = ("LOTWRIGHT_POSTGRES",)
"""A reason that names one of these is allowed in CI: `.ci/run` starts the server where it can."""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skip into a failure where everything that a test needs must be there."""
    outcome = yield
    report = outcome.get_result()
    if not (report.skipped and os.environ.get("LOTWRIGHT_CI")) or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr)
    if not any(name in reason for name in MAY_SKIP):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} must not skip in CI: {reason}"


ENGINE = Path(__file__).parent / "scheduler"
COMPILED_S = 400


def pytest_collection_modifyitems(items):
    """Give tests of the engine the time to compile: on a cold machine the first ones wait a minute."""
    for item in items:
        if ENGINE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(COMPILED_S))
