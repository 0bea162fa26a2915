"""The API's description: what every route may answer beside its own, and an example for every body."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from controller.web.bodies import Why
from controller.web.examples import EXAMPLES

_NOTHING = "#/components/schemas/Nothing"
_WHY = "#/components/schemas/Why"
_ANSWERS: Mapping[str, str] = {
    "400": "The request could not be read.",
    "401": "Nobody is signed in, or the token no longer counts.",
    "403": "This role may not do it, or another site asked for it.",
    "404": "There is no such thing (any more).",
    "405": "This address takes other methods.",
    "409": "Another state than expected; look again.",
    "413": "More at once than is taken.",
    "415": "Not in a form that is taken.",
    "421": "This host is not served.",
    "422": "Read, and not possible; `why` says what is.",
    "429": "Too often; `Retry-After` says when again.",
    "503": "Not at the moment; nothing was changed.",
}


def described(made: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document. Every refusal has the same shape: `why`, a sentence, and `kind`."""
    said = made.openapi()
    schemas = said.setdefault("components", {}).setdefault("schemas", {})
    schemas["Why"] = TypeAdapter(Why).json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            _answer(operation)
            _show(operation, EXAMPLES.get(f"{method.upper()} {path}"))
    return said


def _answer(operation: dict[str, Any]) -> None:
    answers = operation.setdefault("responses", {})
    for code, says in _ANSWERS.items():
        answers[code] = {
            "description": says,
            "content": {"application/json": {"schema": {"$ref": _WHY}}},
        }


def _show(operation: dict[str, Any], example: object | None) -> None:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is None:
        return
    if example is not None:
        body["example"] = example
    elif any(_NOTHING in str(each) for each in body["schema"].get("anyOf", [body["schema"]])):
        body["example"] = {}
