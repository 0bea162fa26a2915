"""The closing card as a value: everything that its page and the terminal show."""

from dataclasses import dataclass

from controller.insights.day import Day
from controller.insights.made import Made
from controller.names import wall_clock

_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A carrier that left, with what it should have taken and what was packed for it in time."""

    carrier: str
    at_s: int
    due: int
    on_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Orders that were taken back during the day, and what their work had cost until then."""

    count: int
    sunk_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """Plans made anew during the day, beyond the first one."""

    count: int
    longest_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What variety brings and costs for one pair, at the plant's rates."""

    currency: str
    premium_cents: int
    extra_cents: int
    source: str

    @property
    def margin_cents(self) -> int:
        """Return what is left of the premium."""
        return self.premium_cents - self.extra_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Variety:
    """The same quantities all different and all alike, both planned by the same engine."""

    different_s: int
    alike_s: int
    permille: int
    """What variety takes more, in tenths of a per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingCard:
    """Everything that the closing card shows; seconds from the plan's origin, money in cents."""

    plant: str
    date: str
    """`Tuesday 24 November 2026`, in the plant's time zone."""
    origin_utc: str
    timezone: str
    closed_s: int | None
    """When the day was closed; None while it is open."""
    events: int
    verified: bool | None
    """Whether the journal's chain of hashes holds; None when nobody looked."""
    shipped: int
    sentence: str
    """What went wrong and what came of it."""
    day: Day
    first_come: Day | None
    departures: tuple[Departure, ...]
    made: Made | None
    """None where no as-made ledger could be read."""
    repairs: Repairs
    refused_rows: int
    cancelled: Cancelled = Cancelled(count=0, sunk_cents=0)
    noun: str
    """What a quantity of one is called: pair."""
    quantity: int
    variety: Variety | None
    money: Money | None

    def moment(self, at_s: int) -> str:
        """Show a plan second that may lie on a later day: `10:52 (+1 day)`."""
        begun_s = (self.closed_s or 0) // _DAY_S * _DAY_S
        days = (at_s - begun_s) // _DAY_S
        later = f" (+{days} {'day' if days == 1 else 'days'})" if days > 0 else ""
        return f"{self.time_of_day(at_s)}{later}"

    def time_of_day(self, at_s: int) -> str:
        """Show a plan second on the plant's wall clock: `20:38`."""
        return wall_clock(self.origin_utc, self.timezone, at_s).strftime("%H:%M")
