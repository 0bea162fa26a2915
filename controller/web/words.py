"""The words of a machine's state, and text that may hold a swatch of a real colour."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Word(StrEnum):
    """What a tile says it is, in order of precedence; the value is its class in the style sheet."""

    DOUBT = "doubt"
    FAIL = "fail"
    ASK = "ask"
    STALE = "stale"
    HOLD = "hold"
    OUT = "out"
    SETUP = "setup"
    RUN = "run"
    WAIT = "wait"


SAID = {
    Word.DOUBT: "In doubt",
    Word.FAIL: "Failed",
    Word.ASK: "Your turn",
    Word.STALE: "No link",
    Word.HOLD: "Held",
    Word.OUT: "Out of service",
    Word.SETUP: "Setup",
    Word.RUN: "Running",
    Word.WAIT: "Waiting",
}
"""The one word for each state, everywhere."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """The real colour of a yarn or compound, always with its name; never a state."""

    colour: str
    name: str


Text: TypeAlias = tuple[str | Swatch, ...]


def plain(text: Text) -> str:
    """Say a text without its colours."""
    return "".join(part if isinstance(part, str) else part.name for part in text)


def lowered(text: Text) -> Text:
    """Let a text follow another word: `Pair 4126` becomes `pair 4126`."""
    first = text[0] if text else ""
    return (first[:1].lower() + first[1:], *text[1:]) if isinstance(first, str) else text


def joined(items: list[Text], between: str) -> Text:
    """Put a separator between texts and drop the empty ones."""
    said: list[str | Swatch] = []
    for item in items:
        if item:
            said += [*([between] if said else []), *item]
    return tuple(said)
