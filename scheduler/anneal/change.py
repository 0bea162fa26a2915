"""What a touched plan costs more than it did, worked out area by area, and making it the plan."""

from scheduler.anneal.circle import walk_circle
from scheduler.anneal.early import pass_on, renew
from scheduler.anneal.floor import (
    CREW,
    EVEN,
    FLOOR_END,
    GROUP,
    HALL,
    IMPOSSIBLE,
    IS_CIRCLE,
    IS_LINE,
    IS_RULED,
    LAST,
    NONE,
    ORDER,
    RUNS,
    STALE,
    TEAM,
    WAITS,
    Floor,
    Ints,
)
from scheduler.anneal.kit import spreads_more
from scheduler.anneal.lateness import guide_of, money_of
from scheduler.anneal.line import keep_line, queue_up
from scheduler.anneal.state import (
    BEGIN,
    CHANGE,
    END,
    ENDS,
    GUIDE,
    HEAD,
    IN,
    MONEY,
    NEXT,
    ON,
    PAID,
    RAN,
    READY,
    START,
    WINDOW,
    State,
)
from scheduler.anneal.step import free_before, walk_ruled
from scheduler.anneal.team import walk_team
from scheduler.anneal.trial import (
    BATCHES,
    FIRST_WAITING,
    GONE_PAID,
    HIGH,
    LOW,
    NEW_END,
    ORDER_END,
    ORDER_MARK,
    ORDERS,
    STALE_COUNT,
    STALE_WEIGHT,
    TASKS,
    TOUCHED,
    WAIT_MARK,
    WAITINGS,
    Trial,
    counts,
    end_of,
    touch,
)
from scheduler.anneal.walk import ready_of, walk
from scheduler.search.kernel import inlined, lean, spliced, wide

UNIT = 1_024
"""What a machine's end weighs that is as late as all work was when the search began."""


@spliced
def _order_end(floor: Floor, state: State, trial: Trial, move: int, order: int) -> int:
    end = floor.order[order, FLOOR_END]
    for x in range(floor.order[order, LAST], floor.order[order + 1, LAST]):
        end = max(end, end_of(state, trial, move, floor.link[x]))
    return wide(end)


