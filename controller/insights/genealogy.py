"""What touched each order, and what happened to it: values that outlive the order's place in the state."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypedDict, Unpack

from controller.events import Stamped
from plant_config import Order
from scheduler import Slot

_LINES = 400
"""Happenings kept of one order."""


class Kind(StrEnum):
    """What happened to an order."""

    ACCEPTED = "accepted"
    PLANNED = "planned"
    MOVED = "moved"
    BEGUN = "begun"
    FINISHED = "finished"
    ABORTED = "aborted"
    DOUBTED = "doubted"
    DECIDED = "decided"
    UNMADE = "unmade"
    TAKEN = "taken"
    SPOILT = "spoilt"
    UNDONE = "undone"
    TOTE = "tote"
    WISHED = "wished"
    UNWISHED = "unwished"
    PACKED = "packed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    DROPPED = "dropped"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of an order's story; what is not said stays empty."""

    kind: Kind
    seq: int
    at_s: int
    actor: str
    machine: str = ""
    label: str = ""
    """Of the batch, as the floor calls it."""
    detail: str = ""
    good: tuple[str, ...] = ()
    """Operations of this order that came out good."""
    bad: tuple[str, ...] = ()
    plan: int = 0
    was_s: int | None = None
    """Slack before, in seconds."""
    slack_s: int | None = None


class Said(TypedDict, total=False):
    """What a line may say beside what, when and who."""

    machine: str
    label: str
    detail: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    plan: int
    was_s: int | None
    slack_s: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """Material of a lot that went into an attempt, in the material's base unit."""

    material: str
    lot: str
    quantity: int


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One making of an operation, from the intent to the verdict."""

    operation: str
    subject: str
    number: int
    machine: str
    label: str
    job_order: str
    recipe: tuple[tuple[str, int | str], ...]
    told_s: int
    began_s: int | None = None
    ended_s: int | None = None
    verdict: str = ""
    """`good`, `scrap`, `not_made`; empty while it is open."""
    reason: str = ""
    doubted: bool = False
    decided_by: str = ""
    actor: str = ""
    """The person whose hands made it, as the journal names them; empty for machines."""
    station: str = ""
    actuals: tuple[tuple[str, int | str], ...] = ()
    uses: list[Use] = field(default_factory=list[Use])
    scans: list[tuple[int, str, str]] = field(default_factory=list["tuple[int, str, str]"])
    """(second, operation whose part was scanned, actor)."""


@dataclass(slots=True, kw_only=True)
class Life:
    """One order from its acceptance on."""

    order: Order
    cost_cents: int
    accepted_s: int
    accepted_by: str
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    happened: list[Happening] = field(default_factory=list[Happening])
    first: dict[str, Slot] = field(default_factory=dict[str, Slot])
    """Operation -> its slot in the first plan that knew the order."""
    had_s: int | None = None
    """Slack in that plan."""
    slack_s: int | None = None
    """Slack when it was last worth a line."""
    packed_s: int | None = None
    shipped_s: int | None = None
    on_time: bool = True
    cancelled: Happening | None = None
    sunk_cents: int = 0
    left_s: int | None = None
    """When it left the state: shipped or dropped."""
    tote: str = ""
    erased_s: int | None = None

    def of(self, operation: str) -> list[Attempt]:
        """Return the attempts of an operation, the first one first."""
        return [each for each in self.attempts if each.operation == operation]


@dataclass(slots=True)
class Lives:
    """Every open order and those that left lately."""

    seq: int = 0
    of: dict[str, Life] = field(default_factory=dict[str, Life])
    jobs: dict[str, dict[str, Attempt]] = field(default_factory=dict[str, "dict[str, Attempt]"])
    """Job order -> its members' attempts, until its machine is cleared."""
    machine_jobs: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])
    gone: dict[str, int] = field(default_factory=dict[str, int])
    """Order that left -> when, the oldest first."""
    wishes: dict[int, tuple[str, str]] = field(default_factory=dict[int, "tuple[str, str]"])
    """Number of a wish -> (order, words)."""
    unplanned: set[str] = field(default_factory=set[str])
    """Orders that no plan has known yet."""


def tell(life: Life, stamped: Stamped, kind: Kind, **said: Unpack[Said]) -> Happening:
    """Add a line to an order's story; a story that grows too long loses its oldest lines."""
    happening = Happening(
        kind=kind, seq=stamped.seq, at_s=stamped.at_s, actor=stamped.actor, **said
    )
    life.happened.append(happening)
    if len(life.happened) > _LINES:
        del life.happened[1]  # the acceptance stays
    return happening


def order_id(operation: str) -> str:
    """Return the order that an operation belongs to."""
    return operation.partition("/")[0]
