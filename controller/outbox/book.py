"""What is exchanged with other systems, as values: deliveries, what orders were told, maps, webhooks."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias, assert_never

from controller.orders import ColumnMap

REMEMBER_S = 7 * 86_400
"""Seconds for which a webhook's answer is kept; shops send one again for two days at most."""


class Stand(StrEnum):
    """Where a delivery stands; one that has arrived is gone."""

    WAITING = "waiting"
    FAILED = "failed"
    """It could not be delivered; a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver. It holds no customer's data."""

    id: str
    """Of the event and the receiver."""
    event: str
    """Id of the event; the same for all receivers and for every try."""
    receiver: str
    kind: str
    """`order.shipped`, `alarm.raised` ..."""
    about: str
    """`order 4127`, `machine P3`."""
    body: str
    made: int
    """UTC seconds."""
    due: int
    tries: int = 0
    stand: Stand = Stand.WAITING
    says: str = ""
    """What the last try came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What receivers know of an open order."""

    order: str
    due_s: int
    promised: bool = False
    late: bool = False
    """They were told that it will miss its cut-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMap:
    """A column map that a person saved."""

    name: str
    saved: int
    by: str
    column_map: ColumnMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A webhook that was answered; the same body gets the same answer again."""

    key: str
    """SHA-256 of the body."""
    at: int
    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Events up to `seq` were looked at; what they cause is kept with that."""

    seq: int
    deliveries: tuple[Delivery, ...] = ()
    told: tuple[Told, ...] = ()
    closed: tuple[str, ...] = ()
    """Orders of which nothing more will be told."""


@dataclass(frozen=True, slots=True)
class PutDelivery:
    """Keep a delivery, in place of its earlier self."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class DropDelivery:
    """It arrived, or a person dropped it."""

    id: str


@dataclass(frozen=True, slots=True)
class PutMap:
    """Keep a column map under its name."""

    saved: SavedMap


@dataclass(frozen=True, slots=True)
class DropMap:
    """Forget a column map."""

    name: str


@dataclass(frozen=True, slots=True)
class PutHeard:
    """Keep a webhook's answer, and forget those that are old by then."""

    heard: Heard


ExchangeWriting: TypeAlias = Followed | PutDelivery | DropDelivery | PutMap | DropMap | PutHeard


@dataclass(slots=True)
class ExchangeBook:
    """All of it by name; changed by writings only."""

    seq: int = 0
    """The last event that was looked at."""
    deliveries: dict[str, Delivery] = field(default_factory=dict[str, Delivery])
    told: dict[str, Told] = field(default_factory=dict[str, Told])
    maps: dict[str, SavedMap] = field(default_factory=dict[str, SavedMap])
    heard: dict[str, Heard] = field(default_factory=dict[str, Heard])

    def apply(self, writing: ExchangeWriting) -> None:
        """Take in one writing."""
        match writing:
            case Followed():
                self._follow(writing)
            case PutDelivery(delivery):
                self.deliveries[delivery.id] = delivery
            case DropDelivery(name):
                self.deliveries.pop(name, None)
            case PutMap(saved):
                self.maps[saved.name] = saved
            case DropMap(name):
                self.maps.pop(name, None)
            case PutHeard(heard):
                self.heard[heard.key] = heard
                for key in [k for k, h in self.heard.items() if h.at < heard.at - REMEMBER_S]:
                    del self.heard[key]
            case _:
                assert_never(writing)

    def copy(self) -> "ExchangeBook":
        """Return one that changes on its own."""
        return replace(
            self,
            deliveries=dict(self.deliveries),
            told=dict(self.told),
            maps=dict(self.maps),
            heard=dict(self.heard),
        )

    def _follow(self, followed: Followed) -> None:
        self.seq = followed.seq
        self.deliveries |= {each.id: each for each in followed.deliveries}
        self.told |= {each.order: each for each in followed.told}
        for order in followed.closed:
            self.told.pop(order, None)
