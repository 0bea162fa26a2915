"""Prices that make what is known of all plans large: from trial to trial, towards tasks done too seldom."""

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.bounding.offers import Floats, Offers
from scheduler.bounding.walk import Desk, desk, least_sum

BLEND = 0.2
"""What a trial weighs among all that were before it; it falls while nothing is gained."""
PATIENCE = 20
SHORTER, LONGER = 0.7, 1.1
SHORTEST = 1e-4
NOWHERE = 1e-9


def raise_prices(
    offers: Offers, aim: float, stop: Callable[[], bool]
) -> Iterator[tuple[float, Floats]]:
    """Yield better and better sums that no plan goes below, with their prices, until `stop()`.

    The direction is a mean of what trials said. Source: Barahona and Anbil 2000 (Mathematical
    Programming 87, The volume algorithm), section 2. `aim` is about what the best plan costs.
    """
    room: Desk = desk(offers)
    center = offers.most.copy()
    best = least_sum(offers, center, room)
    yield best, center
    blended = room.share.copy()
    length, idle = 1.0, 0
    while not stop() and length > SHORTEST:
        ways = _ways(offers, center, blended)
        norm = float(ways @ ways)
        if norm < NOWHERE:
            least_sum(offers, center, room)
            blended = room.share.copy()
            ways = _ways(offers, center, blended)
            norm = float(ways @ ways)
            if norm < NOWHERE:
                return
        step = length * max(aim - best, 1e-3 * abs(best)) / norm
        tried = np.clip(center + step * ways, 0.0, offers.most)
        value = least_sum(offers, tried, room)
        blended += BLEND * (room.share - blended)
        if value > best:
            idle = 0
            length = min(2.0, length * LONGER)
            best, center = value, tried
            yield best, center
        else:
            idle += 1
            if idle >= PATIENCE:
                idle, length = 0, length * SHORTER


def _ways(offers: Offers, prices: Floats, share: Floats) -> Floats:
    """Return which prices should rise and which fall; none leaves its limits."""
    ways = 1.0 - share
    ways[(ways > 0) & (prices >= offers.most)] = 0.0
    ways[(ways < 0) & (prices <= 0.0)] = 0.0
    return ways
