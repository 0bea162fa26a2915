"""One day in figures, measured or planned, so that two of them can be set side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from plant_config import Plant

Curve: TypeAlias = tuple[tuple[int, int], ...]
"""(plant second, orders packed by then), one point for each second at which it rose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """Shared machine cycles of one kind; fill is of the capacity that a batch rule speaks of."""

    noun: str
    count: int
    filled: int
    offered: int
    machine_s: int
    """Time that they took up on their machines, without setup."""

    @property
    def fill_percent(self) -> int:
        """Return the average fill in whole per cent."""
        return round(100 * self.filled / self.offered) if self.offered else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeovers:
    """What changing families took; cleaning is the part of the seconds that rinses and wipes."""

    count: int
    takes_s: int
    cents: int
    cleaning_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How a day went, or would have gone."""

    due: int
    on_time: int
    packed: Curve
    last_packed_s: int | None
    """When the last order was packed; None while one is missing."""
    batches: tuple[Batches, ...]
    changeovers: Changeovers


@dataclass(frozen=True, slots=True)
class Cycle:
    """A machine cycle, as both a plan's slot and a job order have one."""

    group: str
    filled: int
    offered: int
    takes_s: int


def curve(packed_s: Mapping[str, int]) -> Curve:
    """Count up orders by the second at which they were packed."""
    seconds = sorted(packed_s.values())
    # The last count at a second stands for all orders packed in it.
    return tuple(dict(zip(seconds, accumulate(1 for _ in seconds), strict=True)).items())


def add_up(cycles: Iterable[Cycle], noun_of: Mapping[str, str]) -> tuple[Batches, ...]:
    """Sum cycles by what the floor calls them, in the order of `noun_of` (group -> noun)."""
    seen = [cycle for cycle in cycles if cycle.group in noun_of]
    total = []
    for noun in dict.fromkeys(noun_of.values()):
        own = [cycle for cycle in seen if noun_of[cycle.group] == noun]
        total.append(
            Batches(
                noun=noun,
                count=len(own),
                filled=sum(cycle.filled for cycle in own),
                offered=sum(cycle.offered for cycle in own),
                machine_s=sum(cycle.takes_s for cycle in own),
            )
        )
    return tuple(total)


def nouns(plant: Plant) -> Mapping[str, str]:
    """Return what the floor calls a batch, for each group that makes several at once."""
    return {name: group.batch.noun for name, group in plant.groups.items() if group.batch.capacity}


def plural(noun: str) -> str:
    """Return a noun for any number but one: `plates`, `batches`."""
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: `1 plate`, `15 plates`."""
    return f"{count} {noun if count == 1 else plural(noun)}"
