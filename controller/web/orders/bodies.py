"""What the routes of orders take in and give out."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class HitNow:
    """Something that was found, and the page that shows it."""

    kind: str
    """`order`, `left`, `tote`, `machine`, `station`, `part` or `page`."""
    says: str
    more: str
    href: str
    icon: str
    """Its name on the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found."""

    hits: list[HitNow]
    count: int
    """How many there are; only the nearest are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNow:
    """An open order and how it stands."""

    id: str
    customer: str
    made_to: str
    quantity: int
    release_s: int
    due_s: int
    due_at: str
    carrier: str
    projected_s: int | None
    """When it is complete in the present plan; None: not all of it is planned."""
    nine_in_ten_s: int | None
    """By when it is complete in nine of ten replays of the plan with random durations."""
    slack_s: int | None
    packed_s: int | None
    stand: str
    """`doubt`, `late`, `risk`, `wait`, `work`, `plan`, `packed` or `cancelled`."""
    done: int
    operations: int
    kind: str
    """Of the reason in `why`: `lost`, `failed`, `turn`, ..."""
    why: str
    tote: str
    erased: bool
    """Its person was forgotten."""
    revision: int
    """Number of the last event that touched it; send it as If-Match with a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOrder:
    """An open order, with what a change of it would cost."""

    order: OrderNow
    sunk_cents: int
    """Standard cost of what is done or running; lost when it is taken back now."""
    sunk: str
    price_cents: int
    running: tuple[str, ...]
    """Operations that machines work on."""
    changed_by: str
    """Who caused the last event that touched it."""
    changed_at: str
    cancelled: str
    """Why it was taken back; empty when it was not."""


@dataclass(frozen=True, slots=True)
class WhyLink:
    """One cause; minutes are null at the ends of the chain."""

    says: str
    detail: str
    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNow:
    """Where an order is, and the chain behind its date, whose minutes add up to `minutes`."""

    order: str
    carrier: str
    due_at: str
    stand: str
    says: str
    title: str
    links: tuple[WhyLink, ...]
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedNow:
    """A refused row with the file that it stood in."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an order is taken back."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    reason: Annotated[str, Field(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A time of day, the next such one in the plant's time zone."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["14:30"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidNow:
    """It is durable; `seq` is the last event that it caused, `says` what came of it."""

    seq: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FourFigures:
    """A proposal about one order; it counts once it is accepted at `/api/plan/proposals/{number}`."""

    number: int
    why: str
    slack: str
    """How the order's slack would change: `+13 min`."""
    slack_now: str
    """What it would be: `14 min to spare`."""
    moved: int
    newly_late: tuple[str, ...]
    cents: int
    cost: str
    says: str
    took_ms: int
