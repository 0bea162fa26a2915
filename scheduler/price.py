"""What decoded sequences cost: money as a plan is judged, and a guide for the search."""

from scheduler.indexed import NEVER_S, Indexed
from scheduler.objectives import HOUR_S, RESERVE_S, RISK_PER_S
from scheduler.times import Times
from scheduler.wanted import MOVE_FIRST, MOVE_PRICE, missed, moved

LATE_SCALE_S = 14_400
"""Being this much later counts as much as missing the due time once more."""
LEANING_S = 7_200
"""An order that ends closer than this to its due time is nudged, so that more reserve is found."""
LEANING_SHARE = 40
"""The strongest nudge is 1 / this of missing the due time."""


def price(indexed: Indexed, times: Times) -> tuple[int, int]:
    """Return (money, guide), both in cents * 3600; incumbents compare by money first.

    Wishes that are missed, and moves where planners put them first, weigh more than any money.
    Otherwise a move costs a little, so that the search does not move things for nothing.
    """
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
            guide += cost * over_s // LATE_SCALE_S + cost // LEANING_SHARE
        elif over_s > -LEANING_S:
            guide += cost * (LEANING_S + over_s) // (LEANING_S * LEANING_SHARE)
            if over_s > -RESERVE_S:
                money += cost * RISK_PER_S // HOUR_S * (RESERVE_S + over_s)
    if indexed.pins or indexed.wait_s < NEVER_S:
        count, nudge = missed(indexed, times)
        money, guide = money + count, guide + nudge
    if indexed.was:
        money += moved(indexed, times) * (MOVE_FIRST if indexed.moves_first else MOVE_PRICE)
    return money, guide
