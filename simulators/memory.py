"""What a machine keeps through a power cycle, and what lies in it: in a file or in memory."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from pydantic import TypeAdapter

from drivers import JobOrder, JobState, UnitResult
from simulators.physics import Cycle

Code = Literal[
    "ok",
    "repeated",
    "unknown",
    "invalid_state",
    "busy",
    "needs_clear",
    "recipe",
    "stale_boot",
    "fenced",
    "limit",
]
"""A machine's answer to a command."""

RING = 16
"""Finished job orders that a machine remembers at least (R8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A job order in a machine's list; `starts` is its part counter at the start, 0 before."""

    job: JobOrder
    state: JobState
    results: tuple[UnitResult, ...] = ()
    starts: int = 0
    detail: str = ""
    cleared: bool = False


@dataclass(slots=True)
class Kept:
    """What must survive the death of the simulating process: memory chips, physical facts."""

    boot: int = 1
    count: int = 0
    epoch: int = 0
    active: str = ""
    """The job order that runs, or ran last and is not cleared."""
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    ack_sequence: int = 0
    ack_code: Code = "ok"
    changes: int = 0
    family: str = ""
    """What it is set up for; a physical fact."""
    occupied: bool = False
    """Something lies in it; a physical fact."""
    cycle: Cycle | None = None
    """The cycle under way, or the last one; a physical fact."""
    began_s: int = 0
    paused_s: int | None = None
    """Second since which the cycle stands still."""
    over: bool = True
    """The cycle has ended or was broken off."""
    starts: int = 0
    """Cycles ever begun; unlike `count`, nothing resets it."""
    asked: int = 0
    """Starts ever asked for, to find the n-th for a scripted fault."""
    restarts: int = 0
    """Scripted power cycles already done."""


class Memory(Protocol):
    """Where a machine keeps things."""

    def load(self) -> Kept | None:
        """Return what was kept last, or None for a new machine."""
        ...

    def save(self, kept: Kept) -> None:
        """Keep it; durable when the call returns."""
        ...


_KEPT = TypeAdapter(Kept)


class ChipMemory:
    """Keeps a copy, so that a twin can die and be made again within a test."""

    def __init__(self) -> None:
        self._content: bytes | None = None

    def load(self) -> Kept | None:
        """Return what was kept last."""
        return None if self._content is None else _KEPT.validate_json(self._content)

    def save(self, kept: Kept) -> None:
        """Keep a copy."""
        self._content = _KEPT.dump_json(kept)


class FileMemory:
    """Keeps a JSON file, replaced as a whole: a killed process leaves the old or the new one."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path

    def load(self) -> Kept | None:
        """Return what was kept last."""
        return _KEPT.validate_json(self._path.read_bytes()) if self._path.exists() else None

    def save(self, kept: Kept) -> None:
        """Write beside the old file and take its place."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(_KEPT.dump_json(kept))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
