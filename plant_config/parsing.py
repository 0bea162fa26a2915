"""Parse a document into its dataclass; what pydantic refuses becomes a mistake with its place."""

import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from plant_config.document import Document, Path
from plant_config.mistakes import ConfigError
from plant_config.wording import TextError, one_of, suggest

_EXPECTED = {
    "int": "expected a whole number",
    "string": "expected a text",
    "bool": "expected true or false",
    "tuple": "expected a list",
    "dict": "expected a mapping",
    "mapping": "expected a mapping",
    "dataclass": "expected a mapping",
    "float": "expected a number",
}
_NO_KEY = "no such key"
_QUOTED = re.compile(r"'([^']*)'")


@lru_cache(maxsize=32)
def adapter(kind: type) -> TypeAdapter[Any]:
    """Return the parser of a dataclass; unknown keys are refused everywhere below it."""
    # A dataclass takes no settings from outside, but passes on those of what holds it.
    config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
    return TypeAdapter[Any](tuple[kind], config=config)  # type: ignore[valid-type]


def parse_document(document: Document, kind: type) -> object | list[ConfigError]:
    """Return the dataclass that a document holds, or all that is wrong with it."""
    try:
        parsed: object = adapter(kind).validate_python((document.value,))[0]
    except ValidationError as error:
        mistakes = [_mistake(document, kind, each) for each in error.errors()]
        misspelt = {f"misses {each.maybe!r}" for each in mistakes if each.wrong.startswith(_NO_KEY)}
        return [each for each in mistakes if each.wrong not in misspelt]
    return parsed


def _mistake(document: Document, kind: type, error: ErrorDetails) -> ConfigError:
    given: Path = error["loc"][1:]
    path = document.nearest(given)
    context: Mapping[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    match error["type"]:
        case "value_error" if isinstance(cause, TextError):
            return document.misread(path, cause)
        case "value_error":
            return document.mistake(path, str(cause).rstrip("."))
        case "unexpected_keyword_argument" | "extra_forbidden":
            known = keys_of(_type_at(kind, given[:-1]))
            wrong = f"{_NO_KEY}; expected {one_of(known)}" if known else _NO_KEY
            return document.mistake(path, wrong, suggest(str(given[-1]), known), at_key=True)
        case "literal_error" | "enum" | "union_tag_invalid":
            return _not_offered(document, path, context)
        case "union_tag_not_found":
            return document.mistake(path, "misses 'kind'")
        case kind_of_error if kind_of_error.startswith("missing"):
            return document.mistake(path, f"misses {str(given[-1])!r}")
        case kind_of_error:
            expected = _EXPECTED.get(kind_of_error.partition("_")[0])
            return document.mistake(path, expected or error["msg"][:1].lower() + error["msg"][1:])


def _not_offered(document: Document, path: Path, context: Mapping[str, Any]) -> ConfigError:
    offered = _QUOTED.findall(str(context.get("expected") or context.get("expected_tags")))
    if "tag" in context:
        path = (*path, "kind")
    field = str(path[-1]) if path else "value"
    wrong = f"no such {field}; expected {one_of(offered)}"
    return document.mistake(path, wrong, suggest(str(document.at(path)), offered))


def keys_of(kind: object) -> tuple[str, ...]:
    """Return the keys that a mapping for this type may have; none when it is no dataclass."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


def _type_at(kind: object, path: Path) -> object:
    """Return the type that belongs at a path below a type, as far as it can be told."""
    current = _bare(kind)
    for item in path:
        origin, arguments = get_origin(current), get_args(current)
        if is_dataclass(current) and isinstance(current, type):
            current = get_type_hints(current, include_extras=True).get(str(item))
        elif origin in (Union, types.UnionType):
            current = next((each for each in arguments if _has_tag(each, item)), None)
        elif arguments:
            current = arguments[0] if origin is tuple else arguments[-1]
        current = _bare(current)
    return current


def _bare(kind: object) -> object:
    """Strip annotations and `| None`."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    some = [each for each in get_args(kind) if each is not type(None)]
    return some[0] if len(some) == 1 and get_origin(kind) in (Union, types.UnionType) else kind


def _has_tag(kind: object, tag: object) -> bool:
    if not (is_dataclass(kind) and isinstance(kind, type)):
        return False
    hint = get_type_hints(kind).get("kind")
    return get_origin(hint) is Literal and tag in get_args(hint)
