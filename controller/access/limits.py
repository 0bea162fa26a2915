"""How long and how often: the figures of access in one place."""

from dataclasses import dataclass

from controller.access.values import Role

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every figure that a plant or a test may want otherwise."""

    idle_s: int = 12 * HOUR_S
    """Seconds without a request after which a person's session ends; a shift."""
    idle_strict_s: int = HOUR_S
    """The same for engineers and admins."""
    absolute_s: int = 7 * DAY_S
    absolute_strict_s: int = 12 * HOUR_S
    station_idle_s: int = 14 * DAY_S
    setup_s: int = DAY_S
    """Seconds for which the first admin's link holds."""
    link_s: int = 3 * DAY_S
    """Seconds for which the link to set a password holds."""
    offer_s: int = 600
    """Seconds in which a new second factor is confirmed with a first code."""
    token_days: int = 90
    badge_s: int = 120
    """Seconds for which a shown badge names who acts at a shared station."""
    touch_s: int = 60
    """Last use is written down at most this often."""
    rate: float = 50.0
    """Requests a second for each session or token, on average."""
    burst: int = 400
    stranger_rate: float = 10.0
    """Requests a second for each address where nobody is signed in."""
    stranger_burst: int = 100
    free_failures: int = 5
    """Wrong passwords before there is a wait."""
    user_wait_s: int = 60
    """The longest wait for one user, so that nobody can be kept out for long by a stranger."""
    address_wait_s: int = 900

    def idle_of(self, role: Role) -> int:
        """Return how long a person may do nothing."""
        return self.idle_strict_s if role in STRICT else self.idle_s

    def absolute_of(self, role: Role) -> int:
        """Return how long a person's session lasts at most."""
        return self.absolute_strict_s if role in STRICT else self.absolute_s


STRICT = frozenset({Role.ENGINEER, Role.ADMIN})
"""Roles that could do most harm: shorter sessions, and a second factor where it is required."""
