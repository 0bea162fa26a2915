"""What the planner is asked, and what it answers."""

from dataclasses import dataclass, field

from plant_config import Order
from scheduler import Frozen, Slot, wishes
from scheduler import difference as changes

BUDGET_S = 4.0
"""Real seconds for a plan of a day; the demo's day passes in two minutes."""

QUICK_S = 0.4
"""Real seconds for a plan that machines wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be planned, as it stood at `now_s`."""

    stamp: int
    """Sequence number up to which it knows what is wanted."""
    why: str = ""
    orders: tuple[Order, ...]
    frozen: Frozen
    now_s: int
    hint: tuple[Slot, ...] = ()
    """The present plan, to start from and to stay close to."""
    budget_s: float = BUDGET_S
    """Real seconds; in virtual time a count of steps takes its place."""
    terms: wishes.Terms = wishes.NO_TERMS
    """What planners asked for, and when material is there."""

    @property
    def quick(self) -> bool:
        """Machines wait for it, so it is never ended for another question."""
        return self.budget_s <= QUICK_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the planner found; `slots` is None when it found nothing, and `why` says the reason then."""

    stamp: int
    orders: tuple[str, ...]
    """The orders that the question knew."""
    slots: tuple[Slot, ...] | None
    levels: tuple[tuple[str, int], ...] = ()
    bound: int | None = None
    tiers: tuple[str, ...] = ()
    took_ms: int = 0
    why: str = ""
    curve: tuple[tuple[int, int], ...] = ()
    """(real milliseconds since the start, cents) of each better plan on the way."""
    ends: tuple[tuple[str, int], ...] = ()
    """Order -> its projected end."""
    late_ends: tuple[tuple[str, int], ...] = ()
    """Order -> second by which it is packed in nine of ten replays; empty where there was no time."""
    waits: tuple[tuple[tuple[str, ...], int, int], ...] = ()
    """(operations, second, parts) of batches that may wait until then for so many more."""
    unkept: tuple[str, ...] = ()
    """Pins and waits that the plan misses, a sentence each."""
    difference: changes.Difference | None = None
    """Of a proposal: what it changes against the present plan."""
    gave_way: bool = False
    """A newer question took its place; nothing is wrong, and nothing has to be asked again."""
    asked: Question | None = field(default=None, compare=False, repr=False)
    """The question, or how it stood when the answer was last verified."""


def nothing(question: Question, why: str, *, gave_way: bool = False) -> Answer:
    """Answer a question without a plan."""
    return Answer(
        stamp=question.stamp,
        orders=tuple(order.id for order in question.orders),
        slots=None,
        why=why,
        gave_way=gave_way,
        asked=question,
    )
