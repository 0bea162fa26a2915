"""What was physically made, counted from the machines' own as-made ledger and from nothing else."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from plant_config import Plant, Routing, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeEntry:
    """One member of one physical cycle, as the machine wrote it down."""

    at_s: int
    machine: str
    job_order: str
    operation: str
    attempt: int
    subject: str
    verdict: Literal["good", "scrap"]
    cycle: int = 0
    """The machine's own running number of the cycle; 0 where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Units needed against parts made; nothing excuses `twice`."""

    needed: int
    good: int
    """Units for which every step of a machine was made good."""
    scrapped: int
    """Parts that a machine spoilt."""
    twice: int
    """Parts made good once more although the first was good and nothing later spoilt it."""


def parse_made(lines: Iterable[str]) -> tuple[MadeEntry, ...]:
    """Read ledger lines. A line that a killed process tore was never said, and a cycle that was
    written twice was made once.

    Raises `ValueError` for a whole line that is no entry.
    """
    entries: dict[tuple[object, ...], MadeEntry] = {}
    for number, text in enumerate(lines, start=1):
        try:
            said = json.loads(text)
        except json.JSONDecodeError:
            continue
        try:
            entry = _entry(said)
        except (ValueError, KeyError, TypeError) as broken:
            raise ValueError(f"Line {number} of the ledger is no entry: {text!r}.") from broken
        cycle = entry.cycle or f"line {number}"
        entries[entry.machine, cycle, entry.operation, entry.verdict] = entry
    return tuple(entries.values())


def count_made(
    made: Iterable[MadeEntry],
    routings: Mapping[str, Routing],
    plant: Plant,
    spoilt_by_hand: Mapping[str, int] | None = None,
    condemned: Mapping[str, int] | None = None,
) -> Made:
    """Compare the ledger with what the orders needed.

    `spoilt_by_hand` says how often a person reported scrap at an operation of a hand station,
    because a spoilt assembly is a good reason to make its parts again. `condemned` says how often a
    person took back that an operation was good, which is a reason to do it once more.
    """
    entries = [entry for entry in made if entry.operation.partition("/")[0] in routings]
    good = Counter(entry.operation for entry in entries if entry.verdict == "good")
    scrap = Counter(entry.operation for entry in entries if entry.verdict == "scrap")
    # A station that writes to the ledger itself must not be counted a second time.
    spoilt = Counter(spoilt_by_hand or {}) | scrap
    kept = good - Counter(condemned or {})
    needed = complete = twice = 0
    for routing in routings.values():
        units, short = _units(routing, good, plant)
        needed += len(units)
        complete += len(units - short)
        twice += sum(_without_reason(name, routing, kept, spoilt) for name in routing.operations)
    return Made(needed=needed, good=complete, scrapped=sum(scrap.values()), twice=twice)


def _entry(said: Mapping[str, Any]) -> MadeEntry:
    if said["verdict"] not in ("good", "scrap"):
        raise ValueError(f"{said['verdict']!r} is no verdict.")
    return MadeEntry(
        at_s=int(said["at_s"]),
        machine=str(said["machine"]),
        job_order=str(said["job_order"]),
        operation=str(said["operation"]),
        attempt=int(said["attempt"]),
        subject=str(said["subject"]),
        verdict=said["verdict"],
        cycle=int(said.get("cycle", 0)),
    )


def _units(routing: Routing, good: Counter[str], plant: Plant) -> tuple[set[str], set[str]]:
    """Return all units of an order, and those of which a machine's step is missing."""
    units: set[str] = set()
    short: set[str] = set()
    for operation in routing.operations.values():
        units.update(operation.units)
        by_hand = all(isinstance(plant.machines[m].link, Station) for m, _ in operation.modes)
        if not by_hand and not good[operation.id]:
            short.update(operation.units)
    return units, short


def _without_reason(
    operation: str, routing: Routing, good: Counter[str], spoilt: Counter[str]
) -> int:
    """Count good parts beyond the first that no spoilt later step asked for."""
    beyond = good[operation] - 1
    if beyond < 1:
        return 0
    reasons = sum(spoilt[later] for later in _later(operation, routing))
    return max(0, beyond - reasons)


def _later(operation: str, routing: Routing) -> set[str]:
    """Return every operation that the product of this one goes into."""
    seen: set[str] = set()
    edge = [operation]
    while edge:
        for following in routing.graph.successors(edge.pop()):
            if following not in seen:
                seen.add(following)
                edge.append(following)
    return seen
