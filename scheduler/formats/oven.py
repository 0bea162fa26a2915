"""Oven scheduling: jobs of an attribute share cycles. Source: Lackner, Mrkvicka, Musliu, Walkiewicz and
Winter 2023, Exact methods for the oven scheduling problem, Constraints 28, section 2; the instances
are MiniZinc data with the integer weights of the objective and its upper bound.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from scheduler.formats.text import FormatError
from scheduler.problem import Aim, Due, Mode, Problem, Resource, Score, Setup, Task
from scheduler.search.shop import LONGEST_S

Value: TypeAlias = int | list[int] | list[list[int]]
TOKEN = re.compile(r"\s+|%[^\n]*|(?P<word>[A-Za-z_]\w*|[+-]?\d+|\.\.|\[\||\|\]|[\[\]{}|,;=])")
OVENS = "ovens"
MOST = 100_000


class _Word(NamedTuple):
    text: str
    line: int
    column: int


class _Words:
    """The words of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self._words = list(_words(text))
        self._at = 0

    def next(self) -> _Word:
        """Return the next word and go on."""
        word = self._words[self._at]
        self._at = min(self._at + 1, len(self._words) - 1)
        return word

    def peek(self) -> _Word:
        """Return the next word."""
        return self._words[self._at]

    def expect(self, *texts: str) -> _Word:
        """Return the next word, which must be one of these."""
        word = self.next()
        if word.text not in texts:
            raise _fault(word, " or ".join(repr(text) for text in texts))
        return word

    def number(self) -> int:
        """Return the next word as a number."""
        word = self.next()
        if not word.text.lstrip("+-").isdecimal():
            raise _fault(word, "a whole number")
        return int(word.text)


def _words(text: str) -> Iterator[_Word]:
    at, line, begin = 0, 1, 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise FormatError(line, at - begin + 1, text[at], "a name, a number or a list")
        if match["word"] is not None:
            yield _Word(match["word"], line, at - begin + 1)
        newlines = match[0].count("\n")
        if newlines:
            line, begin = line + newlines, at + match[0].rindex("\n") + 1
        at = match.end()
    yield _Word("", line, at - begin + 1)


def _fault(word: _Word, expected: str) -> FormatError:
    return FormatError(word.line, word.column, word.text, expected)


def is_oven(text: str) -> bool:
    """Say whether a text looks like an instance of this kind."""
    return re.search(r"^\s*eligible_machine\s*=", text, re.MULTILINE) is not None


def read_oven(text: str) -> Problem:
    """Read an instance. Raises FormatError."""
    words = _Words(text)
    said: dict[str, Value] = {}
    where: dict[str, _Word] = {}
    while words.peek().text:
        name = words.next()
        if not re.fullmatch(r"[A-Za-z_]\w*", name.text):
            raise _fault(name, "a name")
        words.expect("=")
        where[name.text] = words.peek()
        said[name.text] = _value(words)
        words.expect(";")
    return _Oven(said, where, words.peek()).problem()


def _value(words: _Words) -> Value:
    match words.peek().text:
        case "[":
            words.next()
            return _list(words)
        case "[|":
            words.next()
            return _matrix(words)
        case _:
            return words.number()


def _list(words: _Words) -> list[int] | list[list[int]]:
    numbers: list[int] = []
    sets: list[list[int]] = []
    while words.peek().text != "]":
        if words.peek().text == "{" or sets:
            sets.append(_set(words))
        else:
            numbers.append(words.number())
        if words.peek().text != "]":
            words.expect(",")
    words.next()
    return sets or numbers


def _set(words: _Words) -> list[int]:
    """Read {1, 2} or a range, 1..2."""
    if words.peek().text != "{":
        first = words.number()
        words.expect("..")
        return list(range(first, words.number() + 1))
    words.next()
    members: list[int] = []
    while words.peek().text != "}":
        members.append(words.number())
        if words.peek().text != "}":
            words.expect(",")
    words.next()
    return members


def _matrix(words: _Words) -> list[list[int]]:
    rows: list[list[int]] = [[]]
    while True:
        word = words.peek()
        if word.text == "|]":
            words.next()
            return [row for row in rows if row]
        if word.text == "|":
            words.next()
            if words.peek().text == "]":
                words.next()
                return [row for row in rows if row]
            rows.append([])
        elif word.text == ",":
            words.next()
        else:
            rows[-1].append(words.number())


