"""Whatever is sent to the API, it answers as it says it does, and never fails (no 5xx).

LOTWRIGHT_API_CASES sets how many cases all operations share: 2,000 in the suite, 20,000 by `make soak-api`.
"""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from living import Living
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = [pytest.mark.wire, pytest.mark.timeout(1800)]

CASES = int(os.environ.get("LOTWRIGHT_API_CASES", "2000"))
ENDLESS = "/api/changes"
"""A stream of events never ends; its own tests read it."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    floor = Living()
    floor.start()
    yield floor
    floor.stop()


def test_every_answer_is_as_described(living: Living) -> None:
    schema = schemathesis.openapi.from_url(f"{living.url}/api/openapi.json").exclude(path=ENDLESS)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    each = settings(
        max_examples=max(2, CASES // len(operations)),
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    broken: list[str] = []
    sent = 0
    for operation in operations:

        @each
        @given(case=operation.as_strategy())
        def answers(case: schemathesis.Case) -> None:
            nonlocal sent
            sent += 1
            case.call_and_validate(checks=CHECKS)

        try:
            answers()
        except (FailureGroup, Failure) as error:
            broken.append(f"{operation.label}: {error}")
        assert living.thread is not None
        assert living.thread.is_alive(), living.failed
        living.at_its_speed()
    assert broken == []
    assert sent >= CASES // 2
