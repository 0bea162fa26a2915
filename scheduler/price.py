"""What decoded sequences cost: money as a plan is judged, and a guide for the search."""

from scheduler.indexed import Indexed
from scheduler.times import Times

LATE_SCALE_S = 14_400
"""Being this much later counts as much as missing the due time once more."""
RESERVE_S = 7_200
"""An order that ends closer than this to its due time pays a little, so that plans bear a delay."""
RESERVE_SHARE = 40
"""The whole reserve used up counts 1 / this of missing the due time."""


def price(indexed: Indexed, times: Times) -> tuple[int, int]:
    """Return (money, guide), both in cents * 3600; incumbents compare by money first."""
    money, guide = times.setup_cost, 0
    end = times.end
    for order, tasks in enumerate(indexed.last_of):
        cost = indexed.late_cost[order]
        if not cost:
            continue
        end_s = indexed.floor_end[order]
        for task in tasks:
            end_s = end[task] if end[task] > end_s else end_s
        over_s = end_s - indexed.due_s[order]
        if over_s > 0:
            money += cost
            guide += cost * over_s // LATE_SCALE_S + cost // RESERVE_SHARE
        elif over_s > -RESERVE_S:
            guide += cost * (RESERVE_S + over_s) // (RESERVE_S * RESERVE_SHARE)
    return money, guide
