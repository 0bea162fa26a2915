"""Work that may run in any order for the same money is put in the order in which it leaves time to spare.

A search that looks at money alone shuffles what costs nothing, and an order that could be packed in the
morning is packed just before its carrier leaves. The next thing that goes wrong makes it late.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from scheduler.indexed import NEVER_S, Batch, Indexed, Rows
from scheduler.objectives import HOUR_S
from scheduler.price import price
from scheduler.times import Times, decode_rows

ROUNDS = 3
"""Times that all orders are tried; what comes first shifts with each. Source: trial, a fourth found
nothing."""
USUAL_S = 1_800
"""An order that has so much to spare is half as likely to be late as one that has nothing. Assumed."""


def brought_forward(
    indexed: Indexed, rows: Rows, keeps: Callable[[Rows, Times], bool]
) -> tuple[Rows, Times] | None:
    """Reorder batches of one family that run one after the other, so that orders have more to spare;
    None if nothing better was found for the same money. `keeps` says whether rows are no worse in all
    else that plans are judged by.
    """
    times = decode_rows(indexed, rows)
    if times is None:
        return None
    best: tuple[Rows, Times] | None = None
    least, (money, _) = risk(indexed, times), price(indexed, times)
    for _ in range(ROUNDS):
        before = least
        for tried in _reorderings(indexed, rows, times):
            found = decode_rows(indexed, tried)
            if found is None or price(indexed, found)[0] > money:
                continue
            if (value := risk(indexed, found)) >= least or not keeps(tried, found):
                continue
            best, least, rows, times = (tried, found), value, tried, found
        if least == before:
            break
    return best


def risk(indexed: Indexed, times: Times) -> int:
    """Return how much is at stake, in cents * 3600: less with each second to spare, most of it where little
    is left. Source: the tail of a Lomax distribution of shape 1, for delays of any length."""
    total = 0
    for order, tasks in enumerate(indexed.last_of):
        if tasks and indexed.due_s[order] < NEVER_S:
            spare_s = indexed.due_s[order] - _end(indexed, times, order)
            cost = max(HOUR_S, indexed.late_cost[order])
            share = cost * USUAL_S // (USUAL_S + abs(spare_s))
            total += share if spare_s >= 0 else 2 * cost - share
    return total


def _end(indexed: Indexed, times: Times, order: int) -> int:
    ends = (times.end[task] for task in indexed.last_of[order])
    return max([indexed.floor_end[order], *ends])


def _reorderings(indexed: Indexed, rows: Rows, times: Times) -> Iterator[Rows]:
    """Yield the rows in the order in which orders are due, in that in which they end, and in that in which
    parts are there."""
    order_of = indexed.order_of
    ends = [_end(indexed, times, order) for order in range(len(indexed.last_of))]
    by_due = [(indexed.due_s[order], ends[order]) for order in order_of]
    by_end = [(ends[order], 0) for order in order_of]
    by_ready = [(_ready(indexed, times, task), ends[order]) for task, order in enumerate(order_of)]
    for keys in (by_due, by_end, by_ready):
        tried = [_in_order(indexed, row, keys) for row in rows]
        if tried != rows:
            yield tried


def _ready(indexed: Indexed, times: Times, task: int) -> int:
    ends = (times.end[earlier] + indexed.rest[earlier] for earlier in indexed.before[task])
    return max([indexed.earliest[task], *ends])


def _in_order(indexed: Indexed, row: list[Batch], keys: list[tuple[int, int]]) -> list[Batch]:
    """Sort what runs of one family one after the other by the first of each batch's tasks; what is alike
    stays as it is."""
    found: list[Batch] = []
    for _, run in groupby(row, key=lambda batch: indexed.family_of[batch[0]]):
        found += sorted(run, key=lambda batch: min(keys[task] for task in batch))
    return found
