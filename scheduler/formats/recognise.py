"""Which format a text has, by its name or by what it says."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from scheduler.formats.assembly import read_assembly
from scheduler.formats.classic import END_OF_JOB, read_classic
from scheduler.formats.flexible import fits, read_flexible
from scheduler.formats.oven import is_oven, read_oven
from scheduler.formats.setups import is_parallel, read_parallel, read_setups
from scheduler.formats.text import FormatError, Line, said
from scheduler.problem import Problem

FORMATS: Mapping[str, Callable[[str], Problem]] = {
    "fjs": read_flexible,
    "jsp": read_classic,
    "fajsp": read_assembly,
    "sdst": read_setups,
    "oven": read_oven,
    "parallel": read_parallel,
}
LINES_LOOKED_AT = 50
LOOKED_AT = 1_000_000
ASSEMBLY_HEADER = 3


def read(text: str, name: str, format_: str = "") -> Problem:
    """Read an instance in a format, or in the one that its name or its text tells."""
    return FORMATS[format_ or recognise(text, name)](text)


def recognise(text: str, name: str) -> str:
    """Return the format by the ending of a name; where that says nothing, by the text."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending == "dzn" or is_oven(text[:LOOKED_AT]):
        return "oven"
    if is_parallel(text):
        return "parallel"
    return ending if ending in FORMATS else _by_content(text)


def _by_content(text: str) -> str:
    """Take the format that most lines fit; a text that fits none is read as the likeliest."""
    lines = [line for _, line in said(text)]
    if not lines:
        return "fjs"
    words = lines[0].split()
    sample = [_numbers(line) for line in lines[1 : 1 + LINES_LOOKED_AT]]
    if len(words) == ASSEMBLY_HEADER and _is_assembly(words, len(lines), sample):
        return "fajsp"
    if len(words) >= ASSEMBLY_HEADER:
        return "fjs"  # its third number is how many machines an operation can have, on average
    flexible = sum(fits(numbers) for numbers in sample)
    classic = sum(_is_classic(numbers) for numbers in sample)
    return "jsp" if classic > flexible else "fjs"


def _is_assembly(words: list[str], lines: int, sample: list[list[int]]) -> bool:
    """Say whether there are about as many lines as operations and arcs, and arcs are pairs."""
    if not all(word.isascii() and word.isdigit() for word in words):
        return False
    operations, arcs, _ = map(int, words)
    pairs = sum(len(numbers) == 2 for numbers in sample[:arcs])  # noqa: PLR2004
    return lines > operations + 1 and 2 * pairs > min(arcs, len(sample))


def _is_classic(numbers: list[int]) -> bool:
    return len(numbers) % 2 == 0 and (min(numbers, default=0) >= 0 or numbers[-2:] == END_OF_JOB)


def _numbers(line: str) -> list[int]:
    try:
        return Line(0, line).numbers
    except FormatError:
        return []
