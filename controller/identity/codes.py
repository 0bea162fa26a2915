"""What is written into a label's code, and what a scanned code means.

A part's code is the id of the operation that made it: `4127/1.2/knit`. Made again, it carries its
attempt, `4127/1.2/knit/2`, so that the scrap of the first time is never taken for the second.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from controller.state import State

MOST = 200
"""Characters of a code; whatever is longer is not ours."""
_SHOWN = 24
"""Characters of a foreign code that an answer repeats."""
_TOTE = re.compile(r"T-0*([1-9][0-9]{0,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PartCode:
    """A part of an open order, made at this attempt."""

    operation: str
    attempt: int


@dataclass(frozen=True, slots=True)
class OrderCode:
    """An open order."""

    order: str


@dataclass(frozen=True, slots=True)
class ToteCode:
    """A tote, full or empty."""

    tote: str


@dataclass(frozen=True, slots=True)
class LeftCode:
    """Something of an order that is no longer open."""

    order: str


@dataclass(frozen=True, slots=True)
class ForeignCode:
    """Nothing of ours."""


Code: TypeAlias = PartCode | OrderCode | ToteCode | LeftCode | ForeignCode


def code_of(operation: str, attempt: int) -> str:
    """Return what stands on the label of a part."""
    return operation if attempt == 1 else f"{operation}/{attempt}"


def read_code(state: State, text: str) -> Code:
    """Say what a scanned code means."""
    text = text.strip()
    if not text or len(text) > MOST or not text.isprintable():
        return ForeignCode()
    tote = tote_of(text)
    if tote:
        return ToteCode(tote)
    order, _, rest = text.partition("/")
    opened = state.orders.get(order)
    if opened is None:
        return LeftCode(order) if order in state.known_orders else ForeignCode()
    if not rest:
        return OrderCode(order)
    if text in opened.routing.operations:
        return PartCode(text, 1)
    operation, _, attempt = text.rpartition("/")
    if operation in opened.routing.operations and attempt.isascii() and attempt.isdecimal():
        return PartCode(operation, int(attempt))
    return ForeignCode()


def tote_of(text: str) -> str:
    """Return a tote as its card says it, `T-9` for `t-09`; empty when it is none."""
    found = _TOTE.fullmatch(text.strip())
    return f"T-{found.group(1)}" if found else ""


def shown_code(text: str) -> str:
    """Quote a foreign code: short, and without what does not print."""
    clean = "".join(letter if letter.isprintable() else "·" for letter in text.strip())
    return f"“{clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + '…'}”"
