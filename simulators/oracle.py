"""What was physically made, told by nobody but the machines, and whether it is what was needed."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

import networkx as nx
from pydantic import TypeAdapter

from plant_config import Order, Plant, route


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One member of one physical cycle."""

    at_s: int
    machine: str
    job_order: str
    operation: str
    attempt: int
    subject: str
    verdict: Literal["good", "scrap"]
    cycle: int = 0
    """The machine's own running number of the cycle; two makings never share it."""


class AsMade(Protocol):
    """The append-only ledger that all machines of a plant write."""

    def record(self, made: Iterable[Made]) -> None:
        """Add the members of one cycle durably; the same cycle recorded twice counts once."""
        ...

    def entries(self) -> tuple[Made, ...]:
        """Return everything that was made, in order."""
        ...


class MemoryLedger:
    """The ledger of a simulated day."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str, int, str, str], Made] = {}

    def record(self, made: Iterable[Made]) -> None:
        """Add the members of one cycle."""
        for entry in made:
            self._entries.setdefault(_key(entry), entry)

    def entries(self) -> tuple[Made, ...]:
        """Return everything that was made, in order."""
        return tuple(self._entries.values())


class FileLedger:
    """JSON lines in a file, on disk before the machine says that it is done."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._entries = {_key(entry): entry for entry in read_ledger(path)}
        self._file = path.open("a", encoding="utf-8")
        if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
            self._file.write("\n")  # a torn last line of a killed process ends here

    def record(self, made: Iterable[Made]) -> None:
        """Add the members of one cycle."""
        fresh = [entry for entry in made if _key(entry) not in self._entries]
        for entry in fresh:
            self._file.write(json.dumps(asdict(entry), separators=(",", ":")) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._entries.update((_key(entry), entry) for entry in fresh)

    def entries(self) -> tuple[Made, ...]:
        """Return everything that was made, in order."""
        return tuple(self._entries.values())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


_MADE = TypeAdapter(Made)


def read_ledger(path: Path) -> tuple[Made, ...]:
    """Read a ledger file; a torn line was never said and is left out."""
    if not path.exists():
        return ()
    return tuple(_whole_lines(path.read_text(encoding="utf-8").splitlines()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An operation that must be made good, and what a scrap further down destroys with it."""

    operation: str
    destroyed_by: frozenset[str]
    """Operations further down, into which its product went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was made against what was needed; quantities of operations."""

    needed: int
    good: int
    scrapped: int
    made_twice: tuple[str, ...]
    """Operations with more good makings than one, and one more for each destroyed."""
    missing: tuple[str, ...]
    """Operations with fewer."""
    unknown: tuple[str, ...]
    """Makings that nobody needed."""

    @property
    def right(self) -> bool:
        """Tell whether everything was made just as often as needed."""
        return not (self.made_twice or self.missing or self.unknown)


def needs(plant: Plant, orders: Iterable[Order]) -> tuple[Need, ...]:
    """Return every operation of the orders with the steps whose scrap takes its product along."""
    found = []
    for order in orders:
        routing = route(order, plant)
        for operation in routing.operations.values():
            later = frozenset(nx.descendants(routing.graph, operation.id))
            found.append(Need(operation=operation.id, destroyed_by=later))
    return tuple(found)


def count(entries: Iterable[Made], needed: Iterable[Need]) -> Count:
    """Compare what was made with what was needed. A scrap downstream destroys one good making of
    each operation that went into it, so that one more is right. What was good and thrown away later
    is a scrap of the same cycle."""
    need_of = {need.operation: need for need in needed}
    last = {_cycle(entry): entry.verdict for entry in entries}
    good = Counter(operation for *_, operation in (k for k, v in last.items() if v == "good"))
    scrap = Counter(operation for *_, operation in (k for k, v in last.items() if v == "scrap"))
    twice, missing = [], []
    for operation, need in need_of.items():
        destroyed = sum(scrap[later] for later in need.destroyed_by)
        rest = good[operation] - destroyed
        if rest > 1:
            twice.append(operation)
        elif rest < 1:
            missing.append(operation)
    return Count(
        needed=len(need_of),
        good=sum(good.values()),
        scrapped=sum(scrap.values()),
        made_twice=tuple(twice),
        missing=tuple(missing),
        unknown=tuple(sorted(set(good + scrap) - set(need_of))),
    )


def _cycle(entry: Made) -> tuple[str, str, int, str]:
    return entry.machine, entry.job_order, entry.cycle, entry.operation


def _key(entry: Made) -> tuple[str, str, int, str, str]:
    return *_cycle(entry), entry.verdict


def _whole_lines(lines: Iterable[str]) -> Iterator[Made]:
    for line in lines:
        try:
            yield _MADE.validate_json(line)
        except ValueError:
            continue
