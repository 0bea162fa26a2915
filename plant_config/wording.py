"""How a mistake in a text is told: what is wrong, where, and what may have been meant."""

from collections.abc import Iterable
from difflib import get_close_matches


class TextError(ValueError):
    """A text that cannot be read. Who wrote the text can correct it."""

    def __init__(self, wrong: str, maybe: str | None = None, column: int = 1) -> None:
        super().__init__(wrong, maybe, column)
        self.wrong = wrong
        """What is wrong with it, as a clause."""
        self.maybe = maybe
        """What to write instead."""
        self.column = column
        """Where in the text, from 1."""

    def __str__(self) -> str:
        """Say it in one or two sentences."""
        return f"{self.wrong}. Maybe you mean {self.maybe!r}?" if self.maybe else f"{self.wrong}."


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.55)
    return by_folded[close[0]] if close else None


def one_of(words: Iterable[str]) -> str:
    """List words for a sentence: `knitter, printer or mixer`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
