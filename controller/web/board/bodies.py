"""What the plan's routes take in and give out; a wish says its kind."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, TypeAlias, assert_never

from pydantic import ConfigDict, Field

from scheduler import wishes

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
_STRICT = ConfigDict(extra="forbid")
_Name = Annotated[str, Field(min_length=1, max_length=120)]
_Names = Annotated[tuple[_Name, ...], Field(min_length=1, max_length=400)]
_Second = Annotated[int, Field(ge=0, le=10**9)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinWish:
    """These operations together on this machine, from this plan second on."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["pin"]
    operations: _Names
    machine: _Name
    start_s: _Second


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineWish:
    """These operations on this machine, whenever."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["on_machine"]
    operations: _Names
    machine: _Name


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterWish:
    """Nothing of this order, or none of these operations of it, before this plan second."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["not_before"]
    order: _Name
    at_s: _Second
    operations: Annotated[tuple[_Name, ...], Field(max_length=400)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWish:
    """This order before others."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["expedite"]
    order: _Name


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWish:
    """Nothing on this machine for a while."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["close_machine"]
    machine: _Name
    begin_s: _Second
    end_s: _Second
    why: Annotated[str, Field(max_length=80)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitWish:
    """How long a batch waits for parts that would share it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["plate_wait"]
    wait_s: Annotated[int, Field(ge=0, le=86_400)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWish:
    """What comes first after the hard rules."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    kind: Literal["level_order"]
    first: Literal["money", "stability"]


WishBody: TypeAlias = Annotated[
    PinWish | MachineWish | LaterWish | FirstWish | CloseWish | WaitWish | LevelWish,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """A planner's wish."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    wish: WishBody


def wish_of(body: WishBody) -> wishes.Wish:
    """Turn what came over the wire into a wish."""
    match body:
        case PinWish():
            return wishes.Pin(
                operations=body.operations, machine=body.machine, start_s=body.start_s
            )
        case MachineWish():
            return wishes.OnMachine(operations=body.operations, machine=body.machine)
        case LaterWish():
            return wishes.NotBefore(order=body.order, at_s=body.at_s, operations=body.operations)
        case FirstWish():
            return wishes.Expedite(order=body.order)
        case CloseWish():
            return wishes.CloseMachine(
                machine=body.machine, begin_s=body.begin_s, end_s=body.end_s, why=body.why
            )
        case WaitWish():
            return wishes.PlateWait(wait_s=body.wait_s)
        case LevelWish():
            return wishes.LevelOrder(first=body.first)
        case _:
            assert_never(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresNow:
    """What a plan comes to."""

    late: int
    cents: int
    changeovers: int
    batches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveNow:
    """An order whose projected end changes; null: not planned."""

    order: str
    from_s: int | None
    to_s: int | None
    due_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalNow:
    """The answer to a wish; nothing counts before it is accepted."""

    number: int
    by: str
    at_s: int
    why: str
    plan: int
    stale: bool
    """A plan was published since that it was not compared with."""
    before: FiguresNow
    after: FiguresNow
    moved: list[MoveNow]
    newly_late: list[str]
    levels: dict[str, int]
    bound: int | None
    tiers: list[str]
    curve: list[tuple[int, int]]
    """(real milliseconds, cents) of each better plan on the way."""
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WishNow:
    """A wish that every plan keeps to until it is taken back."""

    number: int
    why: str
    by: str
    at_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardNow:
    """What changes between two plans: how machines stand and how far they are."""

    seq: int
    now_s: int
    plan: int
    machines: list[str]
    words: list[str]
    says: list[str]
    progress: list[int | None]
    """Per cent, as the machine reported it."""
    proposals: list[int]
