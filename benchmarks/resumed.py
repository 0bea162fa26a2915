"""Runs that a results file has are not run again: a line of JSON for each, added as soon as it ended."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Result = TypeVar("Result", bound="DataclassInstance")
Key = TypeVar("Key")


def resumed(
    file: Path,
    read: Callable[..., Result],
    key_of: Callable[[Result], Key],
    keys: Iterable[Key],
    run: Callable[[Key], Result],
) -> list[Result]:
    """Return the result of each key, in their order, printed as it is there; `read` makes one of the
    fields of a line."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    book = {key_of(each): each for each in (read(**json.loads(line)) for line in lines)}
    results: list[Result] = []
    for key in keys:
        if key not in book:
            book[key] = run(key)
            with file.open("a", encoding="utf-8") as growing:
                growing.write(json.dumps(asdict(book[key])) + "\n")
        results.append(book[key])
        print(json.dumps(asdict(book[key])), flush=True)
    return results
