"""Lines of whole numbers, and the words for what is wrong with one of them."""

import re
from collections.abc import Iterator
from typing import NoReturn

LONGEST_SHOWN = 24
"""Characters of a wrong value that a message repeats."""


class FormatError(Exception):
    """A text is not what its format asks for: where, what stands there, and what was expected."""

    def __init__(self, line: int, column: int, value: str, expected: str) -> None:
        self.line, self.column, self.value, self.expected = line, column, value, expected
        shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}..."
        found = f"{shown!r}" if value else "nothing"
        super().__init__(f"line {line}, column {column}: found {found}, expected {expected}.")


class Line:
    """A line that says something, and the whole numbers on it."""

    __slots__ = ("number", "numbers", "text")

    def __init__(self, number: int, text: str, only: int | None = None) -> None:
        self.number, self.text = number, text
        words = text.split() if only is None else text.split(maxsplit=only)[:only]
        if "_" in text or not text.isascii():
            self._whole(words)
        try:
            self.numbers = list(map(int, words))
        except ValueError:
            self._whole(words)

    def fault(self, at: int, expected: str) -> NoReturn:
        """Raise for the number at an index; one too far means the end of the line."""
        places = list(re.finditer(r"\S+", self.text))
        if at < len(places):
            place = places[at]
            raise FormatError(self.number, place.start() + 1, place.group(), expected)
        raise FormatError(self.number, len(self.text.rstrip()) + 1, "", expected)

    def pair(self, what: str) -> tuple[int, int]:
        """Return the two numbers that are all of this line."""
        first, *others = self.numbers
        if len(others) != 1:
            self.fault(min(len(self.numbers), 2), what)
        return first, others[0]

    def _whole(self, words: list[str]) -> None:
        """Raise for the first word that is no whole number."""
        for at, word in enumerate(words):
            if re.fullmatch(r"[+-]?[0-9]{1,4000}", word, re.ASCII) is None:
                self.fault(at, "a whole number")


class Text:
    """The lines of a text that are neither blank nor a comment, one after the other."""

    def __init__(self, text: str) -> None:
        self._lines = said(text)
        self._after = text.count("\n") + (not text.endswith("\n"))

    def header(self, only: int, expected: str) -> Line:
        """Return the first line with its first few numbers; there may be more, of any kind."""
        number, text = next(self._lines, (0, ""))
        if not number:
            raise FormatError(1, 1, "", expected)
        line = Line(number, text, only)
        if len(line.numbers) < only:
            line.fault(len(line.numbers), expected)
        return line

    def line(self, expected: str) -> Line:
        """Return the next line."""
        number, text = next(self._lines, (0, ""))
        if not number:
            raise FormatError(self._after + 1, 1, "", expected)
        return Line(number, text)

    def end(self, expected: str) -> None:
        """Raise if another line follows."""
        number, text = next(self._lines, (0, ""))
        if number:
            word = text.split()[0]
            raise FormatError(number, text.index(word) + 1, word, expected)


def said(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that say something; `#` begins a comment."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line and not line.isspace() and not line.lstrip().startswith("#"):
            yield number, line
