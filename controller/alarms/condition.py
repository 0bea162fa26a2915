"""What an alarm stands for: a condition that holds now, by the id that it would be raised under."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from controller.alarms.facts import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that somebody should know, in one sentence with its cause first."""

    source: str
    priority: Priority
    says: str


Found: TypeAlias = Iterator[tuple[str, Condition]]


def kind_of(alarm: str) -> str:
    """Return what kind of alarm an id names: `failed:P3` is `failed`."""
    return alarm.partition(":")[0]


def about(alarm: str) -> str:
    """Return what an alarm is about: `failed:P3` is about `P3`."""
    return alarm.partition(":")[2]


SETTLED = frozenset({"failed", "doubt", "orphan", "help", "out"})
"""Kinds that end only by what a person does: whoever did it has seen them."""