class _Oven:
    """What an instance says, looked up by name and checked."""

    def __init__(self, said: Mapping[str, Value], where: Mapping[str, _Word], end: _Word) -> None:
        self._said, self._where, self._end = said, where, end

    def problem(self) -> Problem:
        """Pose it."""
        machines, attributes, jobs = (self._count(name) for name in ("m", "a", "n"))
        eligible = self._sets("eligible_machine", jobs, machines)
        columns = ("earliest_start", "latest_end", "min_time", "max_time", "size", "attribute")
        rows = zip(*(self._row(name, jobs) for name in columns), strict=True)
        tasks: dict[str, Task] = {}
        dues: dict[str, Due] = {}
        for job, (release, due, least, most, size, attribute) in enumerate(rows):
            name = f"{job}/0"
            tasks[name] = Task(
                id=name,
                order=str(job),
                modes=tuple(Mode(str(k - 1), least) for k in eligible[job]),
                family=str(attribute),
                size=size,
                release_s=release,
                most_s=most,
            )
            dues[str(job)] = Due(order=str(job), due_s=due)
        return Problem(
            now_s=0,
            tasks=tasks,
            resources=dict(self._resources(machines, attributes)),
            setups=self._setups(attributes),
            dues=dues,
            aim=Aim.SCORE,
            score=Score(
                run=self._number("mult_factor_total_runtime"),
                setup=self._number("mult_factor_total_setuptimes"),
                cost=self._number("mult_factor_total_setupcosts"),
                late=self._number("mult_factor_finished_toolate"),
                whole=max(1, self._number("upper_bound_integer_objective")),
            ),
            reserve_s=0,
        )

    def _resources(self, machines: int, attributes: int) -> Iterator[tuple[str, Resource]]:
        shifts = self._count("s")
        opens = self._table("m_a_s", machines, shifts)
        closes = self._table("m_a_e", machines, shifts)
        sizes = self._row("max_cap", machines)
        first = self._row("initState", machines) if "initState" in self._said else [0] * machines
        for k in range(machines):
            if not 0 <= first[k] <= attributes:
                raise self._wrong("initState", first[k], f"an attribute from 1 to {attributes}")
            windows = sorted({(a, b) for a, b in zip(opens[k], closes[k], strict=True) if a < b})
            yield (
                str(k),
                Resource(
                    id=str(k),
                    group=OVENS,
                    capacity=sizes[k],
                    windows=tuple(windows),
                    family=str(first[k]) if first[k] else "",
                ),
            )

    def _setups(self, attributes: int) -> dict[tuple[str, str, str], Setup]:
        times = self._table("setup_times", attributes, attributes, more=True)
        costs = self._table("setup_costs", attributes, attributes, more=True)
        return {
            (OVENS, str(a + 1), str(b + 1)): Setup(times[a][b], costs[a][b])
            for a in range(attributes)
            for b in range(attributes)
            if times[a][b] or costs[a][b]
        }

    def _number(self, name: str) -> int:
        value = self._known(name)
        if not isinstance(value, int) or not 0 <= value < LONGEST_S:
            raise self._wrong(name, value, f"a number from 0 to {LONGEST_S - 1}")
        return value

    def _count(self, name: str) -> int:
        value = self._number(name)
        if not 1 <= value <= MOST:
            raise self._wrong(name, value, f"a number from 1 to {MOST}")
        return value

    def _row(self, name: str, length: int) -> list[int]:
        numbers = [each for each in self._listed(name, length) if isinstance(each, int)]
        if len(numbers) != length or not all(0 <= each < LONGEST_S for each in numbers):
            raise self._wrong(name, numbers, f"{length} numbers from 0 to {LONGEST_S - 1}")
        return numbers

    def _sets(self, name: str, length: int, most: int) -> list[list[int]]:
        sets = [each for each in self._listed(name, length) if isinstance(each, list)]
        if len(sets) != length:
            raise self._wrong(name, sets, f"{length} sets of machines")
        for each in sets:
            if not each or not all(1 <= k <= most for k in each):
                raise self._wrong(name, each, f"machines from 1 to {most}, at least one")
        return sets

    def _listed(self, name: str, length: int) -> list[int] | list[list[int]]:
        value = self._known(name)
        if isinstance(value, int) or len(value) != length:
            raise self._wrong(name, value, f"a list of {length}")
        return value

    def _table(self, name: str, rows: int, columns: int, *, more: bool = False) -> list[list[int]]:
        """Return a matrix; `more` allows further rows, which nothing asks for."""
        value = self._known(name)
        table = [row for row in value if isinstance(row, list)] if isinstance(value, list) else []
        fits = len(table) >= rows if more else len(table) == rows
        if not fits or any(len(row) != columns for row in table):
            raise self._wrong(name, value, f"{rows} rows of {columns} numbers")
        if any(not 0 <= each < LONGEST_S for row in table for each in row):
            raise self._wrong(name, value, f"numbers from 0 to {LONGEST_S - 1}")
        return table

    def _known(self, name: str) -> Value:
        if name not in self._said:
            raise FormatError(self._end.line, self._end.column, "", f"a line for {name}")
        return self._said[name]

    def _wrong(self, name: str, value: object, expected: str) -> FormatError:
        word = self._where[name]
        return FormatError(word.line, word.column, str(value), f"for {name} {expected}")
