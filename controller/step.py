"""What a rule returns: a fact, an effect, or both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from controller.effects import Effect
from controller.events import Event
from controller.state import State
from controller.transient import Transient


@dataclass(frozen=True, slots=True)
class Step:
    """A fact to record, an effect to release once that fact is durable, or both."""

    event: Event | None = None
    effect: Effect | None = None


Rule: TypeAlias = Callable[[State, Transient, int], Iterator[Step]]
"""(state, transient, now_s) -> what follows from what is known."""
