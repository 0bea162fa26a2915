"""Local search over sequences: small moves, decoded exactly, accepted by money and guide."""

from collections.abc import Callable
from math import log

from scheduler.chance import draws
from scheduler.indexed import Batch, Indexed, Rows
from scheduler.moves import Change, Plan, plan_of, propose
from scheduler.price import LEANING_SHARE, price
from scheduler.runs import changes_in, has_limit
from scheduler.times import Times, decode_rows

COOLING = 1_500
"""After this many moves the temperature has halved; after as many again it is a third."""
WARMTH_PERCENT = 2
"""The search begins at this share of a usual setup. Source: trial of 0 to 60; a search of seconds has
no time to be warm, and at 0 it ends dearer as well."""
DRAWN = 1 << 32


def improve(
    indexed: Indexed,
    rows: Rows,
    stop: Callable[[], bool],
    seed: int,
    found: Callable[[Rows, Times], None] | None = None,
) -> tuple[Rows, int]:
    """Search from some sequences until `stop()`, asked before each move; return the best and the
    number of moves. The same seed and number of moves give the same answer."""
    times = decode_rows(indexed, rows)
    assert times is not None, "The search begins at sequences that can be run."
    chance = draws(seed)
    plan, best = plan_of(indexed, rows, times), rows
    money, guide = price(indexed, times)
    least, now = (money, guide), money + guide
    warmth = WARMTH_PERCENT * usual_cost(indexed) / 100
    moves = 0
    while plan.machine_of and not stop():  # all that is left may be running
        moves += 1
        change = propose(plan, chance)
        spare = -warmth / (1 + moves / COOLING) * log((1 + next(chance)) / DRAWN)
        if change is None or _at_least(plan, change) > now + spare:
            continue
        tried = [change.get(machine, row) for machine, row in enumerate(plan.rows)]
        times = decode_rows(indexed, tried)
        if times is None:
            continue
        money, guide = price(indexed, times)
        if money + guide > now + spare:
            continue
        plan, now = plan_of(indexed, tried, times), money + guide
        if (money, guide) < least:
            least, best = (money, guide), tried
            if found is not None:
                found(best, times)
    return best, moves


def usual_cost(indexed: Indexed) -> int:
    """Return the mean of all setups that cost something, or else of missing a due time."""
    rows = {id(row): row for group in indexed.setup_cost for row in group}
    costs = [cost for row in rows.values() for cost in row if cost]
    costs = costs or [cost // LEANING_SHARE for cost in indexed.late_cost if cost]
    return sum(costs) // len(costs) if costs else 1


def usual_s(indexed: Indexed) -> float:
    """Return the mean of what tasks take where they take least, at least a second."""
    shortest = [min(own.values()) for own in indexed.takes]
    return max(1.0, sum(shortest) / max(1, len(shortest)))


def _at_least(plan: Plan, change: Change) -> int:
    """Return what setups and cycles alone will cost after a change; cheap to know before decoding."""
    total = plan.times.setup_cost
    for machine, row in change.items():
        total += row_cost(plan.indexed, machine, row)
        total -= row_cost(plan.indexed, machine, plan.rows[machine])
    return total


def row_cost(indexed: Indexed, machine: int, row: list[Batch]) -> int:
    """Return what a machine's setups and cycles cost in this order."""
    costs, family_of = indexed.setup_cost[indexed.group_of[machine]], indexed.family_of
    family, total = indexed.first_family[machine], indexed.cycle_cost[machine] * len(row)
    if has_limit(indexed.resources[machine]):
        ran = indexed.resources[machine].ran
        return total + sum(c for _, c, _ in changes_in(indexed, machine, row, family, ran))
    for batch in row:
        after = family_of[batch[0]]
        total += costs[family][after]
        family = after
    return total
