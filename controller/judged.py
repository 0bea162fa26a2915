"""What a request comes to, before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from controller.desk import Person
from controller.events import Event
from controller.requests import Imported, Refusal, RefusedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Facts to record, the reply, and what goes to the erasable tables first."""

    facts: tuple[Event, ...] = ()
    reply: Imported | Refusal | None = None
    """None: the reply is `Taken` with the number of the last fact, and `says`.
    A refusal here comes with facts: what was tried counts."""
    says: str = ""
    """What came of it, in a sentence; empty where the page shows it anyway."""
    people: Mapping[str, Person] = field(default_factory=dict[str, Person])
    refused: tuple[tuple[str, RefusedRow], ...] = ()
    forget: tuple[str, ...] = ()
    """Orders whose persons leave the erasable tables before the facts are recorded."""


Answered: TypeAlias = Judged | Refusal
