"""The board at one moment as a frozen value: bars, closed stretches, orders, cut-offs, proposals."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from controller.web.board.labels import Info
from scheduler import Slot


class Kind(StrEnum):
    """How a bar stands."""

    DONE = "done"
    LOST = "lost"
    RUN = "run"
    HELD = "held"
    DOUBT = "doubt"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A batch on a machine. The setup fills [setup_s, start_s)."""

    key: str
    """Its first operation, with the attempt when it is not the first; the same before and after it ran."""
    machine: str
    kind: Kind
    setup_s: int
    start_s: int
    end_s: int
    operations: tuple[str, ...]
    family: str
    info: Info


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A stretch in which a machine does not work although its shift would let it."""

    machine: str
    begin_s: int
    end_s: int
    kind: Literal["out", "failed", "closed"]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMark:
    """What the board says of an open order."""

    id: str
    due_s: int
    end_s: int | None
    stand: str
    carrier: str
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMark:
    """A departure on top of the board, and how many orders are due with it."""

    at_s: int
    carrier: str
    due: int
    risk: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What an open proposal would change: bars that go, bars that come instead."""

    number: int
    gone: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that the board shows but live readings; equal sequence numbers, equal pictures."""

    seq: int
    now_s: int
    plan: int
    published_s: int
    begin_s: int
    end_s: int
    cells: tuple[tuple[str, tuple[str, ...]], ...]
    """(label, machines), in the plant's order."""
    load: Mapping[str, int]
    """Machine -> per cent of its open time that is planned, over the next hours."""
    told: Mapping[str, int]
    """Machine -> second until which it is busy with what it was told; no plan moves that."""
    open_when: tuple[tuple[tuple[int, int], ...], ...]
    """For each cell: when it may work."""
    bars: tuple[Bar, ...]
    ghost: tuple[Slot, ...]
    """Slots of the plan before this one that the present one has moved."""
    closed: tuple[Closed, ...]
    orders: Mapping[str, OrderMark]
    cuts: tuple[CutMark, ...]
    pinned: frozenset[str]
    others: tuple[Other, ...]
