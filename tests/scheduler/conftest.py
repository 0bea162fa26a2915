"""The first test that needs a compiled kernel waits for the compiler, a minute on a cold machine."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMPILED_S = 400


def pytest_collection_modifyitems(items):
    """Give tests of the engine the time to compile."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(COMPILED_S))
