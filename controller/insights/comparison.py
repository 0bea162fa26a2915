"""What one day comes to beside the same orders under first come, first served, and all alike."""

from dataclasses import dataclass

from controller.insights.day import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What a plan takes: machine and hand time, and money at the plant's rates."""

    hours_s: int
    """Busy and setup seconds of all slots."""
    cents: int
    """Those seconds at group rates, what setups use up, and materials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The same orders under first come, first served, and the same quantities all alike."""

    first_come: Day
    different: Effort
    alike: Effort
    quantity: int
    """Pairs, tubes: what the lines of the orders add up to."""

    @property
    def variety_permille(self) -> int:
        """Return what variety takes more, in tenths of a per cent of what all alike take."""
        more_s = self.different.hours_s - self.alike.hours_s
        return round(1000 * more_s / self.alike.hours_s) if self.alike.hours_s else 0

    @property
    def extra_cents(self) -> int:
        """Return what variety costs more for one pair."""
        more = self.different.cents - self.alike.cents
        return round(more / self.quantity) if self.quantity else 0
