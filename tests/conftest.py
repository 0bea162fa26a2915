"""What holds for every test: in CI, a suite that is required and skips is a failure."""

import os

import pytest

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
