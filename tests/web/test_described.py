"""The API's description: every body has an example that fits, every refusal its shape."""

from copy import deepcopy

import pytest
from jsonschema import Draft202012Validator
from shoes import the_desk

from controller.web import app
from controller.web.described import described
from controller.web.examples import EXAMPLES

SAID = described(app(the_desk()))
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in SAID["paths"].items()
    for method, operation in methods.items()
]
BODIES = [
    (name, body)
    for name, operation in OPERATIONS
    if (body := operation.get("requestBody", {}).get("content", {}).get("application/json"))
    and body["schema"].get("format") != "binary"
]


@pytest.mark.parametrize(("name", "body"), BODIES, ids=[name for name, _ in BODIES])
def test_a_body_has_an_example_that_fits(name: str, body: dict) -> None:
    assert "example" in body
    schema = deepcopy(body["schema"]) | {"components": SAID["components"]}
    assert [e.message for e in Draft202012Validator(schema).iter_errors(body["example"])] == []


def test_there_are_no_examples_of_routes_that_are_gone() -> None:
    assert set(EXAMPLES) <= {name for name, _ in OPERATIONS}


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_an_operation_says_what_it_does_and_how_it_refuses(name: str, operation: dict) -> None:
    assert operation.get("description") or operation.get("summary")
    assert {"401", "403", "404", "409", "422", "429"} <= set(operation["responses"])
