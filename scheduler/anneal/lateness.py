"""What the end of an order costs, and what a search takes it to cost."""

from scheduler.anneal.floor import (
    CUTS,
    DUE,
    EACH_SECOND,
    LATE,
    LEANING,
    LEANING_SHARE,
    RESERVE,
    RISK,
    SCALE,
    SLOPES,
    STEP_PERCENT,
    Floor,
)
from scheduler.search.kernel import spliced, wide

FAR = 40
"""Being later by this many times an order's scale counts as one more miss where no other follows."""


@spliced
def misses(floor: Floor, order: int, over: int) -> int:
    """Return how often an order misses its carrier when it is so many seconds late."""
    count = 1
    for x in range(floor.order[order, CUTS], floor.order[order + 1, CUTS]):
        if floor.link[x] >= over:
            break
        count += 1
    return count


@spliced
def money_of(floor: Floor, order: int, end: int) -> int:
    """Return what the end of an order costs."""
    cost = floor.order[order, LATE]
    over = end - floor.order[order, DUE]
    if over > 0:
        return wide(cost * misses(floor, order, over) + floor.order[order, EACH_SECOND] * over)
    reserve = floor.price[RESERVE]
    return cost * floor.price[RISK] // 3600 * (reserve + over) if over > -reserve else 0


@spliced
def guide_of(floor: Floor, order: int, end: int) -> int:
    """Return what the search takes the end of an order to cost: where money has steps, it slopes."""
    cost = floor.order[order, LATE]
    over = end - floor.order[order, DUE]
    if over > 0:
        step = cost * floor.price[STEP_PERCENT] // 100
        if floor.price[SLOPES] == 0:
            step *= misses(floor, order, over)
        else:
            step += _slope(floor, order, over)
        return wide(step + floor.order[order, EACH_SECOND] * over)
    leaning = floor.price[LEANING]
    if over <= -leaning or cost == 0:
        return 0
    nudge = cost * (leaning + over) // (leaning * floor.price[LEANING_SHARE])
    return wide(nudge + money_of(floor, order, end))


@spliced
def _slope(floor: Floor, order: int, over: int) -> int:
    """Return a cost that rises from one miss to the next as far as the next is away, at most as the
    order's scale says, and hardly any more where no other follows."""
    cost, scale = floor.order[order, LATE], floor.order[order, SCALE]
    count, since = 0, 0
    for x in range(floor.order[order, CUTS], floor.order[order + 1, CUTS]):
        if floor.link[x] >= over:
            length = min(scale, floor.link[x] - since)
            return wide(cost * count + cost * min(over - since, length) // length)
        since = floor.link[x]
        count += 1
    rest = over - since
    return wide(cost * count + cost * min(rest, scale) // scale + cost * rest // (FAR * scale))
