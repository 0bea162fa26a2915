"""What decoded sequences cost: money as a plan is judged, and a guide for the search."""

from collections.abc import Sequence

from scheduler.indexed import NEVER_S, Indexed
from scheduler.objectives import HOUR_S, risk_per_s
from scheduler.problem import Aim
from scheduler.times import Times, stale
from scheduler.wanted import MISSED, MISSED_PER_S, missed, move_price

LATE_SCALE_S = 14_400
"""Being this much later counts as much as missing the due time once more."""
LEANING = 4
"""An order that ends closer than this many reserves to its due time is nudged, so that more is found."""
LEANING_SHARE = 40
"""The strongest nudge is 1 / this of missing the due time."""


def price(indexed: Indexed, times: Times) -> tuple[int, int]:
    """Return (money, guide), both in cents * 3600; incumbents compare by money first.

    Wishes that are missed, and moves where planners put them first, weigh more than any money.
    Otherwise a move costs a little, so that the search does not move things for nothing.
    """
    money, guide = times.setup_cost, 0
    if indexed.aim is Aim.MAKESPAN:
        return money + max(times.end, default=0), 0
    end = times.end
    reserve_s, risk = indexed.reserve_s, risk_per_s(indexed.reserve_s)
    leaning_s = LEANING * reserve_s
    for order, tasks in enumerate(indexed.last_of):
        cost = indexed.late_cost[order]
        if not cost and not indexed.overdue_cost[order]:
            continue
        end_s = indexed.floor_end[order]
        for task in tasks:
            end_s = end[task] if end[task] > end_s else end_s
        over_s = end_s - indexed.due_s[order]
        money += indexed.overdue_cost[order] * max(0, over_s)
        if over_s > 0:
            money += cost * (1 + sum(end_s > cut_s for cut_s in indexed.again[order]))
            guide += cost * over_s // LATE_SCALE_S + cost // LEANING_SHARE
        elif over_s > -leaning_s:
            guide += cost * (leaning_s + over_s) // (leaning_s * LEANING_SHARE)
            if over_s > -reserve_s:
                money += cost * risk // HOUR_S * (reserve_s + over_s)
    money += sum(
        cost * spread_s(indexed, end, t) for t, cost in enumerate(indexed.kit_cost) if cost
    )
    unwanted, nudge = _unwanted(indexed, times)
    if indexed.keeps:
        over = [over_s for _, _, over_s in stale(indexed, times)]
        unwanted, nudge = unwanted + len(over) * MISSED, nudge + sum(over) * MISSED_PER_S
    return money + unwanted, guide + nudge


def spread_s(indexed: Indexed, end: Sequence[int], task: int) -> int:
    """Return the seconds between the first and the last end of what a task waits for."""
    ends = [end[earlier] for earlier in indexed.before[task]]
    if not ends:
        return 0
    first, last = indexed.kit_settled.get(task, (ends[0], ends[0]))
    return max(last, *ends) - min(first, *ends)


def _unwanted(indexed: Indexed, times: Times) -> tuple[int, int]:
    """Return what wishes that are missed and moves on the floor weigh."""
    money, guide = 0, 0
    if indexed.pins or indexed.wait_s < NEVER_S:
        count, nudge = missed(indexed, times)
        money, guide = money + count, guide + nudge
    if indexed.was:
        money += move_price(indexed, times)
    return money, guide
