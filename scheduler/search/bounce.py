"""A plan pushed to its end and pulled to its start, in turn: each pass keeps what the other found.

Source: Tormos and Lova 2001 (Annals of Operations Research 102), forward-backward improvement; with
due times Vanhoucke 2010 (bidirectional schedules), where no order is pushed beyond its due time or,
if it is late, beyond its end. Machines are kept.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Aim
from scheduler.search.dispatch import dispatch_by, mirrored, turned, worth
from scheduler.search.graph import ends_of
from scheduler.search.rules import Urgency
from scheduler.search.shop import NO_DUE_S, Plan, Shop


class Measured(NamedTuple):
    """A plan, what its aim makes small, and the ends of its tasks."""

    plan: Plan
    value: int
    ends: NDArray[np.int32]


def measured(shop: Shop, aim: Aim, plan: Plan) -> Measured:
    """Work out the ends of a plan and its value."""
    ends = ends_of(shop, plan)
    return Measured(plan, worth(shop, aim, ends), ends)


def bounced(
    shop: Shop, aim: Aim, begun: Measured, patience: float = 0.0, lenience: float = 1.0
) -> Measured:
    """Return the best plan of one pass back and one forth; it may be worse than what it began with.

    `lenience` is the part of its lateness that a late order is granted on the way back; with less it
    comes forward at the cost of others.
    """
    mirror = mirrored(shop, _granted(shop, aim, begun.ends, lenience))
    plan = begun.plan
    back = dispatch_by(mirror, _by(-begun.ends.astype(np.float64)), plan.machine, patience)
    starts = -ends_of(mirror, back).astype(np.float64)
    forth = measured(shop, aim, dispatch_by(shop, _by(starts), plan.machine, patience))
    other = measured(shop, aim, turned(back))
    return other if other.value < forth.value else forth


def settled(
    shop: Shop, aim: Aim, begun: Measured, patience: float = 0.0, lenience: float = 1.0
) -> Measured:
    """Bounce a plan until two passes in a row have found nothing better; return the best."""
    best = current = begun
    idle = 0
    while idle < IDLE:
        current = bounced(shop, aim, current, patience, lenience)
        idle += 1
        if current.value < best.value:
            best, idle = current, 0
    return best


IDLE = 2


def _by(key: NDArray[np.float64]) -> Urgency:
    return Urgency(key, np.zeros(len(key)), 0.0, by_arrival=False)


def _granted(shop: Shop, aim: Aim, ends: NDArray[np.int32], lenience: float) -> NDArray[np.int64]:
    """Return by when each order must end on the way back."""
    if aim is Aim.MAKESPAN:
        return np.full(len(shop.due), NO_DUE_S, np.int64)
    done = shop.floor.astype(np.int64)
    np.maximum.at(done, shop.order_of, ends)
    late = np.maximum(0, done - shop.due)
    granted = shop.due + np.rint(lenience * late).astype(np.int64)
    return np.where(shop.weight > 0, granted, NO_DUE_S)