@spliced
def _expected(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Return about how much lateness would weigh more, if every task of a line waited as long for its
    station as it does now."""
    total = 0
    for x in range(
        trial.area[a, FIRST_WAITING], trial.area[a, FIRST_WAITING] + trial.area[a, WAITINGS]
    ):
        task = trial.waiting[x]
        order = floor.task[task, ORDER]
        if counts(floor, order):
            shift = ready_of(floor, state, trial, move, task) - state.task[task, READY]
            end = state.order_end[order]
            total += guide_of(floor, order, end + shift) - guide_of(floor, order, end)
    return total


@spliced
def _walk_area(floor: Floor, state: State, trial: Trial, move: int, a: int) -> int:
    """Decode the touched machines of an area anew; return what they cost more, or IMPOSSIBLE."""
    for x in range(
        trial.area[a, FIRST_WAITING], trial.area[a, FIRST_WAITING] + trial.area[a, WAITINGS]
    ):
        b = state.task[trial.waiting[x], IN]
        touch(trial, move, state.batch[b, ON], state.place[b], state.place[b])
    total = 0
    waits = floor.area[a, WAITS]
    if floor.area[a, IS_CIRCLE]:
        return (
            walk_circle(floor, state, trial, move, a) if _is_touched(floor, trial, move, a) else 0
        )
    for x in range(floor.area[a, HALL], floor.area[a + 1, HALL]):
        k = floor.link[x]
        if trial.machine[k, TOUCHED] != move:
            continue
        g = floor.machine[k, GROUP]
        low, high = trial.machine[k, LOW], trial.machine[k, HIGH]
        if floor.group[g, CREW] == 0 and floor.machine[k, IS_RULED] == 0:
            cost = walk(floor, state, trial, move, k, low, high, waits)
        elif floor.group[g, CREW] == 0:
            cost = walk_ruled(floor, state, trial, move, k, low, high, waits)
        elif _is_first_touched(floor, trial, move, g, k):
            cost = walk_team(floor, state, trial, move, g, waits)
        else:
            cost = 0
        if cost == IMPOSSIBLE:
            return IMPOSSIBLE
        total += cost
    return total


@spliced
def _is_touched(floor: Floor, trial: Trial, move: int, a: int) -> bool:
    for x in range(floor.area[a, HALL], floor.area[a + 1, HALL]):
        if trial.machine[floor.link[x], TOUCHED] == move:
            return True
    return False


@spliced
def _is_first_touched(floor: Floor, trial: Trial, move: int, g: int, k: int) -> bool:
    for x in range(floor.group[g, TEAM], floor.group[g + 1, TEAM]):
        if trial.machine[floor.link[x], TOUCHED] == move:
            return bool(floor.link[x] == k)
    return False


@spliced
def _weight(floor: Floor, end: int) -> int:
    """Return the eighth power of a machine's end: so one that ends a little later than all others
    weighs, and one that ends late but not last already does."""
    ratio = min(end * UNIT // floor.price[EVEN], 8 * UNIT)
    for _ in range(3):
        ratio = ratio * ratio // UNIT
    return wide(ratio)


@spliced
def _evened(floor: Floor, state: State, trial: Trial, move: int) -> int:
    """Return how much more the ends of all machines would weigh."""
    total = 0
    for k in range(len(state.length)):
        end = free_before(state, trial, move, k, state.length[k])
        if end != state.until[k]:
            total += _weight(floor, end) - _weight(floor, state.until[k])
    return total


@spliced
def _orders_more(floor: Floor, state: State, trial: Trial, move: int) -> tuple[int, int]:
    """Return how much more money and guide the orders would cost that may end at another time."""
    money = guide = 0
    for x in range(trial.tally[ORDERS]):
        order = trial.list[ORDERS, x]
        end = _order_end(floor, state, trial, move, order)
        trial.order[order, ORDER_END] = end
        was = state.order_end[order]
        if end != was:
            money += money_of(floor, order, end) - money_of(floor, order, was)
            guide += guide_of(floor, order, end) - guide_of(floor, order, was)
    return money, guide


@inlined
def try_out(floor: Floor, state: State, trial: Trial, move: int, budget: int, sums: Ints) -> bool:
    """Work out what a touched plan costs more; say whether its energy stays within a budget. `sums` gets
    what would be added to the totals."""
    paid, asked = -trial.tally[GONE_PAID], False
    money, kits = 0, len(floor.kit) > 0
    for a in range(len(floor.area) - 1):
        if floor.area[a, WAITS]:
            pass_on(floor, state, trial, move)
        if floor.area[a, IS_LINE]:
            if trial.area[a, WAITINGS] == 0:
                continue
            if not asked:
                asked = True
                if paid + _expected(floor, state, trial, move, a) > budget:
                    return False
            cost = queue_up(floor, state, trial, move, a)
        else:
            cost = _walk_area(floor, state, trial, move, a)
        if cost == IMPOSSIBLE:
            return False
        paid += cost
        if kits:
            # What its parts cost is known once all that feeds an area is decoded, and the area itself.
            money += spreads_more(floor, state, trial, move, a)
    pass_on(floor, state, trial, move)
    guide = money + trial.tally[STALE_WEIGHT]
    money += trial.tally[STALE_COUNT] * floor.price[STALE]
    more, lean_more = _orders_more(floor, state, trial, move)
    money, guide = money + more, guide + lean_more
    if floor.price[EVEN]:
        guide += _evened(floor, state, trial, move)
    sums[MONEY] = paid + money
    sums[GUIDE] = guide
    return bool(paid + guide <= budget)


@lean
def _keep_stale(state: State, trial: Trial) -> None:
    for x in range(trial.tally[BATCHES]):
        member = state.batch[trial.list[BATCHES, x], HEAD]
        while member != NONE:
            state.stale[member, 0] = trial.stale[member, 0]
            state.stale[member, 1] = trial.stale[member, 1]
            member = state.task[member, NEXT]


@spliced
def _renew_latest(floor: Floor, state: State, trial: Trial, move: int) -> None:
    """Work out anew until when tasks may end, of orders that end or are ready at another time."""
    for x in range(trial.tally[ORDERS]):
        renew(floor, state, trial.list[ORDERS, x])
    for a in range(len(floor.area) - 1):
        if floor.area[a, IS_LINE]:
            first = trial.area[a, FIRST_WAITING]
            for x in range(first, first + trial.area[a, WAITINGS]):
                task = trial.waiting[x]
                order = floor.task[task, ORDER]
                if trial.task[task, WAIT_MARK] == move and trial.order[order, ORDER_MARK] != move:
                    renew(floor, state, order)


@inlined
def keep_change(floor: Floor, state: State, trial: Trial, move: int, sums: Ints) -> None:
    """Make what was tried out the plan."""
    batch, now = state.batch, trial.batch
    for x in range(trial.tally[BATCHES]):
        b = trial.list[BATCHES, x]
        batch[b, BEGIN], batch[b, START], batch[b, END] = now[b, BEGIN], now[b, START], now[b, END]
        batch[b, WINDOW], batch[b, PAID] = now[b, WINDOW], now[b, PAID]
        if floor.price[RUNS]:
            state.run[b, RAN], state.run[b, CHANGE] = trial.run[b, RAN], trial.run[b, CHANGE]
    if len(floor.keeps):
        _keep_stale(state, trial)
    for x in range(trial.tally[TASKS]):
        state.task[trial.list[TASKS, x], ENDS] = trial.task[trial.list[TASKS, x], NEW_END]
    for a in range(len(floor.area) - 1):
        if floor.area[a, IS_LINE] and trial.area[a, WAITINGS]:
            keep_line(floor, state, trial, move, a)
    for x in range(trial.tally[ORDERS]):
        state.order_end[trial.list[ORDERS, x]] = trial.order[trial.list[ORDERS, x], ORDER_END]
    _renew_latest(floor, state, trial, move)
    for k in range(len(state.length) if floor.price[EVEN] else 0):
        state.until[k] = free_before(state, trial, move, k, state.length[k])
    for x in range(len(sums)):
        state.total[x] += sums[x]
